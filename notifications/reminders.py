"""The reminder scan: whose deadlines a day is about, written in one statement per office and day."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from pydantic import ValidationError

from notifications import doorbell, rules, scan_sql
from notifications.models import ChannelKind, Notification, ReminderScan
from notifications.moving_digests import move_digests
from notifications.preferences import quiet_facts
from notifications.timing import Slot, send_moment, slots
from workflow.models import Office, PostKind
from workflow.selectors import reminder_policy, working_days

logger = logging.getLogger(__name__)

CATCH_UP_DAYS = 7


@transaction.atomic
def scan(office: Office, on: date, *, send: bool = True, with_day: date | None = None) -> int:
    """Write the reminders of the day `on` to the ledger; return how many rows are new.

    Running it again, or from several places at once, adds nothing. With `send` false the rows tell what
    would have gone out, and stay unsent. They go out in the digest of `with_day`, their own when None.
    """
    policy = reminder_policy(office)
    due = slots(policy, working_days(office), on)
    batch = f"digest:{(with_day or on).isoformat()}"
    rows = _insert(office, on, due, batch if policy.digest else None, send=send) if due else 0
    ReminderScan.objects.bulk_create([ReminderScan(office=office, day=on, rows=rows)], ignore_conflicts=True)
    if rows and send:
        transaction.on_commit(doorbell.ring_sweep, robust=True)
    return rows


def _insert(office: Office, on: date, due: list[Slot], batch: str | None, *, send: bool) -> int:
    own = rules.own_facts(due)
    supporting = {PostKind.HANDLER.value} if own else set()
    with connection.cursor() as cursor:
        cursor.execute(
            scan_sql.SCAN_WITH_OWN if own else scan_sql.SCAN,
            {
                "office": office.pk,
                "day": on,
                "day_slot": on.isoformat(),
                "at": send_moment(office, on),
                "deadlines": [slot.deadline for slot in due],
                "rules": [slot.rule for slot in due],
                "audiences": [slot.audience for slot in due],
                "kinds": sorted({slot.audience for slot in due} | supporting),
                **own,
                "channels": ChannelKind.values,
                "batch": batch,
                "state": Notification.State.PENDING if send else Notification.State.LAPSED,
                **quiet_facts(office),
            },
        )
        return cursor.rowcount


def scan_due_offices(now: datetime | None = None) -> int:
    """Scan every office whose sending time has come, and the days it missed before; return the new rows.

    An office that cannot be scanned keeps no other from it.
    """
    now, rows = now or timezone.now(), 0
    for office in Office.objects.all():
        try:
            rows += _catch_up(office, now)
        except (DatabaseError, ValidationError):
            logger.exception("the reminders of %s cannot be written", office.code)
    return rows


@transaction.atomic
def _catch_up(office: Office, now: datetime) -> int:
    """Scan today and the missed days in one go, so that all of it makes one digest of today."""
    today = office.day(now)
    if now < send_moment(office, today):
        return 0
    days = list(_unscanned(office, today))
    if days:
        move_digests(office, now)  # a calendar that is published with a new release tells nobody
    return sum(scan(office, day, with_day=today) for day in days)


def _unscanned(office: Office, today: date) -> Iterator[date]:
    """The days without a scan up to today, the last ones only; an office never scanned begins today."""
    done = set(ReminderScan.objects.filter(office=office, day__lte=today).values_list("day", flat=True)[:30])
    day = max(min(done, default=today), today - timedelta(days=CATCH_UP_DAYS))
    while day <= today:
        if day not in done:
            yield day
        day += timedelta(days=1)


@dataclass(frozen=True)
class Planned:
    """One reminder that a scan would write."""

    recipient: str
    channel: str
    rule: str
    node: int
    title: str


def preview(office: Office, on: date) -> list[Planned]:
    """Who would get what on the day `on`; nothing is kept."""
    with transaction.atomic():
        newest = Notification.objects.order_by("-id").values_list("id", flat=True).first() or 0
        scan(office, on, send=False)
        rows = Notification.objects.filter(id__gt=newest, office=office, slot=on.isoformat())
        found = [
            Planned(n.recipient.username, n.channel, n.rule, n.node.number, n.node.title)
            for n in rows.select_related("recipient", "node").order_by("node__number", "id")
        ]
        transaction.set_rollback(True)
    return found
