"""What happened in a month of which a standard rule tells: to nodes, their evidence, and in comments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Q

from nodes.models import Comment, EvidenceSubmission
from workflow.models import AuditEntry, Office, PostKind
from workflow.selectors import policy_at, working_days

Outcome = EvidenceSubmission.Outcome
PERFORMANCE, HANDLER, HEAD = PostKind.PERFORMANCE_OFFICE, PostKind.HANDLER, PostKind.DIVISION_HEAD
# So long after its hour the system may urge: a question answered by then did not have to be urged.
GRACE = timedelta(minutes=30)
URGED_AFTER, ESCALATED_AFTER = "urge_after_working_days", "escalate_after_working_days"


@dataclass(frozen=True)
class Telling:
    """That something about a node was to be told at the moment `at` under `rule`.

    Whom: kinds of post seen from the lead division, groups of posts of which somebody has to be there, and
    users; who watches the node and is none of them hears under `watched`. `slot` is the ledger's name of the
    occurrence, empty where that is the moment itself; `here` says in the system only. `missed` is why
    nobody can have been told, where it is known. `readers` are told only if they read the node.
    """

    rule: str
    node: int
    at: datetime
    written_at: datetime
    slot: str = ""
    actor: int | None = None
    audiences: tuple[str, ...] = ()
    posts: tuple[tuple[int, ...], ...] = ()
    users: tuple[int, ...] = ()
    watched: str = ""
    here: bool = False
    missed: str = ""
    readers: bool = False


@dataclass(frozen=True)
class Span:
    """A stretch of an office's time, its end not included, and what the trail has of it."""

    office: Office
    since: datetime
    until: datetime

    def __contains__(self, at: datetime | None) -> bool:
        return at is not None and self.since <= at < self.until

    @cached_property
    def entries(self) -> list[AuditEntry]:
        """About nodes and requests, in the order in which it happened."""
        found = AuditEntry.objects.filter(office=self.office, at__gte=self.since, at__lt=self.until)
        found = found.filter(subject_type__in=["worknode", "deferralrequest"])
        return list(found.only(*_FACTS).order_by("at", "id"))

    def recorded(self, kind: str, pk: int, at: datetime) -> datetime:
        """When what happened to it at that moment was written down."""
        return self._recorded.get((kind, pk, at), at)

    @cached_property
    def _recorded(self) -> dict[tuple[str, int, datetime], datetime]:
        return {(one.subject_type, one.subject_id, one.at): one.recorded_at for one in self.entries}

    def urged_at(self, since: datetime, written: datetime, days: str) -> datetime:
        """When the system was to urge what has waited since then, by the policy of when that was written;
        `days` names one of its numbers of working days."""
        policy = policy_at(self.office, written)
        day = working_days(self.office).after(self.office.day(since), getattr(policy.sign_off, days))
        return datetime.combine(day, policy.send_at, self.office.zone)

    def is_missed(self, due: datetime, closed: datetime | None) -> bool:
        """Whether what was to be urged then still waited, and should have been by now."""
        return due in self and due + GRACE < min(closed or self.until, self.until)


_FACTS = ("at", "recorded_at", "action", "subject_type", "subject_id", "actor", "data")
# What is told of an act on a node: under which rule to whom, and to those who watch it.
_ACTS: dict[str, dict[str, Any]] = {
    "node.started": {
        "rule": "work_started", "audiences": ("supporting",), "watched": "watched_started", "here": True,
    },
    "node.reopened": {
        "rule": "node_reopened", "audiences": (HANDLER, HEAD), "watched": "watched_reopened",
    },
    "node.deferred": {"rule": "watched_deferred", "watched": "watched_deferred"},
    "node.resumed": {"rule": "watched_resumed", "watched": "watched_resumed"},
    "evidence.withdrawn": {"rule": "watched_withdrawn", "watched": "watched_withdrawn"},
}  # fmt: skip


def tellings(span: Span) -> Iterator[Telling]:
    """What was to be told of nodes, evidence and comments, as the trail and the submissions have it."""
    for entry in span.entries:
        if facts := _ACTS.get(entry.action):
            yield _of(entry, **facts)
        elif entry.action == "node.urged":
            slot = f"{entry.subject_id}:{entry.data['time']}"
            yield _of(entry, rule="work_urged", slot=slot, audiences=(HANDLER, HEAD))
    rounds = _rounds(span)
    for one in rounds:
        yield from _of_round(one, span)
    yield from _reviews_urged(rounds, span)
    yield from _comments(span)


def _of(entry: AuditEntry, **facts: Any) -> Telling:
    return Telling(
        node=entry.subject_id, at=entry.at, written_at=entry.recorded_at, actor=entry.actor_id, **facts
    )


