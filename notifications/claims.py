"""Taking messages out of the ledger for sending, each by one worker at a time."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from notifications import sql
from notifications.letters import message_id
from notifications.models import Notification
from notifications.selectors import standing
from workflow import prepared
from workflow.models import Office

# Begun anew before each message: what a killed worker left is taken up by the sweep after that.
LEASE_SECONDS = 80
MESSAGES_A_CLAIM = 100
# Of these many rows have the same, which are then one and the same object.
ABOUT = (
    "recipient__notification_address",
    "office",
    "via",
    "node__cycle",
    "node__lead_division",
    "request__applicant",
)
State = Notification.State


@dataclass(frozen=True)
class Claim:
    """Messages of one channel that are ours to send until the lease ends."""

    token: uuid.UUID
    ids: list[int]

    def messages(self) -> Iterator[list[Notification]]:
        """The rows of each message, in order of their age; what was tried before comes last, since it may be
        what kills its worker."""
        rows = self.rows().select_related("node").prefetch_related(*ABOUT).order_by("due_at", "id")
        found = sorted(rows, key=_by_turn_of_message(rows))
        offices: dict[int, Office] = {}  # one instance each: it remembers its calendar
        for _batch, members in groupby(found, key=lambda row: row.batch):
            message = list(members)
            for row in message:
                row.office = offices.setdefault(row.office_id, row.office)
            yield message

    def rows(self) -> QuerySet[Notification]:
        """Those of its rows that are still ours."""
        return Notification.objects.filter(claim_token=self.token, pk__in=self.ids, state=State.SENDING)

    def begin(self, rows: Sequence[Notification]) -> list[Notification]:
        """Count an attempt at the message that `rows` are, begin the lease anew, and return what to tell.

        What events have overtaken since the claim lapses. There is nothing to tell of a message that is not
        ours any more: another worker took over, or it was muted meanwhile.
        """
        key = message_id(rows)
        facts = {"batch": rows[0].batch, "token": self.token, "lease": LEASE_SECONDS, "message_id": key}
        with prepared.execute(_begin(), facts) as cursor:
            counted: dict[int, int | None] = dict(cursor.fetchall())
        if len(counted) < len(rows):
            return []
        for row in rows:
            row.attempts, row.message_id = counted[row.pk] or row.attempts, key
        return [row for row in rows if counted[row.pk]]

    def release(self) -> None:
        """Give back what was not tried: it is due as before."""
        self.rows().update(state=State.PENDING, claim_token=None, lease_until=None)


@cache
def _begin() -> str:
    """The statement for a message's turn: what `standing` asks of its rows is written out once for all."""
    ours = Notification.objects.filter(
        batch=RawSQL("%%(batch)s", []), claim_token=RawSQL("%%(token)s", [])
    ).order_by()
    stand, asked = standing(ours).values("pk").query.sql_with_params()
    return sql.BEGIN.format(stand=connection.ops.compose_sql(stand, asked))  # type: ignore[attr-defined]


def _by_turn_of_message(rows: QuerySet[Notification]):
    """Messages by how often they were tried, then by their oldest row; within one the nodes by number."""
    since: dict[str, int] = {}
    tried: dict[str, int] = {}
    for position, row in enumerate(rows):
        since.setdefault(row.batch, position)
        tried[row.batch] = max(tried.get(row.batch, 0), row.attempts)
    return lambda row: (tried[row.batch], since[row.batch], row.node.number, row.pk)


def claim_due(ids: Sequence[int] | None = None) -> Claim | None:
    """Take some due messages of one channel, or those among `ids`, for the length of a lease.

    None when nothing is due that may go. Rows that no longer stand lapse here instead; a claim may be left
    empty by that.
    """
    for _attempt in range(5):
        token, due, claimed = _claim(ids)
        if claimed:
            return Claim(token, _still_standing(claimed))
        if not due:
            return None
        time.sleep(0.02)  # another worker is just taking them
    return None


def _claim(ids: Sequence[int] | None) -> tuple[uuid.UUID, bool, list[int]]:
    """The claim's token, whether anything was due, and what was taken of it."""
    token = uuid.uuid4()
    facts: dict[str, Any] = {
        "ids": list(ids or ()),
        "messages": MESSAGES_A_CLAIM,
        "token": token,
        "lease": LEASE_SECONDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.CLAIM if ids is None else sql.CLAIM_AMONG, facts)
        found = [row[0] for row in cursor.fetchall()]
    return token, bool(found), [pk for pk in found if pk is not None]


def _still_standing(claimed: list[int]) -> list[int]:
    """Of rows just claimed, those that events have not overtaken; the others lapse."""
    rows = Notification.objects.filter(pk__in=claimed)
    stand = set(standing(rows).values_list("pk", flat=True))
    if len(stand) < len(claimed):
        rows.exclude(pk__in=stand).update(state=State.LAPSED, claim_token=None, lease_until=None)
    return [pk for pk in claimed if pk in stand]
