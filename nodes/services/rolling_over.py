"""Rolling over to the next year: what was deferred goes along, the rest may be copied as a draft."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from nodes.catalogue_changes import CARRIED_FROM, plain_attributes
from nodes.lessons import proposals
from nodes.lessons.calibration import Suggestion
from nodes.models import Cycle, Indicator, State, WorkNode
from nodes.services.cycles import YEARS, locked
from nodes.services.proposing import adopt
from workflow import audit
from workflow.clock import moment
from workflow.models import AuditEntry, User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, WrongState

ROLLED_OVER = "cycle.rolled_over"


@dataclass(frozen=True)
class RollOver:
    """What goes along: new deadlines by the old year's node numbers, and whether the rest is copied.

    Of the deadlines that earlier years propose, those of the `accepted` nodes (numbers among `deadlines`) and
    of the copies that the `accepted_divisions` (ids) lead take the place of any other.
    """

    deadlines: Mapping[int, date | None]
    copies_rest: bool = False
    accepted: Collection[int] = ()
    accepted_divisions: Collection[int] = ()


def unfinished(cycle: Cycle) -> list[WorkNode]:
    """The year's nodes that are not done, those that were deferred first."""
    found = WorkNode.objects.filter(cycle=cycle).exclude(state=State.APPROVED)
    found = found.select_related("lead_division", "indicator__parent__parent", "cycle")
    nodes = found.prefetch_related("supporting_divisions").order_by("number")
    return sorted(nodes, key=lambda node: node.state != State.DEFERRED)


def agreed_deadline(node: WorkNode) -> date | None:
    """The deadline that was agreed on for the next year; None where none was, or one further away."""
    due = node.current_deadline
    return due if due and due.year == node.cycle.year + 1 else None


def rolled_over(cycle: Cycle) -> AuditEntry | None:
    """The entry that says that `cycle` was rolled over; None before."""
    return audit.trail(cycle).filter(action=ROLLED_OVER).first()


@transaction.atomic
def roll_over(*, actor: User, cycle: Cycle, draft: RollOver, at: datetime | None = None) -> Cycle:
    """Draft the next year with the nodes of `draft`; `cycle` itself stays as it is.

    Each carried node begins as planned under a number behind all others and keeps where it came from in
    its attributes. With `copies_rest` the other nodes come along under their own numbers, a year later.
    What is proposed and was accepted is recorded with each node it concerns. Raises NotAllowed, Conflict
    when it was done before, WrongState when the next year is not a draft any more or `cycle` has not begun,
    Invalid with messages by field (“deadline_” or “accept_” and the node's number).
    """
    at = moment(at)
    require(actor, "nodes.manage_catalogue", cycle, at=at)
    cycle = locked(cycle)
    _check(cycle)
    proposed = proposals.for_next_year(cycle) if draft.accepted or draft.accepted_divisions else {}
    draft = _with_accepted(draft, proposed)
    nodes = list(_nodes(cycle))
    carried = _carried(cycle, nodes, draft)
    following = _next(actor, cycle, at)
    copies = _Copies(cycle, following)
    copied = copies.copy([node for node in nodes if node not in carried]) if draft.copies_rest else []
    new = copies.carry({node: draft.deadlines[node.number] for node in carried})
    for node, origin in new:
        where = {"year": cycle.year, "node": origin.number}
        audit.record(actor, "node.carried_over", node, at=at, to_state=node.state, data=where)
    numbers = [origin.number for _node, origin in new]
    facts: dict[str, Any] = {"to": following.year, "carried": numbers, "copied": len(copied)}
    if accepted := [
        *((node, proposed[origin.number]) for node, origin in new if origin.number in draft.accepted),
        *_of_divisions(copied, draft.accepted_divisions, proposed),
    ]:
        facts["accepted"] = adopt(actor, accepted, at)
    audit.record(actor, ROLLED_OVER, cycle, at=at, data=facts)
    return following


def _with_accepted(draft: RollOver, proposed: Mapping[int, Suggestion]) -> RollOver:
    """The draft with the proposed deadlines where they were accepted. Raises Invalid where there is none."""
    without = [number for number in draft.accepted if number not in proposed or not proposed[number].day]
    if without:
        message = _("Nothing is proposed for node %(number)d.")
        raise Invalid({f"accept_{number}": [message % {"number": number}] for number in without})
    taken = {number: proposed[number].day for number in draft.accepted if number in draft.deadlines}
    return replace(draft, deadlines={**draft.deadlines, **taken})


def _of_divisions(
    copied: Iterable[tuple[WorkNode, WorkNode]],
    divisions: Collection[int],
    proposed: Mapping[int, Suggestion],
) -> list[tuple[WorkNode, Suggestion]]:
    """The copies that one of `divisions` leads and whose deadline something speaks for moving."""
    led = [(node, proposed[origin.number]) for node, origin in copied if node.lead_division_id in divisions]
    return [(node, one) for node, one in led if one.moves]


def _check(cycle: Cycle) -> None:
    if done := rolled_over(cycle):
        message = _("%(year)d was rolled over by %(person)s already.")
        facts = {"year": cycle.year, "person": done.actor}
        raise Conflict(message % facts, decided_by=done.actor, decided_at=done.at)
    if cycle.status == Cycle.Status.DRAFT:
        raise WrongState(
            _("The year %(year)d is a draft: there is nothing to carry over.") % {"year": cycle.year}
        )
    if cycle.year + 1 not in YEARS:
        raise WrongState(_("%(year)d is the last year there can be.") % {"year": cycle.year})


