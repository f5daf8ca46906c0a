"""Writing to the ledger, in the transaction of what is told about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from nodes.models import WorkNode
from notifications import doorbell, sql
from notifications.models import ChannelKind, Notification
from notifications.preferences import quiet_facts
from notifications.selectors import ASKS_FOR_REVIEW, ASKS_FOR_SIGN_OFF, ASKS_FOR_WORK
from notifications.timing import next_digest, sendable_from
from workflow import prepared
from workflow.models import Office
from workflow.selectors import reminder_policy

# What arose longer ago, as in a replay of last year, is kept in the ledger and sent to nobody.
LAPSES_AFTER = timedelta(days=3)
EVERYWHERE = tuple(ChannelKind.values)
HERE = (ChannelKind.IN_APP,)
# What does not wait for the next digest: a sign-off, a return, and somebody who urges.
RETURNS = ("evidence_returned", "node_reopened", "deferral_returned", "deferral_rejected")
URGENT = frozenset((*ASKS_FOR_SIGN_OFF, *ASKS_FOR_WORK, *RETURNS, "review_urged_by_hand"))
# What is told outside the system whatever a person prefers: it waits for them.
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
    channels: Sequence[str] = EVERYWHERE,
    watched: str | None = None,
    others: bool = False,
) -> int:
    """Tell everybody concerned by something about `node`, once, and wake a worker after commit.

    Returns how many rows were new. `audiences` are kinds of post seen from the node's lead division, or
    "supporting" for the handlers of those that support it; where nobody acts as a division's handler, its
    head does. `posts` and `users` name more. Who watches the node, and is none of them, is told in the
    system under the rule `watched`, where there is one. Whoever acted is not told of their own act; with
    `others`, neither is who heard of this act on the same channel already. A person's preference keeps news
    from their mailbox and messenger, but never what waits for them. Outside the system all but what is
    urgent comes in the next digest, where the office has digests.
    """
    digest, due_at = (None, at) if channels == HERE else _when(node.office, rule, at)
    facts = {
        "rule": rule,
        "watched": watched,
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
        "due_at": due_at,
        "digest": digest,
        "waits": digest is not None or due_at > at,
        "state": state_for(at),
        **quiet_facts(node.office),
    }
    rows = _execute(sql.TELL_OTHERS if others else sql.TELL, facts)
    to_send = [pk for pk, channel in rows if channel != ChannelKind.IN_APP]
    if to_send and digest is None and facts["state"] == Notification.State.PENDING:
        transaction.on_commit(lambda: doorbell.ring_deliver(to_send), robust=True)
    return len(rows)


def _when(office: Office, rule: str, at: datetime) -> tuple[str | None, datetime]:
    """The digest that it waits for, None where it is a message of its own, and from when that may go out."""
    if rule in URGENT or not reminder_policy(office).digest:
        return None, sendable_from(office, at)
    day, moment = next_digest(office, at)
    return f"digest:{day.isoformat()}", moment


def state_for(at: datetime) -> str:
    """Whether something that arose at `at` is still worth sending."""
    lapsed = timezone.now() - at > LAPSES_AFTER
    return Notification.State.LAPSED if lapsed else Notification.State.PENDING


def _execute(statement: str, facts: dict[str, Any]) -> list[tuple[int, str]]:
    with prepared.execute(statement, facts) as cursor:
        return cursor.fetchall()
