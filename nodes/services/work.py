"""Starting, deferring, resuming and reopening a node."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nodes import events as happened
from nodes.models import DeadlineChange, WorkNode
from nodes.services import acting
from workflow import events
from workflow.clock import moment
from workflow.models import User
from workflow.refusals import Invalid


@transaction.atomic
def start(*, actor: User, node_id: int, at: datetime | None = None) -> WorkNode:
    """Begin work on a planned node. Raises NotAllowed, WrongState."""
    at = moment(at)
    node = acting.locked(node_id, actor)
    principal = acting.check(actor, "nodes.start", node, at=at)
    acting.require_transition(node.start)
    before = node.state
    node.start()
    acting.keep(actor, "node.started", node, before=before, at=at, on_behalf_of_id=principal)
    events.publish(happened.WorkStarted(node, actor, at))
    return node


@transaction.atomic
def reopen(*, actor: User, node_id: int, opinion: str, at: datetime | None = None) -> WorkNode:
    """Send an approved node back to work (整改). Raises NotAllowed, WrongState, Invalid without a reason."""
    at = moment(at)
    node = acting.locked(node_id, actor)
    principal = acting.check_office(actor, "nodes.reopen", node, at=at)
    acting.require_transition(node.reopen)
    if not opinion.strip():
        raise Invalid({"opinion": [_("Say why the node is reopened.")]})
    before = node.state
    node.reopen()
    acting.keep(actor, "node.reopened", node, before=before, at=at, reason=opinion, on_behalf_of_id=principal)
    events.publish(happened.NodeReopened(node, actor, at))
    return node


@transaction.atomic
def defer(
    *, actor: User, node_id: int, new_due: date | None, reason: str, at: datetime, on_behalf_of_id: int | None
) -> WorkNode:
    """Put an approved deferral into force: the deferral flow's act, `actor` being the last to sign.

    `new_due` is the approved day, None when the date is left open. Raises WrongState.
    """
    node = acting.locked(node_id, actor)
    acting.require_transition(node.defer)
    before, previous = node.state, node.current_deadline
    node.defer(new_due)
    _chain(node, previous, reason, actor, at)
    acting.keep(
        actor, "node.deferred", node, before=before, at=at, reason=reason, on_behalf_of_id=on_behalf_of_id
    )
    events.publish(happened.NodeDeferred(node, actor, at))
    return node


@transaction.atomic
def resume_after_deferral(
    *, actor: User, node_id: int, at: datetime, on_behalf_of_id: int | None
) -> WorkNode:
    """Take a node up again at once, its approved date lying in the cycle: the deferral flow's act."""
    node = acting.locked(node_id, actor)
    return _resume(actor, node, node.current_deadline, at, on_behalf_of_id)


@transaction.atomic
def resume(*, actor: User, node_id: int, new_due: date | None = None, at: datetime | None = None) -> WorkNode:
    """Take a deferred node up again.

    A node deferred without a date needs `new_due`, a day of its year; one deferred to a date keeps it or
    moves it forward. Raises NotAllowed, WrongState, Invalid for a date that is missing, past or too late.
    """
    at = moment(at)
    node = acting.locked(node_id, actor)
    principal = acting.check(actor, "nodes.resume", node, at=at)
    acting.require_transition(node.resume)
    deadline = new_due or node.current_deadline
    if error := _deadline_error(node, deadline, node.office.day(at), stated=new_due is not None):
        raise Invalid({"new_due": [error]})
    if deadline != node.current_deadline:
        previous, node.current_deadline = node.current_deadline, deadline
        _chain(node, previous, "", actor, at)
    return _resume(actor, node, deadline, at, principal)


def _deadline_error(node: WorkNode, deadline: date | None, today: date, *, stated: bool) -> str:
    if deadline is None:
        return _("The deferral left the date open: say until when the node will be done.")
    if stated and deadline < today:
        return _("The new deadline lies in the past.")
    if node.current_deadline is None and not node.cycle.holds(deadline):
        return _("The new deadline lies outside the year %(year)d.") % {"year": node.cycle.year}
    if node.current_deadline and deadline > node.current_deadline:
        return _("Later than the approved date %(day)s: ask for another deferral.") % {
            "day": node.current_deadline
        }
    return ""


def _resume(
    actor: User, node: WorkNode, deadline: date | None, at: datetime, principal: int | None
) -> WorkNode:
    assert deadline is not None
    before = node.state
    node.resume(deadline)
    facts = {"deadline": deadline.isoformat()}
    acting.keep(actor, "node.resumed", node, before=before, at=at, on_behalf_of_id=principal, data=facts)
    events.publish(happened.NodeResumed(node, actor, at))
    return node


def _chain(node: WorkNode, previous: date | None, reason: str, actor: User, at: datetime) -> None:
    DeadlineChange.objects.create(
        office_id=node.office_id,
        node=node,
        previous=previous,
        new=node.current_deadline,
        reason=reason,
        changed_by=actor,
        changed_at=at,
    )
