"""Gathers a year's summary from the records, as they stand or stood at a moment."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet

from approvals.figures import decisions
from approvals.models import Decision, DeferralRequest, SignOff
from approvals.summary.content import (
    Content,
    Deferral,
    Division,
    Indicator,
    Node,
    Outcome,
    Signature,
    Submissions,
)
from nodes.figures import NodeFact, facts, facts_before
from nodes.models import Cycle, EvidenceSubmission, State
from workflow.models import Attachment, Post

Round = EvidenceSubmission.Outcome
Status = DeferralRequest.Status
FOREVER = datetime(9000, 1, 1, tzinfo=UTC)


def collect(
    cycle: Cycle, *, issued_on: date, number: int | None = None, cut_off: datetime | None = None
) -> Content:
    """The year for a summary dated `issued_on`: as it stood at the aware moment `cut_off`, or stands now.

    What was submitted, asked or decided after the cut-off does not count.
    """
    end = cut_off + timedelta(microseconds=1) if cut_off else FOREVER
    found = facts_before(cycle, end) if cut_off else facts(cycle)
    rounds = _rounds(cycle, end)
    nodes = _nodes(found, rounds, end)
    office = cycle.office
    requests = _requests(cycle, end)
    titles = _titles(cycle)
    return Content(
        office=office.name,
        full_name=office.full_name or office.name,
        prefix=office.document_prefix,
        addressee=office.addressee,
        year=cycle.year,
        issued_on=issued_on,
        number=number,
        level1=titles[1],
        level2=titles[2],
        indicators=_indicators(cycle, found, nodes),
        divisions=_divisions(found, nodes),
        nodes=tuple(nodes.values()),
        deferrals=tuple(_deferral(one, nodes) for one in requests if _approved(one, end)),
        submissions=_submissions(rounds, nodes, end),
        requests=len(requests),
        waiting=tuple(sorted(one.node.number for one in requests if _waits(one, end))),
        requested=tuple(sorted({one.node.number for one in requests})),
    )


# Evidence


def _rounds(cycle: Cycle, end: datetime) -> list[EvidenceSubmission]:
    """Every round handed in before `end` and not taken back by then, without files."""
    handed_in = EvidenceSubmission.objects.filter(node__cycle=cycle, submitted_at__lt=end)
    taken_back = Q(outcome=Round.WITHDRAWN, decided_at__lt=end)
    kept = ("node_id", "round", "statement", "outcome", "decided_at")
    return list(handed_in.exclude(taken_back).only(*kept).order_by("round"))


def _decided(one: EvidenceSubmission, outcome: Round, end: datetime) -> bool:
    return one.outcome == outcome and one.decided_at is not None and one.decided_at < end


def _submissions(rounds: list[EvidenceSubmission], nodes: dict[int, Node], end: datetime) -> Submissions:
    files = EvidenceSubmission.files.through.objects
    return Submissions(
        total=len(rounds),
        returned=sum(_decided(one, Round.RETURNED, end) for one in rounds),
        files=files.filter(evidencesubmission__in=[one.pk for one in rounds]).count(),
        nodes=tuple(sorted({nodes[one.node_id].number for one in rounds})),
    )


# Nodes


def _nodes(found: list[NodeFact], rounds: list[EvidenceSubmission], end: datetime) -> dict[int, Node]:
    """Every node under its primary key, by number."""
    accepted = [one for one in rounds if _decided(one, Round.APPROVED, end)]
    statements = {one.node_id: one.statement for one in accepted}
    return {fact.node.pk: _node(fact, statements.get(fact.node.pk, "")) for fact in found}


def _node(fact: NodeFact, statement: str) -> Node:
    return Node(
        number=fact.node.number,
        title=fact.node.title,
        division=fact.node.lead_division.name,
        state=fact.state,
        outcome=_outcome(fact),
        baseline=fact.node.baseline_deadline,
        deadline=fact.deadline,
        completed_on=fact.completed_on if fact.state == State.APPROVED else None,
        returned=fact.returned,
        statement=statement if fact.state == State.APPROVED else "",
    )


def _outcome(fact: NodeFact) -> Outcome:
    if fact.state == State.APPROVED:
        return Outcome.LATE if fact.late else Outcome.ON_TIME
    return Outcome.DEFERRED if fact.state == State.DEFERRED else Outcome.NOT_DONE


def _titles(cycle: Cycle) -> dict[int, tuple[str, ...]]:
    """The titles of the first two levels, each in its order."""
    above = list(cycle.indicators.filter(level__lt=3).values_list("level", "title"))
    return {level: tuple(title for at, title in above if at == level) for level in (1, 2)}


def _indicators(cycle: Cycle, found: list[NodeFact], nodes: dict[int, Node]) -> tuple[Indicator, ...]:
    under: dict[int, list[Node]] = defaultdict(list)
    for fact in found:
        under[fact.node.indicator_id].append(nodes[fact.node.pk])
    third = cycle.indicators.filter(level=3).order_by("number")
    return tuple(Indicator(one.number or 0, one.title, tuple(under[one.pk])) for one in third)


def _divisions(found: list[NodeFact], nodes: dict[int, Node]) -> tuple[Division, ...]:
    under: dict[tuple[int, int, str], list[Node]] = defaultdict(list)
    for fact in found:
        division = fact.node.lead_division
        under[division.position, division.pk, division.name].append(nodes[fact.node.pk])
    return tuple(Division(name, tuple(led), pk) for (_position, pk, name), led in sorted(under.items()))


# Deferrals


def _requests(cycle: Cycle, end: datetime) -> list[DeferralRequest]:
    """The year's requests filed before `end`, by node and time, with their signatures at hand."""
    given = Decision.objects.select_related("post__division", "actor", "on_behalf_of")
    scans = Prefetch("scans", queryset=Attachment.objects.only("pk"))
    seats = Post.objects.select_related("division")
    found: QuerySet[DeferralRequest] = DeferralRequest.objects.filter(node__cycle=cycle, filed_at__lt=end)
    return list(
        found.prefetch_related(
            Prefetch("sign_offs__decision", queryset=given.prefetch_related(scans)),
            Prefetch("sign_offs__posts", queryset=seats),
        )
        .select_related("node", "office")
        .order_by("node__number", "filed_at", "id")
    )


