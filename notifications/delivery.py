"""Sending what the ledger holds: at least once, and at most once more a crash."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from math import inf

from celery.exceptions import SoftTimeLimitExceeded
from django.db import InterfaceError, OperationalError
from django.db.models import QuerySet
from django.utils import timezone

from notifications import doorbell, rates
from notifications.channels import adapter_for
from notifications.channels.protocol import Adapter, Message, Outcome, Result
from notifications.claims import Claim, claim_due
from notifications.letters import compose
from notifications.models import Attempt, Notification
from notifications.quiet_hours import waking_nobody
from notifications.recording import Try, hold, record

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 150
# A wait for a channel's turn that is not worth giving the claim back for, in seconds.
SHORT_WAIT = 1.5
# A message over which so many workers were killed is given up.
DEATHS = 5
State = Notification.State


def sweep(at: datetime | None = None) -> int:
    """Send all that is due, claim by claim, as `send` does; return how many messages went out."""
    sent, ends = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < ends and (claim := claim_due()):
        sent += send(claim, ends, at)
    return sent


def attempt(ids: Sequence[int]) -> int:
    """Send these rows where they are due and nobody else is at it; return how many messages went out."""
    sent, ends = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < ends and (claim := claim_due(ids)):
        sent += send(claim, ends)
    return sent


def send(claim: Claim, ends: float = inf, at: datetime | None = None) -> int:
    """Send a claim's messages through their channel, until `ends`; what fails goes back to the ledger.

    A channel that is down, or asks to be left alone, is: the rest of the claim waits with it. What would go
    in quiet hours waits for their end; they are asked for the present, or for the moment `at`.
    """
    messages = list(claim.messages())
    if not messages:
        return 0
    sent = 0
    with closing(adapter_for(messages[0][0])) as adapter:
        for rows in waking_nobody(claim, messages, at):
            if time.monotonic() > ends:
                claim.release()
                break
            if wait := _too_much(rows):
                hold(claim, rows[0], Outcome.retry_after(wait), spread=1.0)
                doorbell.ring_sweep(after=wait)
                break
            standing = claim.begin(rows)
            outcome = _try(claim, adapter, standing) if standing else Outcome.transient("overtaken")
            if rows[0].via:
                rates.over(rows[0].via)
            sent += outcome.result == Result.OK
            if outcome.is_the_channels:
                hold(claim, rows[0], outcome)
                break
    return sent


def _too_much(rows: Sequence[Notification]) -> float:
    """Seconds that the channel needs before this message, 0 when it may go; a short while is waited for."""
    if rows[0].via is None:
        return 0
    while 0 < (wait := rates.wait_for(rows[0].via)) <= SHORT_WAIT:
        time.sleep(wait)
    return wait


def _try(claim: Claim, adapter: Adapter, rows: Sequence[Notification]) -> Outcome:
    """One attempt at a message, and its record."""
    began = timezone.now()
    message, outcome = _composed(rows)
    if message is not None:
        outcome = adapter.send(message)
    record(claim, Try(rows, message, outcome, began, timezone.now()))
    if outcome.result != Result.OK:
        logger.warning("%s: %s %s", rows[0].batch, outcome.result, outcome.vendor_code)
    return outcome


def _composed(rows: Sequence[Notification]) -> tuple[Message | None, Outcome]:
    """The message, or why there cannot be one."""
    if _kills(rows):
        return None, Outcome.permanent("cut short", "every attempt was cut short")
    try:
        return compose(rows, rows[0].office.day(timezone.now())), Outcome.ok()
    except (SoftTimeLimitExceeded, OperationalError, InterfaceError):
        raise  # it is not the message's fault: it is tried again when its lease has run out
    except Exception as error:  # one message that cannot be said must not stop the others
        logger.exception("%s cannot be composed", rows[0].batch)
        return None, Outcome.permanent("compose", f"{type(error).__name__}: {error}")


def _kills(rows: Sequence[Notification]) -> bool:
    """Whether so many workers died over this message that it may be what kills them."""
    begun = max(row.attempts for row in rows) - 1
    if begun < DEATHS:
        return False
    return begun - Attempt.objects.filter(batch=rows[0].batch).count() >= DEATHS


def retry(rows: QuerySet[Notification]) -> int:
    """Give those of `rows` that were given up another round of attempts; return how many."""
    again = {"state": State.PENDING, "attempts": 0, "last_error": ""}
    return rows.filter(state=State.DEAD).update(**again, due_at=timezone.now())
