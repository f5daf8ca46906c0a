"""Accepting the deadlines that earlier years propose for a drafted year, and taking that back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from nodes.lessons import proposals
from nodes.lessons.calibration import Suggestion
from nodes.models import Cycle, DeadlineProposal, State, WorkNode
from nodes.services.cycles import locked
from workflow import audit
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@transaction.atomic
def accept_deadlines(
    *, actor: User, cycle: Cycle, chosen: Mapping[int, date | None], at: datetime | None = None
) -> int:
    """Make what is proposed the deadlines of these nodes (numbers of the drafted `cycle`); return how many
    changed.

    A day beside a number is what was shown: the proposal must still say so; None takes what it says now.
    What has been accepted before counts for nothing. Raises NotAllowed, WrongState unless the year is a
    draft, Invalid by field (“accept_” and the number), and nothing is accepted then.
    """
    at = moment(at)
    require(actor, "nodes.manage_catalogue", cycle, at=at)
    cycle = _draft(cycle)
    if not chosen:
        raise Invalid({"": [_("Choose at least one proposal.")]})
    found = proposals.for_draft(cycle)
    _check(chosen, found)
    numbers = [number for number in chosen if found[number].day]
    nodes = WorkNode.objects.select_for_update().filter(cycle=cycle, number__in=numbers)
    pairs = [(node, found[node.number]) for node in nodes.filter(state=State.PLANNED).order_by("number")]
    return adopt(actor, pairs, at)


@transaction.atomic
def restore_deadline(*, actor: User, cycle: Cycle, number: int, at: datetime | None = None) -> bool:
    """Give a node of the drafted `cycle` back the deadline that it had before a proposal was accepted.

    False when none is accepted (any more), or another deadline came after it. Raises NotAllowed, WrongState
    unless the year is a draft.
    """
    at = moment(at)
    require(actor, "nodes.manage_catalogue", cycle, at=at)
    cycle = _draft(cycle)
    kept = DeadlineProposal.objects.filter(
        node__cycle=cycle, node__number=number, suggested=F("node__baseline_deadline")
    )
    proposal = kept.select_related("node").first()
    if proposal is None:
        return False
    node = proposal.node
    node.baseline_deadline = node.current_deadline = proposal.previous
    node.save(update_fields=["baseline_deadline", "current_deadline"])
    proposal.delete()
    facts = {"from": proposal.suggested.isoformat(), "to": proposal.previous.isoformat()}
    audit.record(actor, "node.deadline_restored", node, at=at, data=facts)
    return True


def _draft(cycle: Cycle) -> Cycle:
    """The year, locked. Raises WrongState unless it is a draft."""
    cycle = locked(cycle)
    if cycle.status != Cycle.Status.DRAFT:
        message = _("The year %(year)d is “%(status)s”: deadlines are proposed for a draft only.")
        raise WrongState(message % {"year": cycle.year, "status": cycle.get_status_display()})
    return cycle


def _check(chosen: Mapping[int, date | None], found: Mapping[int, Suggestion]) -> None:
    errors = {
        f"accept_{number}": [_("Something else is proposed for node %(number)d now.") % {"number": number}]
        for number, shown in chosen.items()
        if number not in found or found[number].day is None or shown not in (None, found[number].day)
    }
    if errors:
        raise Invalid(errors)


def adopt(actor: User, pairs: Iterable[tuple[WorkNode, Suggestion]], at: datetime) -> int:
    """Give planned nodes the deadlines proposed for them, in the caller's transaction; return how many."""
    known = list(pairs)
    taken = dict(
        DeadlineProposal.objects.filter(node__in=[node for node, _one in known]).values_list(
            "node_id", "suggested"
        )
    )
    changed = [
        (node, one)
        for node, one in known
        if one.day and not (taken.get(node.pk) == one.day == node.baseline_deadline)
    ]
    kept = [_moved(actor, node, one, at) for node, one in changed]
    WorkNode.objects.bulk_update(
        [node for node, _one in changed],
        ["baseline_deadline", "current_deadline", "planned_start"],
        batch_size=500,
    )
    DeadlineProposal.objects.bulk_create(
        kept,
        update_conflicts=True,
        unique_fields=["node"],
        update_fields=["suggested", "previous", "lead", "years", "accepted_by", "accepted_at"],
    )
    return len(changed)


def _moved(actor: User, node: WorkNode, suggestion: Suggestion, at: datetime) -> DeadlineProposal:
    """The node with its new deadline, not yet saved; no work begins after it is due."""
    day, previous = suggestion.day, node.baseline_deadline
    assert day is not None
    node.baseline_deadline = node.current_deadline = day
    if node.planned_start:
        node.planned_start = min(node.planned_start, day)
    facts = {
        "from": previous.isoformat(),
        "to": day.isoformat(),
        "lead": suggestion.lead,
        "years": list(suggestion.years),
    }
    audit.record(actor, "node.deadline_accepted", node, at=at, data=facts)
    return DeadlineProposal(
        node=node,
        suggested=day,
        previous=previous,
        lead=suggestion.lead or 0,
        years=list(suggestion.years),
        accepted_by=actor,
        accepted_at=at,
    )