def _approved(request: DeferralRequest, end: datetime) -> bool:
    return request.status == Status.APPROVED and request.settled_at is not None and request.settled_at < end


def _waits(request: DeferralRequest, end: datetime) -> bool:
    return request.status == Status.PENDING or (request.settled_at is not None and request.settled_at >= end)


def _deferral(request: DeferralRequest, nodes: dict[int, Node]) -> Deferral:
    needed = request.sign_offs.all()
    return Deferral(
        node=nodes[request.node_id],
        reason=request.justification,
        late_request=request.late,
        previous_due=request.previous_due,
        new_due=request.new_due,
        signatures=tuple(_signature(decision, request) for decision in decisions(request)),
        unsigned=tuple(_posts(one) for one in needed if not hasattr(one, "decision")),
        by_order=request.category == DeferralRequest.Category.POLICY_CHANGE,
    )


def _posts(needed: SignOff) -> str:
    return " / ".join(str(post) for post in needed.posts.all())


def _signature(decision: Decision, request: DeferralRequest) -> Signature:
    return Signature(
        post=str(decision.post),
        person=decision.leader_name if decision.recorded else str(decision.actor),
        principal=str(decision.on_behalf_of) if decision.on_behalf_of else "",
        approved=decision.outcome == Decision.Outcome.APPROVE,
        on=decision.signed_on if decision.recorded else request.office.day(decision.at),
        recorded=decision.recorded,
        document_number=decision.document_number,
        scans=len(decision.scans.all()),
    )
