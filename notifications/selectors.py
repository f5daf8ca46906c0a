"""Reads on the ledger."""

from __future__ import annotations

from django.db.models import QuerySet

from notifications.models import Channel, Notification
from workflow.models import User


def unread(user: User) -> QuerySet[Notification]:
    """What `user` has not read yet, newest first."""
    return (
        Notification.objects.filter(recipient=user, channel=Channel.IN_APP, read_at=None)
        .select_related("node__cycle", "node__lead_division", "request", "office")
        .order_by("-happened_at", "-id")
    )
