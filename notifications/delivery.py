"""Sending what the ledger holds: at least once, and at most once more a crash."""

from __future__ import annotations

import hashlib
import logging
import random
import smtplib
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications import sql
from notifications.letters import compose
from notifications.models import Notification
from notifications.selectors import standing
from workflow.models import Office

logger = logging.getLogger(__name__)

LEASE_SECONDS = 120
MESSAGES_A_CONNECTION = 50
MAX_ATTEMPTS = 8
SWEEP_SECONDS = 150
State = Notification.State


@dataclass(frozen=True)
class Claim:
    """Rows that are ours to send until the lease ends."""

    token: uuid.UUID
    ids: list[int]

    def messages(self) -> Iterator[list[Notification]]:
        """The rows of each message, in order of their age."""
        rows = (
            Notification.objects.filter(claim_token=self.token, pk__in=self.ids)
            .select_related("recipient", "office", "node__cycle", "node__lead_division", "request")
            .order_by("recipient_id", "batch", "node__number", "id")
        )
        offices: dict[int, Office] = {}  # one instance each: it remembers its calendar
        for _message, members in groupby(rows, key=lambda row: (row.recipient_id, row.batch)):
            message = list(members)
            for row in message:
                row.office = offices.setdefault(row.office_id, row.office)
            yield message


def sweep() -> int:
    """Send all that is due, connection by connection; return how many messages went out."""
    sent, ends = 0, time.monotonic() + SWEEP_SECONDS
    while time.monotonic() < ends and (claim := claim_due()):
        sent += send(claim)
    return sent


def attempt(ids: Sequence[int]) -> int:
    """Send these rows where they are due and nobody else is at it; return how many messages went out."""
    claim = claim_due(ids)
    return send(claim) if claim else 0


@transaction.atomic
def claim_due(ids: Sequence[int] | None = None) -> Claim | None:
    """Take a connection's worth of due messages, or those among `ids`, for the length of a lease.

    Rows that no longer stand lapse here instead; a claim may be left empty by that.
    """
    token = uuid.uuid4()
    facts = {
        "ids": list(ids) if ids is not None else None,
        "limit": MESSAGES_A_CONNECTION,
        "token": token,
        "lease": LEASE_SECONDS,
    }
    with database.cursor() as cursor:
        cursor.execute(sql.CLAIM, facts)
        claimed = [row[0] for row in cursor.fetchall()]
    return Claim(token, _still_standing(claimed)) if claimed else None


def _still_standing(claimed: list[int]) -> list[int]:
    """Of rows just claimed, those that events have not overtaken; the others lapse."""
    rows = Notification.objects.filter(pk__in=claimed)
    stand = set(standing(rows).values_list("pk", flat=True))
    if len(stand) < len(claimed):
        rows.exclude(pk__in=stand).update(state=State.LAPSED, claim_token=None, lease_until=None)
    return [pk for pk in claimed if pk in stand]


def send(claim: Claim) -> int:
    """Send a claim's messages over one connection; what fails goes back to the ledger.

    A server that hangs up in between is called again; one that does not answer the call is left alone.
    """
    mailer: BaseEmailBackend = get_connection()
    sent, away = 0, _call(mailer)
    for rows in claim.messages():
        if not _extend(claim, rows):
            continue
        if error := away or _cut_short(rows) or _hand_over(mailer, rows):
            _put_back(claim, rows, error)
            away = away or (None if _is_final(error) else _call(mailer))
        else:
            sent += _note_sent(claim, rows)
    _hang_up(mailer)
    return sent


def _call(mailer: BaseEmailBackend) -> Exception | None:
    """Connect anew; what goes wrong is returned."""
    _hang_up(mailer)
    try:
        mailer.open()
    except (OSError, smtplib.SMTPException) as error:
        return error
    return None


def _hang_up(mailer: BaseEmailBackend) -> None:
    with suppress(OSError, smtplib.SMTPException):
        mailer.close()


def _cut_short(rows: list[Notification]) -> Exception | None:
    """Whoever tried before was killed each time, maybe by this very message: it has had its attempts."""
    worn_out = max(row.attempts for row in rows) > MAX_ATTEMPTS
    return TimeoutError("every attempt was cut short") if worn_out else None


def _hand_over(mailer: BaseEmailBackend, rows: list[Notification]) -> Exception | None:
    """Give one message to the mail server; what it, or the message itself, fails by is returned."""
    try:
        mailer.send_messages([letter(rows)])
    except (OSError, smtplib.SMTPException, ValueError, LookupError) as error:
        return error
    return None


def _note_sent(claim: Claim, rows: list[Notification]) -> int:
    _mine(claim, rows).update(
        state=State.SENT, sent_at=timezone.now(), message_id=message_id(rows), last_error=""
    )
    return 1


def letter(rows: list[Notification]) -> EmailMessage:
    """The message that tells `rows` to their common recipient, in words that are true today.

    Composed another day it may say “overdue” where it said “due”; its Message-ID stays.
    """
    subject, body = compose(rows, rows[0].office.day(timezone.now()))
    return EmailMessage(
        subject,
        body,
        to=[rows[0].recipient.email],
        headers={"Message-ID": message_id(rows), "Auto-Submitted": "auto-generated"},
    )


def message_id(rows: list[Notification]) -> str:
    """Deterministic, so that a mail server or a reader can drop the one repeat that a crash may cause."""
    keys = "\n".join(sorted(row.dedup_key for row in rows))
    return f"<{hashlib.sha256(keys.encode()).hexdigest()[:40]}@jiedian>"


def _mine(claim: Claim, rows: list[Notification]):
    return Notification.objects.filter(claim_token=claim.token, pk__in=[row.pk for row in rows])


def _extend(claim: Claim, rows: list[Notification]) -> bool:
    """Begin the lease anew just before sending; False when it ran out and another worker took over."""
    until = timezone.now() + timedelta(seconds=LEASE_SECONDS)
    return _mine(claim, rows).filter(state=State.SENDING).update(lease_until=until) == len(rows)


def _put_back(claim: Claim, rows: list[Notification], error: Exception) -> None:
    """Try again later, unless the refusal is final or patience is at its end."""
    attempts = max(row.attempts for row in rows)
    dead = _is_final(error) or attempts >= MAX_ATTEMPTS
    _mine(claim, rows).update(
        state=State.DEAD if dead else State.PENDING,
        due_at=next_attempt(attempts),
        claim_token=None,
        lease_until=None,
        last_error=f"{type(error).__name__}: {error}"[:500],
    )
    logger.warning("message to %s %s: %s", rows[0].recipient, "given up" if dead else "put back", error)


def _is_final(error: Exception) -> bool:
    """An address that is none, or a 5xx answer about this message or recipient, will not change; a greeting
    or log-in error may."""
    if isinstance(error, ValueError):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    passing = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, passing):
        return error.smtp_code >= 500
    return False


def next_attempt(attempts: int) -> datetime:
    """Back-off: half a minute doubled with every attempt, an hour at most, with jitter."""
    seconds = min(3600, 30 * 2 ** (attempts - 1))
    return timezone.now() + timedelta(seconds=seconds * random.uniform(0.8, 1.2))


def retry(rows: QuerySet[Notification]) -> int:
    """Give those of `rows` that were given up another round of attempts; return how many."""
    return rows.filter(state=State.DEAD).update(state=State.PENDING, attempts=0, due_at=timezone.now())
