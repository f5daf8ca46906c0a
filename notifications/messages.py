"""The ledger read message by message: rows with one batch are one message, to a person or to a group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.core.paginator import Paginator
from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from notifications import holds
from notifications.channels.advice import advice
from notifications.ledger_filters import STATES, State, rows_that_fit
from notifications.letters import sentence
from notifications.models import PERSONAL, Attempt, ChannelKind, Hold, Notification
from notifications.rule_words import rule_words
from notifications.timing import own_rule
from workflow.models import AuditEntry, Office
from workflow.refusals import NotFound
from workflow.selectors import policy_at

PAGE = 50
# A list is no place to read thousands of lines: whoever looks for one narrows it down.
MOST_LISTED = 5000
MOST_EXPORTED = 20_000
LAST = ("number", "result", "vendor_code", "vendor_message")
SAMPLE = 6  # rows of a message that a line names; the rest is a number
WORST_FIRST = (State.DEAD, State.SENDING, State.PENDING, State.MUTED, State.SENT, State.LAPSED)
ABOUT = ("recipient", "via", "office", "request", "node__cycle", "node__lead_division")


@dataclass
class MessageLine:
    """One message as a line: whom it is for, what it is about, how it stands; `held` where it waits for its
    channel, which is left alone, and until then `due_at` is put off."""

    pk: int
    batch: str
    channel: str
    to: str
    state: str
    due_at: datetime
    sent_at: datetime | None
    happened_at: datetime
    attempts: int
    rows: int
    node_count: int
    nodes: list[Notification] = field(default_factory=list)
    last: Attempt | None = None
    held: Hold | None = None

    @property
    def state_words(self) -> str:
        return str(STATES[State(self.state)])

    @property
    def more(self) -> int:
        """How many nodes the line does not name."""
        return self.node_count - len({row.node_id for row in self.nodes})

    @property
    def rest(self) -> int:
        """How many nodes a list of three does not name."""
        return max(0, self.node_count - 3)

    @property
    def channel_words(self) -> str:
        return str(ChannelKind(self.channel).label)

    @property
    def trouble(self) -> tuple[str, str] | None:
        """Why it has not arrived, and what to do; None where it did, or where nothing was tried."""
        if self.held and (self.held.code or self.held.said):
            return advice(self.channel, self.held.code, self.held.said)
        if self.state in (State.SENT, State.LAPSED) or self.last is None or self.last.result == "ok":
            return None
        return advice(self.channel, self.last.vendor_code, self.last.vendor_message)

    @property
    def about(self) -> list[tuple[Notification, str]]:
        """Each node with what is said of it, once however many people hear it."""
        found = {(row.node_id, words): (row, words) for row in self.nodes if (words := reason(row))}
        return list(found.values())


def reason(row: Notification) -> str:
    """The rule in words: when for a reminder, else what the message says."""
    words = rule_words(row.rule, policy_at(row.office, row.created_at) if own_rule(row.rule) else None)
    return words if words != row.rule else sentence(row)


def newest_of_each(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Of `rows` one for each message, the newest messages first."""
    newer = rows.filter(batch=OuterRef("batch")).filter(
        Q(happened_at__gt=OuterRef("happened_at"))
        | Q(happened_at=OuterRef("happened_at"), pk__gt=OuterRef("pk"))
    )
    return rows.filter(~Exists(newer)).order_by("-happened_at", "-pk")


class Pages(Paginator):
    """Pages of messages, counted no further than anybody turns."""

    @cached_property
    def count(self) -> int:  # type: ignore[override]
        found: Any = self.object_list
        return found.order_by()[:MOST_LISTED].count()

    @property
    def is_cut(self) -> bool:
        return self.count == MOST_LISTED


def page_of(office: Office, chosen: dict[str, Any], number: Any) -> Any:
    """A page of the messages that fit, with the ids of a row of each."""
    found = newest_of_each(rows_that_fit(office, chosen)).values_list("batch", "pk")
    return Pages(found, PAGE).get_page(number)


def lines_of(office: Office, found: Iterable[tuple[str, int]]) -> list[MessageLine]:
    """Messages (their batches and a row of each) as lines, in three queries however many rows they have."""
    first = dict(found)
    batches = list(first)
    if not batches:
        return []
    known = {one["batch"]: one for one in _counted(office, batches)}
    samples = _samples(office, [pk for one in known.values() for pk in one["ids"][:SAMPLE]])
    places = {one: holds.destination(rows[0].via) for one, rows in samples.items()}
    held = holds.in_force(places.values())
    return [
        _line(first[one], samples[one], known[one], held.get(places[one])) for one in batches if one in known
    ]