def _nodes(cycle: Cycle) -> Iterable[WorkNode]:
    found = WorkNode.objects.filter(cycle=cycle).select_related("indicator__parent__parent", "cycle")
    return found.prefetch_related("supporting_divisions").order_by("number")


def _carried(cycle: Cycle, nodes: list[WorkNode], draft: RollOver) -> list[WorkNode]:
    """The chosen nodes, in order. Raises Invalid."""
    chosen = [node for node in nodes if node.number in draft.deadlines]
    errors: dict[str, list[str]] = {}
    for node in chosen:
        if wrong := _wrong_deadline(draft.deadlines[node.number], cycle.year + 1):
            errors[f"deadline_{node.number}"] = [wrong]
        if node.state == State.APPROVED:
            message = _("Node %(number)d is done: it cannot be carried over.") % {"number": node.number}
            errors[f"deadline_{node.number}"] = [message]
    if len(chosen) < len(draft.deadlines):
        errors[""] = [_("One of the chosen nodes is not in this year.")]
    if not chosen and not draft.copies_rest:
        errors[""] = [_("Choose what goes along: a node at least, or the rest of the catalogue.")]
    if errors:
        raise Invalid(errors)
    return chosen


def _wrong_deadline(deadline: date | None, year: int) -> str:
    if deadline is None:
        return _("Give the new deadline.")
    if deadline.year != year:
        return _("The new deadline has to lie in %(year)d.") % {"year": year}
    return ""


def _next(actor: User, cycle: Cycle, at: datetime) -> Cycle:
    """The next year in draft: a new one, or the one that is drafted already."""
    following, is_new = Cycle.objects.get_or_create(office=cycle.office, year=cycle.year + 1)
    if is_new:
        audit.record(actor, "cycle.created", following, at=at, to_state=following.status)
    following = locked(following)
    if following.status != Cycle.Status.DRAFT:
        message = _("The year %(year)d is “%(status)s”: only a draft takes nodes of another year.")
        facts = {"year": following.year, "status": following.get_status_display()}
        raise WrongState(message % facts)
    return following


class _Copies:
    """Writes nodes of one year, with their indicators, into the next."""

    def __init__(self, cycle: Cycle, following: Cycle) -> None:
        self.cycle, self.following = cycle, following
        self.taken = set(following.nodes.values_list("number", flat=True))
        both = Q(cycle__in=[cycle, following])
        self.last_number = WorkNode.objects.filter(both).aggregate(last=Max("number"))["last"] or 0
        known = list(following.indicators.all())
        self.indicators = {(one.level, one.parent_id, one.title): one for one in known}
        self.third_numbers = {one.number for one in known if one.level == 3}
        last = Indicator.objects.filter(both, level=3).aggregate(last=Max("number"))["last"] or 0
        self.last_third = last

    def copy(self, nodes: Iterable[WorkNode]) -> list[tuple[WorkNode, WorkNode]]:
        """Copy `nodes` a year later under their own numbers, but for those taken; each with its origin."""
        free = [node for node in nodes if node.number not in self.taken]
        new = [self._new(node, node.number, _later(node.baseline_deadline), copied=True) for node in free]
        self._create(new, free)
        return list(zip(new, free, strict=True))

    def carry(self, deadlines: Mapping[WorkNode, date | None]) -> list[tuple[WorkNode, WorkNode]]:
        """Each new node with the one it comes from."""
        new = []
        for node, deadline in deadlines.items():
            assert deadline is not None
            self.last_number += 1
            new.append(self._new(node, self.last_number, deadline, copied=False))
        self._create(new, list(deadlines))
        return list(zip(new, deadlines, strict=True))

    def _new(self, node: WorkNode, number: int, deadline: date, *, copied: bool) -> WorkNode:
        attributes: dict[str, Any] = dict(plain_attributes(node.attributes))
        if not copied:
            attributes[CARRIED_FROM] = {"year": self.cycle.year, "node": node.number}
        start = _later(node.planned_start) if copied and node.planned_start else None
        return WorkNode(
            office_id=self.following.office_id,
            cycle=self.following,
            indicator=self._indicator(node.indicator),
            number=number,
            title=node.title,
            lead_division_id=node.lead_division_id,
            planned_start=start,
            baseline_deadline=deadline,
            current_deadline=deadline,
            evidence_required=node.evidence_required,
            attributes=attributes,
        )

    def _indicator(self, one: Indicator) -> Indicator:
        """The same indicator in the next year; a third-level one under a number that is free there."""
        parent = self._indicator(one.parent) if one.parent else None
        key = (one.level, parent.pk if parent else None, one.title)
        if key not in self.indicators:
            self.indicators[key] = Indicator.objects.create(
                cycle=self.following,
                parent=parent,
                level=one.level,
                number=self._third_number(one) if one.level == 3 else None,
                title=one.title,
                position=one.position,
            )
        return self.indicators[key]

    def _third_number(self, one: Indicator) -> int:
        number = one.number or 0
        if number in self.third_numbers:
            self.last_third += 1
            number = self.last_third
        self.third_numbers.add(number)
        return number

    def _create(self, new: list[WorkNode], origins: list[WorkNode]) -> None:
        WorkNode.objects.bulk_create(new)
        through = WorkNode.supporting_divisions.through
        through.objects.bulk_create(
            through(worknode=node, division=division)
            for node, origin in zip(new, origins, strict=True)
            for division in origin.supporting_divisions.all()
        )


def _later(day: date) -> date:
    """The same day a year later; 29 February is then the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year + 1, day.month, last)
