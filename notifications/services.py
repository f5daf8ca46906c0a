"""What a reader does to the ledger."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.models import ChannelKind, Notification
from notifications.selectors import ABOUT, unread
from workflow.models import User
from workflow.refusals import NotFound


def mark_read(*, actor: User, ids: list[int] | None = None) -> int:
    """Mark `actor`'s unread notifications read, or those among `ids`; return how many."""
    found = unread(actor) if ids is None else unread(actor).filter(pk__in=ids)
    return found.order_by().update(read_at=timezone.now())


def open_notice(*, actor: User, notice_id: int) -> Notification:
    """Mark one of `actor`'s notices read, unless it was, and return it. Raises NotFound."""
    mine = Notification.objects.filter(recipient=actor, channel=ChannelKind.IN_APP, pk=notice_id)
    notice = mine.select_related(*ABOUT).first()
    if notice is None:
        raise NotFound(_("There is no such notice."))
    mine.filter(read_at=None).update(read_at=timezone.now())
    return notice