def _counted(office: Office, batches: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    """What is to be said of all rows of each message together."""
    rows = Notification.objects.filter(office=office, batch__in=batches).order_by().values("batch")
    return rows.annotate(
        n=Count("pk"),
        nodes=Count("node", distinct=True),
        ids=ArrayAgg("pk", order_by=["node", "pk"]),
        states=ArrayAgg("state", distinct=True),
        tries=Max("attempts"),
        due=Min("due_at"),
        sent=Max("sent_at"),
        happened=Max("happened_at"),
        last=_last_try(office),
    )


def _line(pk: int, rows: list[Notification], counted: Mapping[str, Any], hold: Hold | None) -> MessageLine:
    row, state = rows[0], next(state for state in WORST_FIRST if state in counted["states"])
    last = Attempt(**counted["last"]) if counted["last"] else None
    held = hold if hold and state == State.PENDING and counted["due"] < hold.until else None
    return MessageLine(
        pk=pk, batch=row.batch, channel=row.channel,
        to=str(row.recipient) if row.channel in PERSONAL else str(row.via),
        state=state, due_at=held.until if held else counted["due"],
        sent_at=counted["sent"], happened_at=counted["happened"],
        attempts=max(counted["tries"], last.number if last else 0), rows=counted["n"],
        node_count=counted["nodes"], nodes=rows, last=last, held=held,
    )  # fmt: skip


def _samples(office: Office, ids: Sequence[int]) -> dict[str, list[Notification]]:
    """A few rows of each message, with all that a line says of them."""
    found: dict[str, list[Notification]] = {}
    for row in Notification.objects.filter(pk__in=ids).select_related(*ABOUT).order_by("node__number", "pk"):
        row.office = office  # one instance: it remembers its calendar
        found.setdefault(row.batch, []).append(row)
    return found


def _last_try(office: Office) -> Subquery:
    """What came of a message's last attempt."""
    tries = Attempt.objects.filter(office=office, batch=OuterRef("batch")).order_by("-began_at", "-pk")
    return Subquery(tries.values(fact=JSONObject(**{name: name for name in LAST}))[:1])


@dataclass(frozen=True)
class WholeMessage:
    """One message with all its rows (as many as are shown), every attempt, and why it was muted."""

    line: MessageLine
    rows: list[Notification]
    attempts: list[Attempt]
    muted: AuditEntry | None

    @property
    def text(self) -> Attempt | None:
        """The attempt that holds what was sent last."""
        return next((one for one in self.attempts if one.text), None)

    @property
    def told(self) -> list[tuple[Attempt, tuple[str, str] | None]]:
        """Each attempt, with the reason and what to do where it failed."""
        return [
            (one, None if one.result == "ok" else advice(one.channel, one.vendor_code, one.vendor_message))
            for one in self.attempts
        ]


SHOWN_ROWS, SHOWN_ATTEMPTS = 200, 100


def message_of(office: Office, row_id: int) -> WholeMessage:
    """The office's message that this row belongs to. Raises NotFound."""
    row = Notification.objects.filter(office=office, pk=row_id).first()
    if row is None:
        raise NotFound(_("There is no such message."))
    (line,) = lines_of(office, [(row.batch, row_id)])
    rows = Notification.objects.filter(office=office, batch=row.batch).select_related(*ABOUT)
    shown = list(rows.order_by("node__number", "pk")[:SHOWN_ROWS])
    for one in shown:
        one.office = office
    tries = Attempt.objects.filter(office=office, batch=row.batch).order_by("-began_at", "-pk")
    muted = muting_of(office, row.batch) if line.state == State.MUTED else None
    return WholeMessage(line, shown, list(tries[:SHOWN_ATTEMPTS]), muted)


def muting_of(office: Office, batch: str) -> AuditEntry | None:
    """Who muted the message last, why, and what it was before."""
    found = AuditEntry.objects.filter(subject_type="office", subject_id=office.pk, action="message.muted")
    return found.filter(data__batch=batch).select_related("actor").order_by("-id").first()
