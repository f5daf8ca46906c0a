"""What a reader does to the ledger."""

from __future__ import annotations

from django.utils import timezone

from notifications.selectors import unread
from workflow.models import User


def mark_read(*, actor: User, ids: list[int] | None = None) -> int:
    """Mark `actor`'s unread notifications read, or those among `ids`; return how many."""
    found = unread(actor) if ids is None else unread(actor).filter(pk__in=ids)
    return found.order_by().update(read_at=timezone.now())
