"""A running request: its lock, whether it still waits, and how it ends."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.models import Decision, DeferralRequest
from nodes.services import acting
from workflow import audit
from workflow.models import User
from workflow.refusals import Conflict, NotFound


def locked(request_id: int, actor: User) -> DeferralRequest:
    """The request and its node, locked. Raises NotFound, also for another office's, or WrongState unless its
    year is open."""
    request = DeferralRequest.objects.locked(request_id, actor.office)
    if request is None:
        raise NotFound(_("There is no such request in your office."))
    request.node = acting.locked(request.node_id, actor)
    return request


def require_pending(request: DeferralRequest) -> None:
    """Raise Conflict, naming who settled it and when, unless `request` still waits for sign-off."""
    if request.status == DeferralRequest.Status.PENDING:
        return
    last = Decision.objects.filter(sign_off__request=request).select_related("actor", "post").last()
    if last and request.status != DeferralRequest.Status.WITHDRAWN:
        raise already_decided(last, request)
    raise Conflict(_("This request was withdrawn."), decided_at=request.settled_at)


def already_decided(decision: Decision, request: DeferralRequest) -> Conflict:
    """What the one who comes second is told."""
    message = _("“%(outcome)s” was decided by %(person)s (%(post)s) at %(at)s.")
    facts = {
        "outcome": decision.get_outcome_display(),
        "person": decision.leader_name or decision.actor,
        "post": decision.post,
        "at": request.office.minute(decision.at),
    }
    return Conflict(
        message % facts, decided_by=decision.actor, decided_at=decision.at, outcome=decision.outcome
    )


def passed_on(request: DeferralRequest, posts: Collection[int]) -> Conflict | None:
    """What the holder of one of `posts` (ids) is told where the signature was passed on from it."""
    entry = audit.trail(request).filter(action="deferral.passed_on", data__from_id__in=list(posts)).last()
    if entry is None:
        return None
    message = _("The sign-off was passed on to %(post)s by %(person)s at %(at)s.")
    facts = {"post": entry.data["post"], "person": entry.actor, "at": request.office.minute(entry.at)}
    return Conflict(message % facts, decided_by=entry.actor, decided_at=entry.at, outcome="passed_on")


def end(request: DeferralRequest, status: str, at: datetime) -> None:
    """Give the request its final status."""
    request.status, request.settled_at = status, at
    request.save(update_fields=["status", "settled_at"])
