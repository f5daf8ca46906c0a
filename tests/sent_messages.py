"""What people were sent in the living year: reminders, questions, and links in every state they come to."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from approvals import timers
from notifications import feeds, reminders
from notifications.links import ANSWER_LASTS, answer_link, unsubscribe_link
from notifications.models import ChannelKind, Notification
from tests import builders
from workflow.models import Office

# So many mornings ago the reminding began.
MORNINGS = 10


def what_was_sent(office: Office, today: date, *, head: str, reviewer: str) -> dict[str, Any]:
    """The facts of it: the first three questions to the `head` were opened, used and forgotten."""
    for ago in range(MORNINGS, -1, -1):
        reminders.scan(office, today - timedelta(days=ago))
    timers.fire_due()
    now = timezone.now()
    gone = Notification.objects.filter(office=office, state="pending", due_at__lt=now - timedelta(days=1))
    gone.update(state="sent", sent_at=F("due_at"))
    asked = _letters(office, head, "sign_off_opened")
    open_, used, expired = (_sent(row) for row in asked[:3])
    Notification.objects.filter(pk=used.pk).update(answered_at=now)
    Notification.objects.filter(pk=expired.pk).update(sent_at=now - ANSWER_LASTS - timedelta(hours=1))
    feeds.make(actor=builders.person(reviewer, office))
    return {
        "waiting": open_.request_id,
        "answer": _path(answer_link(open_)),
        "answer_used": _path(answer_link(used)),
        "answer_expired": _path(answer_link(expired)),
        "answer_review": _path(answer_link(_sent(_letters(office, reviewer, "evidence_submitted").last()))),
        "unsubscribe": _path(unsubscribe_link(builders.person(head, office).pk, "reminders")),
    }


def _letters(office: Office, username: str, rule: str) -> Any:
    rows = Notification.objects.filter(office=office, recipient__username=username, rule=rule)
    return rows.filter(channel=ChannelKind.EMAIL).order_by("happened_at", "pk")


def _sent(row: Any) -> Notification:
    Notification.objects.filter(batch=row.batch).update(sent_at=timezone.now(), state="sent")
    return row


def _path(link: str) -> str:
    return link.removeprefix(settings.BASE_URL)
