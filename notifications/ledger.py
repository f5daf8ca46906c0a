"""Writing to the ledger, in the transaction of what is told about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from nodes.models import WorkNode
from notifications import doorbell, sql
from notifications.models import Channel, Notification
from notifications.selectors import ASKS_FOR_REVIEW, ASKS_FOR_SIGN_OFF, ASKS_FOR_WORK
from notifications.timing import sendable_from

# What arose longer ago, as in a replay of last year, is kept in the ledger and sent to nobody.
LAPSES_AFTER = timedelta(days=3)
BOTH = tuple(Channel.values)
# What goes out by e-mail whatever a person prefers: it waits for them.
MUST = frozenset((*ASKS_FOR_REVIEW, *ASKS_FOR_SIGN_OFF, *ASKS_FOR_WORK))


def tell(
    rule: str,
    node: WorkNode,
    *,
    slot: str,
    at: datetime,
    audiences: Sequence[str] = (),
    posts: Sequence[int] = (),
    users: Sequence[int] = (),
    request_id: int | None = None,
    actor_id: int = 0,
    channels: Sequence[str] = BOTH,
) -> int:
    """Tell everybody concerned by something about `node`, once, and wake a worker after commit.

    Returns how many rows were new. `audiences` are kinds of post seen from the node's lead division, or
    "supporting" for the handlers of those that support it; where nobody acts as a division's handler, its
    head does. `posts` and `users` name more. Whoever acted is not told of their own act. A person's
    preference keeps news from their mailbox, but never what waits for them.
    """
    facts = {
        "rule": rule,
        "node": node.pk,
        "office": node.office_id,
        "division": node.lead_division_id,
        "request": request_id,
        "slot": slot,
        "at": at,
        "day": node.office.day(at),
        "audiences": [str(audience) for audience in audiences],
        "posts": list(posts),
        "users": list(users),
        "actor": actor_id,
        "channels": [str(channel) for channel in channels],
        "must": rule in MUST,
        "due_at": sendable_from(node.office, at),
        "state": state_for(at),
    }
    rows = _execute(sql.TELL, facts)
    to_send = [pk for pk, channel in rows if channel == Channel.EMAIL]
    if to_send and facts["state"] == Notification.State.PENDING:
        transaction.on_commit(lambda: doorbell.ring_deliver(to_send), robust=True)
    return len(rows)


def state_for(at: datetime) -> str:
    """Whether something that arose at `at` is still worth sending."""
    lapsed = timezone.now() - at > LAPSES_AFTER
    return Notification.State.LAPSED if lapsed else Notification.State.PENDING


def _execute(statement: str, facts: dict[str, Any]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return cursor.fetchall()
