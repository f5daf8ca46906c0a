"""The reminders of the days to come: what the daily scans would write, read in one statement for all days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db import connection

from notifications.models import ChannelKind
from notifications.rules import own_facts
from notifications.scan_sql import MEETS, OWN
from notifications.sql import OUTLETS, REACHED, roles_on
from notifications.timing import Slot, slots
from workflow.models import Office, PostKind
from workflow.policy import ReminderPolicy
from workflow.selectors import working_days

DAYS = 31

# Of the days that a policy speaks of in a month only those matter on which something is due.
DEADLINES = """
    SELECT DISTINCT current_deadline FROM nodes_worknode
    WHERE office_id = %s AND state IN ('planned', 'in_progress') AND current_deadline IS NOT NULL
"""

# As `SCAN_WITH_OWN`, for many days at once and without writing: for each day, who acts for which post
# then. One row a person, node and rule, with the channels on which it is the last that is said that day.
FORECAST = f"""
WITH {OUTLETS}, {OWN}, slots AS MATERIALIZED (
    SELECT *
    FROM unnest(%(days)s::date[], %(deadlines)s::date[], %(rules)s::text[], %(audiences)s::text[],
        %(places)s::int[]) WITH ORDINALITY s (day, deadline, rule, audience, place, position)
), due AS MATERIALIZED (
    SELECT slots.day, slots.rule, slots.audience, slots.position, own.channels, n.id AS node_id, n.number,
           n.title, n.lead_division_id, c.year
    FROM slots
    JOIN nodes_worknode n ON n.office_id = %(office)s AND n.current_deadline = slots.deadline
         AND n.state IN ('planned', 'in_progress')
    JOIN nodes_cycle c ON c.id = n.cycle_id AND c.status = 'open'
    LEFT JOIN own USING (place)
    WHERE {MEETS}
), {roles_on("SELECT DISTINCT day FROM due")}, people AS MATERIALIZED (
    SELECT DISTINCT r.day, d.id AS division_id, audience, r.user_id
    FROM workflow_division d
    CROSS JOIN unnest(%(kinds)s::text[]) audience
    JOIN roles r ON audience = 'leader_in_charge' AND r.post_id = d.leader_in_charge_id
        OR audience <> 'leader_in_charge' AND r.kind = audience
           AND (r.division_id IS NULL OR r.division_id = d.id)
    WHERE d.office_id = %(office)s
), heard AS MATERIALIZED (
    SELECT due.*, people.user_id FROM due
    JOIN people ON people.day = due.day AND people.audience = due.audience
        AND people.division_id = due.lead_division_id
    UNION ALL
    SELECT due.*, people.user_id FROM due
    JOIN nodes_worknode_supporting_divisions s ON s.worknode_id = due.node_id
    JOIN people ON people.day = due.day AND people.audience = 'handler'
        AND people.division_id = s.division_id
    WHERE due.audience = 'supporting'
    UNION ALL
    SELECT due.*, w.user_id FROM due
    JOIN nodes_watch w ON w.node_id = due.node_id
    WHERE due.audience = 'watchers'
), told AS (
    SELECT DISTINCT ON (heard.day, told.id, heard.node_id, o.channel, o.via_id)
           heard.*, coalesce(nullif(told.name, ''), told.username) AS person, o.channel AS by
    FROM heard
    JOIN workflow_user told ON told.id = heard.user_id AND told.is_active AND told.office_id = %(office)s
    JOIN outlets o ON (o.division_id IS NULL OR o.division_id = heard.lead_division_id)
        AND (heard.channels IS NULL OR o.channel = ANY(heard.channels))
    LEFT JOIN notifications_preference p ON p.user_id = told.id
    LEFT JOIN notifications_address a ON a.user_id = told.id
    WHERE {REACHED.format(about="reminders")}
    ORDER BY heard.day, told.id, heard.node_id, o.channel, o.via_id, heard.position DESC
)
SELECT day, person, rule, number, title, year, array_agg(DISTINCT by)
FROM told
GROUP BY day, user_id, person, rule, number, title, year
ORDER BY day, number, person, rule
"""


@dataclass(frozen=True)
class Foreseen:
    """One reminder that a day's scan would write; `channels` are the kinds by which it would reach them."""

    day: date
    person: str
    rule: str
    number: int
    title: str
    year: int
    channels: tuple[str, ...] = ()


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

    It takes the nodes, the calendar, who holds which post, who wants to be told by what, and the channels
    as they are known now.
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
                "kinds": sorted({slot.audience for _day, slot in slotted} | {PostKind.HANDLER.value}),
                "channels": ChannelKind.values,
                **own_facts([slot for _day, slot in slotted], always=True),
            },
        )
        found = [_foreseen(*row) for row in cursor.fetchall()]
    return [ForeseenDay(day, list(group)) for day, group in groupby(found, key=lambda one: one.day)]


def _foreseen(
    day: date, person: str, rule: str, number: int, title: str, year: int, kinds: Iterable[str]
) -> Foreseen:
    channels = tuple(sorted(kinds, key=ChannelKind.values.index))
    return Foreseen(day, person, rule, number, title, year, channels)


def _slots(office: Office, policy: ReminderPolicy, first: date, days: int) -> Iterator[tuple[date, Slot]]:
    """What the policy says on each day of deadlines that there are."""
    calendar = working_days(office)
    with connection.cursor() as cursor:
        cursor.execute(DEADLINES, [office.pk])
        due = {deadline for (deadline,) in cursor.fetchall()}
    for offset in range(days):
        day = first + timedelta(days=offset)
        for slot in slots(policy, calendar, day):
            if slot.deadline in due:
                yield day, slot
