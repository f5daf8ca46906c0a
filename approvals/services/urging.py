"""Urging by hand: the division to get on, the performance office to review, the signers to sign."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.events import ReviewUrgedByHand, SignOffUrgedByHand, WorkUrgedByHand
from approvals.models import DeferralRequest
from approvals.rules import capacity_to_urge
from approvals.services import running
from approvals.urging import Urgeable, presses, urgings
from approvals.waiting import open_sign_offs
from nodes.models import EvidenceSubmission, WorkNode
from nodes.selectors import lit
from nodes.services import acting
from workflow import audit, events, people
from workflow.clock import moment
from workflow.models import Office, PostKind, User
from workflow.permissions import require
from workflow.refusals import Conflict, NotFound, WrongState

Outcome = EvidenceSubmission.Outcome


@transaction.atomic
def urge_work(*, actor: User, node_id: int, at: datetime | None = None) -> int:
    """Urge the lead division to get on with its node; return for which time.

    Raises NotAllowed, WrongState unless the node is open and due soon, overdue or returned, Conflict when
    somebody urged it less than the cool-down ago.
    """
    at = moment(at)
    node = acting.locked(node_id, actor)
    require(actor, "approvals.urge_work", node, at=at)
    _require_pressing(node)
    capacity = capacity_to_urge(actor, node, node.office.day(at))
    time = _record(actor, "node.urged", node, node, at, capacity)
    events.publish(WorkUrgedByHand(actor, at, time, node))
    return time


def _require_pressing(node: WorkNode) -> None:
    light = lit(WorkNode.objects.filter(pk=node.pk), node.office).values_list("light", flat=True).get()
    last = node.submissions.last()
    if node.deferral_requests.filter(status=DeferralRequest.Status.PENDING).exists():
        raise WrongState(_("A deferral of this node waits for sign-off: urge those who sign it."))
    if not presses(node.state, light, returned=last is not None and last.outcome == Outcome.RETURNED):
        message = _("Node %(number)d is neither due soon nor overdue nor returned: there is nothing to urge.")
        raise WrongState(message % {"number": node.number})


@transaction.atomic
def urge_review(*, actor: User, submission_id: int, at: datetime | None = None) -> int:
    """Urge the performance office to review a round that waits; return for which time.

    Raises NotFound, NotAllowed unless `actor` works for the lead division, WrongState when it was decided
    on, Conflict when somebody urged it less than the cool-down ago.
    """
    at = moment(at)
    seen = EvidenceSubmission.objects.visible_to(actor).filter(pk=submission_id).first()
    if seen is None:
        raise NotFound(_("There is no such submission."))
    node = acting.locked(seen.node_id, actor)
    require(actor, "approvals.urge_review", node, at=at)
    submission = node.submissions.select_related("decided_by").get(pk=seen.pk)
    if submission.outcome != Outcome.PENDING:
        raise WrongState(_("This evidence waits for no review any more."))
    submission.node = node
    capacity = people.capacity_in(actor, node.lead_division_id, node.office.day(at))
    time = _record(actor, "evidence.urged", submission, node, at, capacity, round=submission.round)
    events.publish(ReviewUrgedByHand(actor, at, time, submission))
    return time


@transaction.atomic
def urge_sign_off(*, actor: User, request_id: int, at: datetime | None = None) -> int:
    """Urge those whose signatures a deferral waits for; return for which time.

    Raises NotFound, NotAllowed unless `actor` works for the asking division or the performance office,
    Conflict when the request was settled, or urged less than the cool-down ago.
    """
    at = moment(at)
    request = running.locked(request_id, actor)
    require(actor, "approvals.urge_sign_off", request, at=at)
    running.require_pending(request)
    on = request.office.day(at)
    capacity = people.capacity_in(actor, request.node.lead_division_id, on) or people.impartial(
        actor, PostKind.PERFORMANCE_OFFICE, (), on
    )
    time = _record(actor, "deferral.urged", request, request, at, capacity)
    events.publish(SignOffUrgedByHand(actor, at, time, request, tuple(open_sign_offs(request))))
    return time


def _record(
    actor: User,
    action: str,
    subject: Urgeable,
    about: WorkNode | DeferralRequest,
    at: datetime,
    capacity: people.Capacity | None,
    **data: int,
) -> int:
    """Write the urging down, unless it comes too early; return which it is, from 1."""
    before = urgings(subject)
    if before.cooling(at):
        assert before.last is not None
        assert before.again_at is not None
        _refuse(before.last.actor, before.last.at, before.again_at, about.office)
    principal = capacity.on_behalf_of_id if capacity else None
    audit.record(
        actor, action, about, at=at, on_behalf_of_id=principal, data={"time": before.times + 1, **data}
    )
    return before.times + 1


def _refuse(who: User | None, urged_at: datetime, again_at: datetime, office: Office) -> None:
    message = _("%(person)s urged this at %(at)s; it can be urged again from %(again)s.")
    facts = {"person": who, "at": office.minute(urged_at), "again": office.minute(again_at)}
    raise Conflict(message % facts, decided_by=who, decided_at=urged_at)
