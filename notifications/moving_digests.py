"""Digests that wait for their day, when the office's calendar makes it another one."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models.functions import Substr

from notifications.models import Notification
from notifications.preferences import quiet_facts
from notifications.sql import DEST, JITTER, unless_quiet
from notifications.timing import next_digest
from workflow import events
from workflow.models import Office
from workflow.selectors import working_days
from workflow.services.calendar_days import CalendarChanged

DIGEST = "digest:"
DAY = len("2021-06-30")
# Digests that wait and belong to another day, in batches that are moved whole: the rows of the day `from_day`
# for what happened at `happened_at`. What a worker has in hand stays with it.
MOVE = f"""
UPDATE notifications_notification row SET
    batch = concat_ws(':', 'digest', %(to_day)s::text, row.channel, key.dest), due_at = {
    unless_quiet(f"%(due_at)s::timestamptz + {JITTER}")
}
FROM notifications_notification o
CROSS JOIN LATERAL (SELECT o.recipient_id AS user_id) told
CROSS JOIN LATERAL (SELECT {DEST} AS dest) key
LEFT JOIN notifications_preference p ON p.user_id = o.recipient_id
WHERE row.id = o.id AND row.state = 'pending' AND o.state = 'pending' AND o.office_id = %(office)s
    AND o.happened_at = %(happened_at)s AND o.batch LIKE 'digest:' || %(from_day)s::text || ':%%'
"""


def connect() -> None:
    """Subscribe, once, when the application is ready."""
    events.subscribe(CalendarChanged, _changed)


def _changed(event: CalendarChanged) -> None:
    move_digests(event.office, event.at)


@transaction.atomic
def move_digests(office: Office, now: datetime) -> int:
    """Bring what waits for a digest to the one it belongs to by the calendar as it is; return how many rows.

    That is the first one after what it tells of: another where its day is off now, an earlier one where a
    working day came before it. What a worker has begun to send stays with it.
    """
    return sum(
        _move(office, happened_at, day, *wanted)
        for happened_at, day in _waiting(office, now)
        if (wanted := _elsewhere(office, happened_at, day, now))
    )


def _waiting(office: Office, now: datetime) -> list[tuple[datetime, date]]:
    """When something happened that waits for a digest of today or later, and the digest's day."""
    rows = Notification.objects.filter(
        office=office,
        state=Notification.State.PENDING,
        batch__startswith=DIGEST,
        batch__gte=f"{DIGEST}{office.day(now).isoformat()}",
    )
    days = rows.annotate(day=Substr("batch", len(DIGEST) + 1, DAY)).order_by("happened_at", "day")
    found = days.values_list("happened_at", "day").distinct()
    return [(happened_at, date.fromisoformat(day)) for happened_at, day in found]


def _elsewhere(
    office: Office, happened_at: datetime, planned: date, now: datetime
) -> tuple[date, datetime] | None:
    """The digest's day and hour where it is not the `planned` one."""
    day, moment = next_digest(office, max(happened_at, now))
    stays = working_days(office).is_workday(planned) and planned <= day
    return None if stays else (day, moment)


def _move(office: Office, happened_at: datetime, planned: date, day: date, moment: datetime) -> int:
    facts = {
        "office": office.pk,
        "happened_at": happened_at,
        "from_day": planned.isoformat(),
        "to_day": day.isoformat(),
        "due_at": moment,
        **quiet_facts(office),
    }
    with connection.cursor() as cursor:
        cursor.execute(MOVE, facts)
        return cursor.rowcount
