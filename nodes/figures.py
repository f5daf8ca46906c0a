"""A year in figures: counted from what happened, now or as of a day."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from nodes.light import DUE_SOON_WORKING_DAYS, Light
from nodes.models import Cycle, DeadlineChange, EvidenceSubmission, State, WorkNode
from workflow.calendar import WorkingDays
from workflow.models import AuditEntry

Outcome = EvidenceSubmission.Outcome


@dataclass(frozen=True)
class NodeFact:
    """Where one node stood; `deadline` is the current one then, None when it was left open.

    `completed_on` is the day its evidence states, approved or still waiting for review.
    """

    node: WorkNode
    state: str
    deadline: date | None
    completed_on: date | None
    returned: int

    @property
    def on_time(self) -> bool:
        return self.state == State.APPROVED and not self.late

    @property
    def late(self) -> bool:
        return (
            self.state == State.APPROVED
            and self.completed_on is not None
            and self.deadline is not None
            and self.completed_on > self.deadline
        )

    def overdue(self, day: date) -> bool:
        """Whether it should have been done before `day` and is neither done nor deferred.

        As with the light, what waits for review counts by the day it states.
        """
        if self.deadline is None or self.state in (State.APPROVED, State.DEFERRED):
            return False
        if self.state == State.EVIDENCE_SUBMITTED and self.completed_on:
            return self.completed_on > self.deadline
        return self.deadline < day


def lit(found: Iterable[NodeFact], day: date, calendar: WorkingDays) -> list[tuple[NodeFact, Light]]:
    """Each node with the light it showed on `day`, as `nodes.light.with_light` has it for the present."""
    soon = calendar.after(day, DUE_SOON_WORKING_DAYS)
    return [(fact, _light(fact, day, soon)) for fact in found]


def _light(fact: NodeFact, day: date, soon: date) -> Light:
    if fact.state == State.APPROVED:
        return Light.DONE_LATE if fact.late else Light.DONE_ON_TIME
    if fact.state == State.DEFERRED:
        return Light.SUSPENDED
    if fact.overdue(day):
        return Light.OVERDUE
    if fact.state == State.EVIDENCE_SUBMITTED:
        return Light.ON_TRACK
    if fact.deadline and fact.deadline <= soon:
        return Light.DUE_SOON
    return Light.NOT_STARTED if fact.state == State.PLANNED else Light.ON_TRACK


def facts(cycle: Cycle, as_of: date | None = None) -> list[NodeFact]:
    """Every node of `cycle` as it stood at the end of the day `as_of`, or stands now."""
    nodes = list(cycle.nodes.select_related("lead_division", "current_submission").order_by("number"))
    if as_of is None:
        return [NodeFact(n, n.state, n.current_deadline, _stated(n), n.returns) for n in nodes]
    return _facts_at(cycle, nodes, end_of(cycle, as_of))


def facts_before(cycle: Cycle, end: datetime) -> list[NodeFact]:
    """Every node of `cycle` as it stood just before the moment `end`."""
    nodes = list(cycle.nodes.select_related("lead_division").order_by("number"))
    return _facts_at(cycle, nodes, end)


def _stated(node: WorkNode) -> date | None:
    """The day of completion that the node's current evidence states."""
    return node.current_submission.completed_on if node.current_submission else None


def end_of(cycle: Cycle, day: date) -> datetime:
    """The first moment after `day` in the office."""
    return datetime.combine(day + timedelta(days=1), time(), cycle.office.zone)


def _facts_at(cycle: Cycle, nodes: list[WorkNode], end: datetime) -> list[NodeFact]:
    states = _states_before(nodes, end)
    moved = DeadlineChange.objects.filter(node__cycle=cycle, changed_at__lt=end).order_by("changed_at", "id")
    deadlines = {change.node_id: change.new for change in moved}
    rounds = EvidenceSubmission.objects.filter(node__cycle=cycle, submitted_at__lt=end).order_by("round")
    stated = {s.node_id: s.completed_on for s in rounds}
    returned = Counter(
        s.node_id for s in rounds if s.outcome == Outcome.RETURNED and s.decided_at and s.decided_at < end
    )
    return [
        NodeFact(
            node,
            state := states.get(node.pk, State.PLANNED),
            deadlines.get(node.pk, node.baseline_deadline),
            stated.get(node.pk) if state in (State.EVIDENCE_SUBMITTED, State.APPROVED) else None,
            returned[node.pk],
        )
        for node in nodes
    ]


