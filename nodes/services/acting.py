"""What every act on a node shares: lock and check before, record after."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import can_proceed

from nodes.models import Cycle, WorkNode
from workflow import audit, people
from workflow.models import PostKind, User
from workflow.permissions import require
from workflow.refusals import NotFound, WrongState


def locked(node_id: int, actor: User) -> WorkNode:
    """The node, locked. Raises NotFound, also for another office's, or WrongState unless its year is open."""
    node = WorkNode.objects.locked(node_id, actor.office)
    if node is None:
        raise NotFound(_("There is no such node in your office."))
    if node.cycle.status != Cycle.Status.OPEN:
        message = _("The year %(year)d is “%(status)s”: nothing can be done to its nodes.")
        raise WrongState(message % {"year": node.cycle.year, "status": node.cycle.get_status_display()})
    return node


def require_transition(transition: Callable[..., Any]) -> None:
    """Raise WrongState, saying where the node stands and who brought it there, unless the bound `transition`
    can happen now."""
    if not can_proceed(transition):
        node = transition.__self__  # type: ignore[attr-defined]
        message = _("Node %(number)d is “%(state)s”, which does not allow this.")
        where = message % {"number": node.number, "state": node.get_state_display()}
        raise WrongState(where + _brought_there(node))


def _brought_there(node: WorkNode) -> str:
    last = audit.trail(node).exclude(to_state="").last()
    if last is None or last.actor is None:
        return ""
    facts = {"person": last.actor, "at": node.office.minute(last.at)}
    return _(" %(person)s brought it there at %(at)s.") % facts


def check(actor: User, permission: str, node: WorkNode, *, at: datetime) -> int | None:
    """Raise NotAllowed unless `actor` may do, for the lead division, what `permission` names.

    Returns the id of whom they stand in for, None when they act in person.
    """
    require(actor, permission, node, at=at, why=lambda: _why_not(actor, node))
    capacity = people.capacity_in(actor, node.lead_division_id, node.office.day(at))
    return capacity.on_behalf_of_id if capacity else None


def check_office(
    actor: User,
    permission: str,
    node: WorkNode,
    *,
    at: datetime,
    parties: Collection[int] = (),
    why: Callable[[], str] | None = None,
) -> int | None:
    """The same for the performance office, none of whom may be, or stand in for, one of `parties`."""
    require(actor, permission, node, at=at, why=why or (lambda: _why_not(actor, node)))
    capacity = people.impartial(actor, PostKind.PERFORMANCE_OFFICE, parties, node.office.day(at))
    return capacity.on_behalf_of_id if capacity else None


def _why_not(actor: User, node: WorkNode) -> str:
    message = _("%(actor)s may not do this to node %(number)d of %(division)s.")
    return message % {"actor": actor, "number": node.number, "division": node.lead_division}


def keep(actor: User | None, action: str, node: WorkNode, *, before: str, **facts: Any) -> None:
    """Save a node after its transition and record it; `facts` go to `audit.record`."""
    node.version += 1
    node.save(
        update_fields=[
            "state",
            "version",
            "returns",
            "completed_on",
            "current_deadline",
            "current_submission",
        ]
    )
    audit.record(actor, action, node, from_state=before, to_state=node.state, **facts)
