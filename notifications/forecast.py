"""The reminders of the days to come, read in one statement: what the daily scans would write."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import connection

from notifications.timing import Slot, slots
from workflow.models import Office
from workflow.policy import ReminderPolicy
from workflow.selectors import working_days

DAYS = 31

# As `sql.SCAN`, for many days at once and without writing: for each day, who acts for which post then.
FORECAST = """
WITH slots AS MATERIALIZED (
    SELECT *
    FROM unnest(%(days)s::date[], %(deadlines)s::date[], %(rules)s::text[], %(audiences)s::text[])
        WITH ORDINALITY s (day, deadline, rule, audience, position)
), due AS MATERIALIZED (
    SELECT slots.*, n.id AS node_id, n.number, n.title, n.lead_division_id, d.leader_in_charge_id, c.year
    FROM slots
    JOIN nodes_worknode n ON n.office_id = %(office)s AND n.current_deadline = slots.deadline
         AND n.state IN ('planned', 'in_progress')
    JOIN nodes_cycle c ON c.id = n.cycle_id AND c.status = 'open'
    JOIN workflow_division d ON d.id = n.lead_division_id
), acting AS MATERIALIZED (
    SELECT days.day, p.id AS post_id, p.kind, p.division_id, u.id AS user_id,
           coalesce(nullif(u.name, ''), u.username) AS person
    FROM (SELECT DISTINCT day FROM due) days
    CROSS JOIN LATERAL jiedian_acting(days.day) a
    JOIN workflow_post p ON p.id = a.post_id AND p.office_id = %(office)s
    JOIN workflow_user u ON u.id = a.user_id AND u.is_active
), roles AS MATERIALIZED (
    SELECT * FROM acting
    UNION ALL
    SELECT head.day, head.post_id, 'handler', head.division_id, head.user_id, head.person
    FROM acting head
    WHERE head.kind = 'division_head' AND NOT EXISTS (
        SELECT FROM acting h
        WHERE h.day = head.day AND h.kind = 'handler' AND h.division_id = head.division_id)
)
SELECT * FROM (
    SELECT DISTINCT ON (due.day, r.user_id, due.node_id)
           due.day, r.person, due.rule, due.number, due.title, due.year
    FROM due
    JOIN roles r ON r.day = due.day AND (
        due.audience = 'leader_in_charge' AND r.post_id = due.leader_in_charge_id
        OR due.audience <> 'leader_in_charge' AND r.kind = due.audience
           AND (r.division_id IS NULL OR r.division_id = due.lead_division_id))
    ORDER BY due.day, r.user_id, due.node_id, due.position DESC
) told
ORDER BY day, number, person
"""


@dataclass(frozen=True)
class Foreseen:
    """One reminder that a day's scan would write."""

    day: date
    person: str
    rule: str
    number: int
    title: str
    year: int


@dataclass(frozen=True)
class ForeseenDay:
    """A day's reminders."""

    day: date
    reminders: list[Foreseen]

    @property
    def people(self) -> int:
        return len({one.person for one in self.reminders})


def forecast(office: Office, policy: ReminderPolicy, first: date, days: int = DAYS) -> list[ForeseenDay]:
    """Who would be told what under `policy` on each of `days` days from `first` on, days with none left out.

    It takes the nodes, the calendar and who holds which post as they are known now.
    """
    slotted = list(_slots(office, policy, first, days))
    if not slotted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            FORECAST,
            {
                "office": office.pk,
                "days": [day for day, _slot in slotted],
                "deadlines": [slot.deadline for _day, slot in slotted],
                "rules": [slot.rule for _day, slot in slotted],
                "audiences": [slot.audience for _day, slot in slotted],
            },
        )
        found = [Foreseen(*row) for row in cursor.fetchall()]
    return [ForeseenDay(day, list(group)) for day, group in groupby(found, key=lambda one: one.day)]


def _slots(office: Office, policy: ReminderPolicy, first: date, days: int) -> Iterator[tuple[date, Slot]]:
    calendar = working_days(office)
    for offset in range(days):
        day = first + timedelta(days=offset)
        for slot in slots(policy, calendar, day):
            yield day, slot