# Evidence


def _rounds(span: Span) -> list[EvidenceSubmission]:
    """The rounds of evidence that waited for their review at some time of the span."""
    waited = Q(decided_at=None) | Q(decided_at__gte=span.since)
    found = EvidenceSubmission.objects.filter(waited, office=span.office, submitted_at__lt=span.until)
    fields = ("node", "round", "submitted_by", "submitted_at", "outcome", "decided_by", "decided_at")
    return list(found.only(*fields).order_by("submitted_at", "id"))


def _of_round(one: EvidenceSubmission, span: Span) -> Iterator[Telling]:
    def told(rule: str, at: datetime, actor: int | None, **whom: Any) -> Telling:
        written = span.recorded("worknode", one.node_id, at)
        return Telling(rule, one.node_id, at, written, str(one.pk), actor, **whom)

    if one.submitted_at in span:
        yield told(
            "evidence_submitted", one.submitted_at, one.submitted_by_id,
            audiences=(PERFORMANCE,), watched="watched_submitted",
        )  # fmt: skip
    decided = one.outcome in (Outcome.RETURNED, Outcome.APPROVED)
    if decided and one.decided_at and one.decided_at in span:
        yield told(
            f"evidence_{one.outcome}", one.decided_at, one.decided_by_id,
            audiences=(HANDLER,), users=(one.submitted_by_id,), watched=f"watched_{one.outcome}",
        )  # fmt: skip


def _reviews_urged(rounds: Sequence[EvidenceSubmission], span: Span) -> Iterator[Telling]:
    """By hand, by the system, and where the system should have and did not."""
    by_node: dict[int, list[EvidenceSubmission]] = {}
    for one in rounds:
        by_node.setdefault(one.node_id, []).append(one)
    urged: set[tuple[int, str]] = set()
    for entry in _urgings(span, list(by_node)):
        waiting = [one for one in by_node[entry.subject_id] if _waits(one, entry.at)]
        for one in waiting[:1]:
            if entry.actor_id is None:
                urged.add((one.pk, entry.action))
            if entry.at in span:
                yield _urged(one, entry)
    for one in rounds:
        yield from _not_urged(one, span, urged)


def _urgings(span: Span, nodes: list[int]) -> list[AuditEntry]:
    """The urgings of reviews of `nodes`, also the later ones: what came late came all the same."""
    acts = ("evidence.urged", "evidence.escalated")
    found = AuditEntry.objects.filter(subject_type="worknode", subject_id__in=nodes, action__in=acts)
    return list(found.only(*_FACTS).order_by("at", "id"))


def _waits(one: EvidenceSubmission, at: datetime) -> bool:
    return one.submitted_at <= at and (one.decided_at is None or at <= one.decided_at)


_REVIEW_URGED = {
    "evidence.urged": ("review_urged", (PERFORMANCE,)),
    "evidence.escalated": ("review_escalated", (PERFORMANCE, PostKind.HEAD_OF_UNIT)),
}


def _urged(one: EvidenceSubmission, entry: AuditEntry) -> Telling:
    if entry.actor_id is None:
        rule, audiences = _REVIEW_URGED[entry.action]
        return _of(entry, rule=rule, slot=str(one.pk), audiences=audiences)
    slot = f"{one.pk}:{entry.data['time']}"
    return _of(entry, rule="review_urged_by_hand", slot=slot, audiences=(PERFORMANCE,))


def _not_urged(one: EvidenceSubmission, span: Span, urged: set[tuple[int, str]]) -> Iterator[Telling]:
    written = span.recorded("worknode", one.node_id, one.submitted_at)
    for action, days in (
        ("evidence.urged", URGED_AFTER),
        ("evidence.escalated", ESCALATED_AFTER),
    ):
        due = span.urged_at(one.submitted_at, written, days)
        if (one.pk, action) not in urged and span.is_missed(due, one.decided_at):
            rule, audiences = _REVIEW_URGED[action]
            yield Telling(rule, one.node_id, due, due, str(one.pk), audiences=audiences, missed="not_urged")


# Talk


def _comments(span: Span) -> Iterator[Telling]:
    """Who was called hears of it in person; of those who watch the others who may read it."""
    found = Comment.objects.filter(office=span.office, at__gte=span.since, at__lt=span.until)
    for one in found.prefetch_related("mentions").order_by("at", "id"):
        called = tuple(user.pk for user in one.mentions.all())
        written = span.recorded("worknode", one.node_id, one.at)
        about = (one.node_id, one.at, written, str(one.pk), one.author_id)
        if called:
            yield Telling("mentioned", *about, users=called)
        yield Telling("commented", *about, watched="commented", here=True, readers=True)
