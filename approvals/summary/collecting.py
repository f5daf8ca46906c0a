"""Gathers a year's summary from the records."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from approvals.figures import approved_deferrals, decisions
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
from nodes.figures import NodeFact, facts
from nodes.models import Cycle, EvidenceSubmission, State


def collect(cycle: Cycle, *, issued_on: date, number: int | None = None) -> Content:
    """The year as it stands now, for a summary dated `issued_on`."""
    found = facts(cycle)
    nodes = _nodes(cycle, found)
    office = cycle.office
    requests = DeferralRequest.objects.filter(node__cycle=cycle)
    waiting = requests.filter(status=DeferralRequest.Status.PENDING).order_by("node__number")
    return Content(
        office=office.name,
        full_name=office.full_name or office.name,
        prefix=office.document_prefix,
        addressee=office.addressee,
        year=cycle.year,
        issued_on=issued_on,
        number=number,
        level1=_titles(cycle, 1),
        level2=_titles(cycle, 2),
        indicators=_indicators(cycle, found, nodes),
        divisions=_divisions(found, nodes),
        nodes=tuple(nodes.values()),
        deferrals=tuple(_deferral(request, nodes) for request in approved_deferrals(cycle)),
        submissions=_submissions(cycle),
        requests=requests.count(),
        waiting=tuple(waiting.values_list("node__number", flat=True)),
    )


def _nodes(cycle: Cycle, found: list[NodeFact]) -> dict[int, Node]:
    """Every node under its primary key, by number."""
    accepted = EvidenceSubmission.objects.filter(
        node__cycle=cycle, outcome=EvidenceSubmission.Outcome.APPROVED
    )
    statements = dict(accepted.order_by("round").values_list("node_id", "statement"))
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


def _titles(cycle: Cycle, level: int) -> tuple[str, ...]:
    return tuple(cycle.indicators.filter(level=level).values_list("title", flat=True))


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
    return tuple(Division(name, tuple(led)) for (_position, _pk, name), led in sorted(under.items()))


def _submissions(cycle: Cycle) -> Submissions:
    handed_in = EvidenceSubmission.objects.filter(node__cycle=cycle).exclude(
        outcome=EvidenceSubmission.Outcome.WITHDRAWN
    )
    return Submissions(
        total=handed_in.count(),
        returned=handed_in.filter(outcome=EvidenceSubmission.Outcome.RETURNED).count(),
        files=EvidenceSubmission.files.through.objects.filter(evidencesubmission__in=handed_in).count(),
    )


def _deferral(request: DeferralRequest, nodes: dict[int, Node]) -> Deferral:
    return Deferral(
        node=nodes[request.node_id],
        reason=request.justification,
        late_request=request.late,
        previous_due=request.previous_due,
        new_due=request.new_due,
        signatures=tuple(_signature(decision, request) for decision in decisions(request)),
        unsigned=tuple(_posts(needed) for needed in request.sign_offs.filter(decision=None)),
    )


def _posts(needed: SignOff) -> str:
    return " / ".join(str(post) for post in needed.posts.select_related("division"))


def _signature(decision: Decision, request: DeferralRequest) -> Signature:
    return Signature(
        post=str(decision.post),
        person=decision.leader_name if decision.recorded else str(decision.actor),
        principal=str(decision.on_behalf_of) if decision.on_behalf_of else "",
        approved=decision.outcome == Decision.Outcome.APPROVE,
        on=decision.signed_on if decision.recorded else request.office.day(decision.at),
        recorded=decision.recorded,
        document_number=decision.document_number,
        scans=decision.scans.count(),
    )
