"""Quiet hours at the moment of sending: what was held up until then wakes nobody, and waits once more.

When a row is written its quiet hours are kept too (`sql.unless_quiet`); but workers, a mail server or a robot
may come back in the middle of the night.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time
from functools import lru_cache
from typing import Any

from django.db import connection
from django.utils import timezone
from pydantic import ValidationError

from notifications.claims import Claim
from notifications.models import PERSONAL, Notification, Preference
from notifications.sql import DEST, JITTER, TO
from notifications.timing import awake_from
from workflow.models import Office
from workflow.policy import GOES_OUT_WITHIN, ReminderPolicy
from workflow.selectors import reminder_policy
from workflow.services.policies import within

Window = tuple[time, time]
Message = list[Notification]  # the rows that it tells

# Rows that are still ours go back as they came. While their office sleeps, what else of it is due at the same
# place is put off with them, whole messages as in a claim: it would be claimed for nothing, after a pause of
# the place one by one. Mail of somebody with hours of their own is left to a claim.
TAKEN_ALONG = 1000
PUT_OFF = f"""
WITH due AS MATERIALIZED (
    SELECT n.batch FROM notifications_notification n
    WHERE n.state = 'pending' AND n.due_at <= now() AND {TO} = coalesce(%(via)s::bigint, 0)
        AND n.office_id = %(office)s AND %(office_ends)s::timestamptz IS NOT NULL
        AND (n.channel NOT IN ('email', 'wecom_app') OR n.recipient_id NOT IN (
            SELECT user_id FROM notifications_preference WHERE quiet_from IS NOT NULL))
    ORDER BY n.due_at LIMIT %(more)s
), whole AS MATERIALIZED (
    SELECT batch FROM (SELECT DISTINCT batch FROM due) batches
    WHERE pg_try_advisory_xact_lock(hashtextextended(batch, 0))
), more AS MATERIALIZED (
    SELECT n.id, %(office_ends)s::timestamptz AS ends
    FROM notifications_notification n JOIN whole USING (batch)
    WHERE n.state = 'pending' AND n.due_at <= now()
    FOR UPDATE OF n SKIP LOCKED
), quiet AS MATERIALIZED (
    SELECT id, ends + {JITTER} AS over
    FROM (
        SELECT * FROM more UNION ALL SELECT * FROM unnest(%(ids)s::bigint[], %(ends)s::timestamptz[])
    ) asleep (id, ends)
    JOIN notifications_notification o USING (id)
    CROSS JOIN LATERAL (SELECT o.recipient_id AS user_id) told
    CROSS JOIN LATERAL (SELECT {DEST} AS dest) key
)
UPDATE notifications_notification n SET
    state = 'pending', claim_token = NULL, lease_until = NULL,
    due_at = quiet.over, put_off_until = quiet.over
FROM quiet
WHERE n.id = quiet.id AND (n.state = 'pending' OR n.state = 'sending' AND n.claim_token = %(token)s)
"""


def waking_nobody(claim: Claim, messages: Sequence[Message], at: datetime | None = None) -> Iterator[Message]:
    """Those of the claim's messages that may go when it is their turn, now or `at`.

    The others are put off until a few minutes after the quiet hours, of the office and, but for what speaks
    to a group, of their reader. That is no attempt at them.
    """
    windows, put_off = _windows(messages), set[str]()
    for place, rows in enumerate(messages):
        moment = at or timezone.now()
        if rows[0].batch not in put_off and _ends(rows, windows, moment):
            put_off |= _put_off(claim, messages[place:], windows, moment)
        if rows[0].batch not in put_off:
            yield rows


def _ends(rows: Message, windows: dict[str, tuple[Window, ...]], at: datetime) -> datetime | None:
    """When the quiet hours end in which this message would go; None where it would not."""
    return _awake_from(at, rows[0].office, windows[rows[0].batch])


def _awake_from(at: datetime, office: Office, windows: tuple[Window, ...]) -> datetime | None:
    found = awake_from(at, office.zone, windows)
    return found if found > at else None


def _put_off(
    claim: Claim, messages: Sequence[Message], windows: dict[str, tuple[Window, ...]], at: datetime
) -> set[str]:
    """Put off all of the messages that would go in quiet hours, in one statement; return their batches."""
    first = messages[0][0]
    asleep = [(rows, ends) for rows in messages if (ends := _ends(rows, windows, at))]
    facts: dict[str, Any] = {
        "token": claim.token,
        "ids": [row.pk for rows, _until in asleep for row in rows],
        "ends": [ends for rows, ends in asleep for _row in rows],
        "office": first.office_id,
        "office_ends": _awake_from(at, first.office, _kept(_offices_window(first.office), None)),
        "via": first.via_id,
        "more": TAKEN_ALONG,
    }
    with connection.cursor() as cursor:
        cursor.execute(PUT_OFF, facts)
    return {rows[0].batch for rows, _until in asleep}


def _windows(messages: Iterable[Message]) -> dict[str, tuple[Window, ...]]:
    """The quiet hours to keep for each message, by its batch."""
    firsts = [rows[0] for rows in messages]
    own = _own_windows({row.recipient_id for row in firsts if row.channel in PERSONAL})
    return {row.batch: _kept(_offices_window(row.office), own.get(row.recipient_id)) for row in firsts}


def _own_windows(people: set[int]) -> dict[int, Window]:
    if not people:
        return {}
    chosen = Preference.objects.filter(user__in=people)
    return {
        one.user_id: (one.quiet_from, one.quiet_until) for one in chosen if one.quiet_from and one.quiet_until
    }


def _offices_window(office: Office) -> Window | None:
    try:
        return reminder_policy(office).quiet_hours
    except ValidationError:  # nobody is to be woken because a policy cannot be read
        return ReminderPolicy().quiet_hours


@lru_cache(maxsize=1024)
def _kept(offices: Window | None, own: Window | None) -> tuple[Window, ...]:
    """Both, as long as they leave a time of day at which something can be sent; the office's go first."""
    kept: tuple[Window, ...] = ()
    for window in (offices, own):
        if window and _leave_room(*kept, window):
            kept = (*kept, window)
    return kept


def _leave_room(*windows: Window) -> bool:
    """Whether a day has a stretch outside the windows as long as messages are spread over after an hour."""
    clock = (time(minute // 60, minute % 60) for minute in range(24 * 60))
    day = "".join("-" if any(within(moment, *one) for one in windows) else "+" for moment in clock)
    return "+" * GOES_OUT_WITHIN in day + day
