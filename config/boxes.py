"""What a person sent off, and what they decided: the two boxes of the inbox that look back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, Value

from approvals import words
from approvals.models import DeferralRequest, SignOff
from approvals.trail import addresses
from nodes.models import EvidenceSubmission, WorkNode
from workflow.models import AuditEntry, Post, User

EVIDENCE, DEFERRAL = "evidence", "deferral"
# What counts as dealt with: decisions on what others sent, not one's own sending and taking back.
DEALT_WITH = (
    "evidence.approved",
    "evidence.returned",
    "node.reopened",
    "deferral.signed",
    "deferral.recorded",
    "deferral.signer_added",
    "deferral.passed_on",
    "summary.signed",
    "summary.returned",
    "filing.received",
    "filing.returned",
    "appeal.viewed",
    "appeal.upheld",
    "appeal.rejected",
)


# Sent


@dataclass(frozen=True)
class Sent:
    """A round of evidence or a request for a deferral, and whose signatures it waits for."""

    kind: str
    subject: Any
    waiting: list[Signature]

    @property
    def node(self) -> WorkNode:
        return self.subject.node


def sent(user: User) -> QuerySet[Any]:
    """Kind, id and moment of all that `user` sent, in person or through a delegate, the newest first."""
    rounds = EvidenceSubmission.objects.filter(
        Q(submitted_by=user) | Q(on_behalf_of=user), office=user.office_id
    )
    requests = DeferralRequest.objects.filter(Q(applicant=user) | Q(on_behalf_of=user), office=user.office_id)
    return _named(rounds, EVIDENCE, "submitted_at").union(
        _named(requests, DEFERRAL, "filed_at"), all=True
    ).order_by("-at", "-pk")  # fmt: skip


def on_their_way(user: User) -> int:
    """How much of what `user` sent is still to be decided."""
    mine = Q(on_behalf_of=user) | Q(submitted_by=user)
    asked = Q(on_behalf_of=user) | Q(applicant=user)
    rounds = EvidenceSubmission.objects.filter(mine, outcome=EvidenceSubmission.Outcome.PENDING)
    requests = DeferralRequest.objects.filter(asked, status=DeferralRequest.Status.PENDING)
    ids = rounds.order_by().values_list("pk").union(requests.order_by().values_list("pk"), all=True)
    return ids.count()


def _named(found: QuerySet[Any], kind: str, moment: str) -> QuerySet[Any]:
    return found.order_by().annotate(kind_of=Value(kind, CharField()), at=F(moment)).values(
        "kind_of", "pk", "at"
    )  # fmt: skip


def what_was_sent(page: Iterable[dict[str, Any]]) -> list[Sent]:
    """The rounds and requests behind a page of `sent`, in its order, with what a list shows."""
    rows = [(row["kind_of"], row["pk"]) for row in page]
    about = ("node__cycle", "node__lead_division")
    found: dict[str, dict[int, Any]] = {
        EVIDENCE: EvidenceSubmission.objects.select_related(*about, "decided_by").in_bulk(
            [pk for kind, pk in rows if kind == EVIDENCE]
        ),
        DEFERRAL: DeferralRequest.objects.select_related(*about).in_bulk(
            [pk for kind, pk in rows if kind == DEFERRAL]
        ),
    }
    waiting = _waiting_signatures(found[DEFERRAL])
    return [Sent(kind, found[kind][pk], waiting.get(pk, []) if kind == DEFERRAL else []) for kind, pk in rows]


@dataclass
class Signature:
    """A signature that a request waits for: since when, and from one of which posts."""

    since: datetime | None
    posts: list[Post]


def _waiting_signatures(requests: Collection[int]) -> dict[int, list[Signature]]:
    """Request id to the signatures that it waits for."""
    seats = SignOff.posts.through.objects.filter(
        signoff__request__in=requests,
        signoff__request__status=DeferralRequest.Status.PENDING,
        signoff__opened_at__isnull=False,
        signoff__decision=None,
    )
    found: dict[int, dict[int, Signature]] = {}
    for seat in seats.select_related("signoff", "post__division").order_by("signoff_id", "post__position"):
        needed = seat.signoff
        signatures = found.setdefault(needed.request_id, {})
        signatures.setdefault(needed.pk, Signature(needed.opened_at, [])).posts.append(seat.post)
    return {request: list(signatures.values()) for request, signatures in found.items()}


# Dealt with


@dataclass(frozen=True)
class Dealt:
    """One decision of a person: what it was about, in which words, and where to look at it."""

    entry: AuditEntry
    what: str
    tone: str
    address: str


def dealt_with(user: User) -> QuerySet[AuditEntry]:
    """What `user` decided, signed or recorded, the newest first."""
    return (
        AuditEntry.objects.filter(office=user.office_id, actor=user, action__in=DEALT_WITH)
        .select_related("on_behalf_of")
        .order_by("-at", "-id")
    )


def what_was_decided(page: Iterable[AuditEntry]) -> list[Dealt]:
    """The entries of a page of `dealt_with`, each with its words and its address."""
    entries = list(page)
    urls = addresses(entries)
    return [Dealt(entry, words.sentence(entry), words.tone(entry), urls[entry.pk]) for entry in entries]
