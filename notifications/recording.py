"""What the ledger learns of an attempt, and when there is to be another."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from notifications import holds, sql
from notifications.channels.protocol import Message, Outcome, Result
from notifications.claims import Claim
from notifications.models import PERSONAL, Attempt, Notification
from workflow import prepared

# How long a message is tried that fails by itself, and one whose channel does not work at all; what is due
# to the channel counts as no attempt at the message. Tried anew by hand, an old message has its round too.
PATIENCE = timedelta(days=1)
A_ROUND = 8
# What says something of whom a message was for rather than of the channel.
PERSONS = ("no address", "invaliduser", "unlicenseduser", "60111", "81013")
PATIENCE_WITH_A_CHANNEL = timedelta(days=3)
# How long a place is left alone that does not say how long, how much longer after each of so many tries in
# vain, in seconds: what is back is noticed within two minutes.
PAUSE, GROWTH, GROWS = 40.0, 7.0, 2
State = Notification.State


@dataclass(frozen=True)
class Try:
    """One attempt at the message that tells `rows`; `message` is None where none could be made."""

    rows: Sequence[Notification]
    message: Message | None
    outcome: Outcome
    began_at: datetime
    ended_at: datetime

    @property
    def attempts(self) -> int:
        return max(row.attempts for row in self.rows)


def record(claim: Claim, one: Try) -> None:
    """Write down what came of it, on the message's rows where they are still ours, and as an attempt."""
    first, outcome = one.rows[0], one.outcome
    facts = {
        "token": claim.token,
        "state": str(state_after(one)),
        "due_at": next_attempt(one),
        "forgiven": int(outcome.is_the_channels),
        "answered": holds.destination(first.via) if one.message and not outcome.is_the_channels else None,
        "works": works(outcome) if one.message else None,  # what cannot be said is no fault of the channel
        "last_error": "" if outcome.result == Result.OK else _said(outcome),
        "office": first.office_id,
        "batch": first.batch,
        "channel": first.channel,
        "via": first.via_id,
        "recipient": first.recipient_id if first.channel in PERSONAL else None,
        "number": one.attempts,
        "began_at": one.began_at,
        "ended_at": one.ended_at,
        "result": str(outcome.result),
        "vendor_code": outcome.vendor_code[:40],
        "vendor_message": outcome.vendor_message,
        "provider_id": outcome.provider_id[:200],
        "subject": one.message.subject if one.message else "",
        "text": one.message.text if one.message else "",
    }
    with prepared.execute(sql.RECORD, facts):
        pass


def state_after(one: Try) -> str:
    """What the message's rows are after this attempt."""
    match one.outcome.result:
        case Result.OK:
            return State.SENT
        case Result.PERMANENT:
            return State.DEAD
        case _:
            waited = one.ended_at - max(row.created_at for row in one.rows)
            if one.outcome.is_the_channels:
                return State.DEAD if _out_of_patience(one, waited) else State.PENDING
            return State.DEAD if waited > PATIENCE and one.attempts >= A_ROUND else State.PENDING


def _out_of_patience(one: Try, waited: timedelta) -> bool:
    """Whether the channel was tried for so long in vain: days on which nobody tried do not count."""
    if waited <= PATIENCE_WITH_A_CHANNEL:
        return False
    before = one.ended_at - PATIENCE_WITH_A_CHANNEL
    return Attempt.objects.filter(batch=one.rows[0].batch, began_at__lt=before).exists()


def next_attempt(one: Try) -> datetime | None:
    """Half a minute later, doubled with every attempt, an hour at most; jitter keeps what failed together
    apart. None where there is none, or where the message waits for its channel, which is on `hold`."""
    if one.outcome.is_the_channels or one.outcome.result != Result.TRANSIENT:
        return None
    seconds = min(3600, 30 * 2 ** min(one.attempts - 1, 7))
    return one.ended_at + timedelta(seconds=seconds * random.uniform(0.8, 1.2))


def hold(claim: Claim | None, row: Notification, outcome: Outcome, *, spread: float = 1.1) -> None:
    """Leave alone where `row` goes: all that is due there waits, and the rest of the claim goes back to it.

    For as long as the other side asks; else for most of a minute, longer the oftener it was tried in vain. Up
    to `spread` times as long, so that not all that failed together comes back together.
    """
    facts: dict[str, Any] = {
        "destination": holds.destination(row.via),
        "seconds": (outcome.seconds or PAUSE) * random.uniform(1.0, spread),
        "growth": 0.0 if outcome.seconds else GROWTH,
        "grows": GROWS,
        "code": outcome.vendor_code[:40],
        "said": outcome.vendor_message[:500],
        "token": claim and claim.token,
        "ids": claim.ids if claim else [],
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.HOLD, facts)


def works(outcome: Outcome) -> bool | None:
    """Whether the channel works, as far as one message tells; None where it tells of its reader only."""
    if outcome.vendor_code in PERSONS:
        return None
    return outcome.result == Result.OK


def note_health(row: Notification, outcome: Outcome) -> None:
    """Keep on the channel, beside the ledger, whether it works, from when on it does not, and why."""
    if row.via is None or works(outcome) is None:
        return
    now = timezone.now()
    if works(outcome):
        holds.answered(row.via)
        row.via.worked_at, row.via.failing_since, row.via.trouble = now, None, ""
    else:
        row.via.failing_since = row.via.failing_since or now
        row.via.trouble = _said(outcome)
    row.via.save(update_fields=["worked_at", "failing_since", "trouble"])


def _said(outcome: Outcome) -> str:
    return " ".join(filter(None, [outcome.vendor_code, outcome.vendor_message]))[:500]
