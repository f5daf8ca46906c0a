"""Using the link of a message: by whom it was meant for, once, and not for ever."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications import links
from notifications.models import Notification
from workflow.models import User

ABOUT = ("node__cycle", "node__lead_division", "request__applicant", "office", "recipient")


class LinkRefused(Exception):
    """`why` is "forged", "theirs", "expired" or "used"; `row` is the reader's own row for the last two."""

    def __init__(self, why: str, row: Notification | None = None) -> None:
        super().__init__(why)
        self.why, self.row = why, row


def case_of(token: str, reader: User, now: datetime | None = None) -> Notification:
    """The reader's own row behind a link. Changes nothing. Raises LinkRefused."""
    return _usable(_mine(token, reader).first(), now or timezone.now())


@transaction.atomic
def use(token: str, reader: User, now: datetime | None = None) -> Notification:
    """Use the link up: of any number of clicks one gets here. Raises LinkRefused."""
    now = now or timezone.now()
    mine = _mine(token, reader)
    row = _usable(mine.first(), now)
    rows = Notification.objects.filter(
        batch=row.batch, node=row.node_id, recipient=reader, channel=row.channel
    )
    if not rows.filter(answered_at=None).update(answered_at=now):
        raise LinkRefused("used", mine.get(pk=row.pk))
    return row


def _mine(token: str, reader: User) -> QuerySet[Notification]:
    """What the message of this link told `reader` of its node: in a group everybody named has their own."""
    pk = links.row_of(token)
    meant = Notification.objects.filter(pk=pk).first() if pk else None
    if meant is None:
        raise LinkRefused("forged")
    mine = Notification.objects.filter(
        batch=meant.batch,
        node=meant.node_id,
        channel=meant.channel,
        recipient=reader,
        office=reader.office_id,
    )
    return mine.select_related(*ABOUT).order_by("-happened_at", "-id")


def _usable(row: Notification | None, now: datetime) -> Notification:
    if row is None:
        raise LinkRefused("theirs")
    if row.answered_at:
        raise LinkRefused("used", row)
    if now > links.expires_at(row):
        raise LinkRefused("expired", row)
    return row