def _states_before(nodes: list[WorkNode], end: datetime) -> dict[int, str]:
    """Node id to its last recorded state: the audit trail is where past states are kept."""
    moves = (
        AuditEntry.objects.filter(
            subject_type="worknode", subject_id__in=[node.pk for node in nodes], at__lt=end
        )
        .exclude(to_state="")
        .order_by("at", "id")
    )
    return dict(moves.values_list("subject_id", "to_state"))


def figures(cycle: Cycle, as_of: date | None = None) -> dict[str, Any]:
    """The figures that concern nodes alone; `approvals.figures` adds the deferrals."""
    found = facts(cycle, as_of)
    today = as_of or cycle.office.day(timezone.now())
    return {
        "indicators": indicator_counts(cycle),
        "nodes": len(found),
        "divisions": len({fact.node.lead_division_id for fact in found}),
        "states": {state: sum(fact.state == state for fact in found) for state in State.values},
        **outcomes(found),
        "returned_once_or_more": sum(fact.returned > 0 for fact in found),
        "returns": _returns(found),
        "by_division": _by_division(found, today),
        "calendar_slack_days": _slack(found),
    }


def outcomes(found: Iterable[NodeFact]) -> dict[str, int]:
    """done_on_time + done_late + deferred + not_done, which always is the number of nodes."""
    found = list(found)
    done_on_time = sum(fact.on_time for fact in found)
    done_late = sum(fact.late for fact in found)
    deferred = sum(fact.state == State.DEFERRED for fact in found)
    return {
        "done_on_time": done_on_time,
        "done_late": done_late,
        "deferred": deferred,
        "not_done": len(found) - done_on_time - done_late - deferred,
    }


def indicator_counts(cycle: Cycle) -> dict[str, int]:
    """How many indicators the year has on each level."""
    levels = Counter(cycle.indicators.values_list("level", flat=True))
    return {f"level{level}": levels[level] for level in (1, 2, 3)}


def _returns(found: Iterable[NodeFact]) -> list[dict[str, Any]]:
    return [
        {"node": fact.node.number, "title": fact.node.title, "times": fact.returned}
        for fact in found
        if fact.returned
    ]


def _by_division(found: Iterable[NodeFact], today: date) -> list[dict[str, Any]]:
    groups: dict[int, list[NodeFact]] = {}
    for fact in found:
        groups.setdefault(fact.node.lead_division_id, []).append(fact)
    rows = sorted(groups.values(), key=lambda group: group[0].node.lead_division.position)
    return [_division_row(group, today) for group in rows]


def _division_row(group: list[NodeFact], today: date) -> dict[str, Any]:
    return {
        "division": group[0].node.lead_division.name,
        "nodes": len(group),
        "approved": sum(fact.state == State.APPROVED for fact in group),
        "on_time": sum(fact.on_time for fact in group),
        "late": sum(fact.late for fact in group),
        "deferred": sum(fact.state == State.DEFERRED for fact in group),
        "overdue": sum(fact.overdue(today) for fact in group),
    }


def _slack(found: Iterable[NodeFact]) -> dict[str, float | None]:
    """Calendar days between completion and deadline, positive when early, over the approved nodes."""
    days = [
        (fact.deadline - fact.completed_on).days
        for fact in found
        if fact.state == State.APPROVED and fact.deadline and fact.completed_on
    ]
    if not days:
        return {"median": None, "p10": None, "p90": None}
    tenths = statistics.quantiles(days, n=10, method="inclusive") if len(days) > 1 else days * 9
    return {"median": statistics.median(days), "p10": round(tenths[0], 1), "p90": round(tenths[8], 1)}
