"""Asking for a deferral, and taking the request back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.events import DeferralSettled, SignOffOpened
from approvals.flows import DeferralFlow
from approvals.models import DeferralRequest, SignOff
from approvals.services import running
from nodes.models import Draft, State, WorkNode
from nodes.services import acting, discard_draft
from workflow import audit, events, files, people, routing
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState

Status = DeferralRequest.Status
FURTHEST_YEARS = 5


@dataclass(frozen=True)
class DeferralDraft:
    """What a division asks for; `new_due` is an inclusive day, None when it cannot be named yet."""

    justification: str
    new_due: date | None
    category: str = DeferralRequest.Category.OTHER
    progress: str = ""
    files: Sequence[files.Upload] = field(default_factory=tuple)


def request_deferral(
    *, actor: User, node_id: int, draft: DeferralDraft, at: datetime | None = None
) -> DeferralRequest:
    """File a deferral request and open its first step.

    Raises NotAllowed unless `actor` works for the lead division, WrongState when the node can no longer
    be deferred or a request waits already, Invalid with one message a field, or when no route exists.
    """
    at = moment(at)
    with transaction.atomic():
        node = acting.locked(node_id, actor)
        principal = acting.check(actor, "approvals.request_deferral", node, at=at)
        _check_free(node)
        _check_draft(draft, node, node.office.day(at))
        route = routing.route(case_of(node, draft.new_due, actor, at))
        with files.kept(draft.files, office=node.office, by=actor, at=at) as attachments:
            request = _from_draft(node, draft, route, actor, principal, at)
            request.attachments.set(attachments)
            _open(request, route, at)
            audit.record(
                actor,
                "deferral.requested",
                request,
                at=at,
                on_behalf_of_id=principal,
                reason=request.justification,
            )
        discard_draft(actor=actor, node=node, form=Draft.Form.DEFERRAL)
    return request


def case_of(node: WorkNode, new_due: date | None, applicant: User, at: datetime) -> routing.Case:
    """What the routing rules are asked about a deferral of `node` to `new_due`."""
    today = node.office.day(at)
    capacity = people.capacity_in(applicant, node.lead_division_id, today)
    principal = capacity.on_behalf_of_id if capacity else None
    return routing.Case(
        office=node.office,
        division=node.lead_division,
        indicator=node.indicator.number or 0,
        within_cycle=new_due is not None and node.cycle.holds(new_due),
        days=(new_due - node.current_deadline).days if new_due and node.current_deadline else None,
        times_deferred=times_deferred(node),
        late_request=is_late(node, today),
        parties=frozenset(pk for pk in (applicant.pk, principal) if pk is not None),
        on=today,
    )


def times_deferred(node: WorkNode) -> int:
    """How often the node's deadline was moved by an approved request."""
    return sum(request.status == Status.APPROVED for request in node.deferral_requests.all())


def is_late(node: WorkNode, today: date) -> bool:
    """Whether a request filed `today` comes after the deadline."""
    return node.current_deadline is not None and today > node.current_deadline


def _check_free(node: WorkNode) -> None:
    if node.state not in (State.PLANNED, State.IN_PROGRESS):
        acting.require_transition(node.defer)
    waiting = node.deferral_requests.filter(status=Status.PENDING).select_related("applicant").first()
    if waiting:
        message = _("Node %(number)d has a request by %(person)s that waits for sign-off.")
        raise WrongState(message % {"number": node.number, "person": waiting.applicant})


def _check_draft(draft: DeferralDraft, node: WorkNode, today: date) -> None:
    errors = {}
    if not draft.justification.strip():
        errors["justification"] = [_("Say why the node cannot be done in time.")]
    if draft.category not in DeferralRequest.Category.values:
        errors["category"] = [_("Choose one of the categories.")]
    if draft.new_due and draft.new_due < today:
        errors["new_due"] = [_("The proposed date lies in the past.")]
    elif draft.new_due and draft.new_due.year > node.cycle.year + FURTHEST_YEARS:
        errors["new_due"] = [
            _("The proposed date lies more than %(years)d years ahead.") % {"years": FURTHEST_YEARS}
        ]
    elif draft.new_due and node.current_deadline and draft.new_due <= node.current_deadline:
        errors["new_due"] = [
            _("The proposed date is not later than the deadline %(day)s.") % {"day": node.current_deadline}
        ]
    if errors:
        raise Invalid(errors)


def _from_draft(
    node: WorkNode,
    draft: DeferralDraft,
    route: routing.Route,
    actor: User,
    principal: int | None,
    at: datetime,
) -> DeferralRequest:
    return DeferralRequest.objects.create(
        office=node.office,
        node=node,
        applicant=actor,
        on_behalf_of_id=principal,
        justification=draft.justification.strip(),
        category=draft.category,
        progress=draft.progress.strip(),
        previous_due=node.current_deadline,
        new_due=draft.new_due,
        late=is_late(node, node.office.day(at)),
        times_deferred=times_deferred(node),
        rule=route.rule,
        filed_at=at,
    )


def _open(request: DeferralRequest, route: routing.Route, at: datetime) -> None:
    first = route.signatures[0].step
    opened = []
    for signature in route.signatures:
        is_first = signature.step == first
        needed = SignOff.objects.create(
            request=request, step=signature.step, opened_at=at if is_first else None
        )
        needed.posts.set(signature.posts)
        opened += [needed] if is_first else []
    request.__dict__["step_opened_at"] = at
    request.process = DeferralFlow.start.run(request=request)
    request.save(update_fields=["process"])
    events.publish(SignOffOpened(request, tuple(opened), at))


@transaction.atomic
def withdraw_deferral(*, actor: User, request_id: int, at: datetime | None = None) -> DeferralRequest:
    """Take a waiting request back. Raises NotAllowed, Conflict when it was decided on meanwhile."""
    at = moment(at)
    request = running.locked(request_id, actor)
    require(actor, "approvals.withdraw_deferral", request, at=at)
    capacity = people.capacity_in(actor, request.node.lead_division_id, request.office.day(at))
    running.require_pending(request)
    running.end(request, Status.WITHDRAWN, at)
    DeferralFlow.instance.cancel(request.process)
    principal = capacity.on_behalf_of_id if capacity else None
    audit.record(actor, "deferral.withdrawn", request, at=at, on_behalf_of_id=principal)
    events.publish(DeferralSettled(request, actor, at))
    return request
