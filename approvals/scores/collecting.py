"""A year's record, read once, as the facts that its scores follow from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from approvals.models import DeferralRequest, SchemeVersion, ScoreEntry
from approvals.scores.facts import NodeRecord, Place, Span, stand
from approvals.scores.freezing import Basis
from approvals.scores.scheme import Scheme
from approvals.scores.totals import Entry
from nodes.models import Cycle, State, WorkNode
from nodes.selectors import today
from nodes.weights import weight_of
from workflow.selectors import working_days

Kind = ScoreEntry.Kind


@dataclass(frozen=True)
class InForce:
    """The scheme of a year: its own newest version, else an earlier year's, else the standard one."""

    scheme: Scheme
    version: SchemeVersion | None
    year: int

    @property
    def number(self) -> int:
        return self.version.number if self.version else 0

    def own_number(self, cycle: Cycle) -> int:
        """The number of the year's own newest version, 0 where it follows another's."""
        return self.number if self.year == cycle.year else 0


def scheme_of(cycle: Cycle) -> InForce:
    found = SchemeVersion.objects.filter(office=cycle.office_id, cycle__year__lte=cycle.year)
    newest = found.select_related("cycle", "made_by").order_by("-cycle__year", "-number").first()
    if newest is None:
        return InForce(Scheme(), None, cycle.year)
    return InForce(Scheme.model_validate(newest.scheme), newest, newest.cycle.year)


def current_entries(cycle: Cycle) -> list[ScoreEntry]:
    """What is recorded and was not replaced, in the order of recording."""
    found = ScoreEntry.objects.filter(cycle=cycle, replaced_by=None, void=False)
    return list(found.select_related("division", "node", "recorded_by").order_by("id"))


@dataclass(frozen=True)
class YearRecord:
    """What the record says of a year, before any scheme is applied to it."""

    cycle: Cycle
    nodes: tuple[NodeRecord, ...]
    entries: tuple[Entry, ...]
    on: date

    def under(self, scheme: Scheme, number: int = 0, year: int | None = None) -> Basis:
        """What the scores follow from under `scheme`, the `number`-th of `year`."""
        office, last_day = self.cycle.office, self.cycle.last_day
        span = Span(last_day, self.on, working_days(office))
        standings = tuple(stand(one, scheme, span) for one in self.nodes)
        own = self.cycle.year
        return Basis(
            office.name, own, number, year or own, scheme, self.on, last_day, standings, self.entries
        )


def year_record(cycle: Cycle, on: date | None = None) -> YearRecord:
    """The record of `cycle` as of today, looked at on the day `on` (today when None): three statements."""
    entries = current_entries(cycle)
    counted = tuple(_entry(one) for one in entries if one.kind != Kind.COMPLETION)
    return YearRecord(cycle, tuple(_records(cycle, entries)), counted, on or today(cycle.office))


def live_basis(cycle: Cycle, on: date | None = None) -> Basis:
    """What the scores of `cycle` follow from now, under the scheme in force."""
    in_force = scheme_of(cycle)
    return year_record(cycle, on).under(in_force.scheme, in_force.number, in_force.year)


def _entry(row: ScoreEntry) -> Entry:
    kind = "bonus" if row.kind == Kind.BONUS else "deduction"
    return Entry(row.pk, kind, row.division_id, row.matter, row.level, row.points, row.matter_key, row.basis)  # type: ignore[arg-type]


def _records(cycle: Cycle, entries: Iterable[ScoreEntry]) -> Iterable[NodeRecord]:
    completions = {one.node_id: one.points for one in entries if one.kind == Kind.COMPLETION}
    before_late = _deadlines_before_late_requests(cycle)
    nodes = cycle.nodes.select_related("indicator__parent__parent", "lead_division", "current_submission")
    for node in nodes.order_by("number"):
        place = _place(node, completions.get(node.pk))
        in_time = before_late.get(node.pk, node.current_deadline)
        done, in_review = _completion(node)
        yield NodeRecord(place, node.current_deadline, in_time, done, in_review)


def _deadlines_before_late_requests(cycle: Cycle) -> dict[int, date | None]:
    """Node id to the deadline in force before the first granted request that came after it."""
    granted = DeferralRequest.objects.filter(
        node__cycle=cycle, status=DeferralRequest.Status.APPROVED, late=True
    ).order_by("-filed_at")
    return dict(granted.values_list("node_id", "previous_due"))


def _completion(node: WorkNode) -> tuple[date | None, bool]:
    if node.state == State.APPROVED:
        return node.completed_on, False
    if node.state == State.EVIDENCE_SUBMITTED and node.current_submission:
        return node.current_submission.completed_on, True
    return None, False


def _place(node: WorkNode, completion: Decimal | None) -> Place:
    third = node.indicator
    second = third.parent
    first = second.parent if second else None
    return Place(
        number=node.number,
        title=node.title,
        indicator=third.number or third.pk,
        indicator_title=third.title,
        level1=first.title if first else third.title,
        division_id=node.lead_division_id,
        division=node.lead_division.name,
        weight=weight_of(node.attributes),
        completion=completion,
        position=node.lead_division.position,
    )
