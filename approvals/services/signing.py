"""Signing a deferral: in the system, or recorded from a leader's paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.driving import complete_task
from approvals.events import SignOffOpened
from approvals.flows import DeferralFlow
from approvals.models import Decision, DeferralRequest, SignOff
from approvals.services import running
from workflow import audit, events, files, people, routing
from workflow.clock import moment
from workflow.models import Post, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotAllowed, NotFound

Outcome = Decision.Outcome
ENDS_AS = {
    Outcome.RETURN: DeferralRequest.Status.RETURNED,
    Outcome.REJECT: DeferralRequest.Status.REJECTED,
}


@dataclass(frozen=True)
class PaperSignature:
    """What proves that a leader outside the system signed: all four are required.

    `signed_on` is the inclusive day on the document; `scans` shows it.
    """

    leader_name: str
    document_number: str
    signed_on: date | None
    scans: Sequence[files.Upload] = field(default_factory=tuple)


@transaction.atomic
def sign_off(
    *,
    actor: User,
    request_id: int,
    outcome: str,
    opinion: str = "",
    sign_off_id: int | None = None,
    at: datetime | None = None,
) -> Decision:
    """Approve, return or reject a deferral at the step that waits.

    `sign_off_id` is the signature the actor was looking at, None for whichever waits for them. The holder
    of its post at `at` signs, or their delegate; never the applicant. Raises NotAllowed, Invalid without a
    reason for a return or a rejection, Conflict naming who decided first.
    """
    at = moment(at)
    request = running.locked(request_id)
    if request.office_id != actor.office_id:
        raise NotFound(_("There is no such request."))
    _check_words(outcome, opinion)
    needed, capacity = _signature_of(actor, request, sign_off_id, at)
    return _decide(
        request,
        needed,
        at=at,
        actor=actor,
        outcome=outcome,
        opinion=opinion.strip(),
        post=capacity.post,
        on_behalf_of_id=capacity.on_behalf_of_id,
    )


def record_sign_off(
    *,
    actor: User,
    request_id: int,
    outcome: str,
    paper: PaperSignature,
    opinion: str = "",
    post: Post | None = None,
    sign_off_id: int | None = None,
    at: datetime | None = None,
) -> Decision:
    """Record what a leader outside the system signed on paper.

    `post` is whose signature it is, None for whichever off-system post the step waits for. Raises
    NotAllowed unless `actor` is of the performance office and not the applicant, Invalid when one of the
    four proofs is missing, Conflict when the signature was given before.
    """
    at = moment(at)
    with transaction.atomic():
        request = running.locked(request_id)
        why = _("%(actor)s may not record a sign-off on this request.") % {"actor": actor}
        require(actor, "approvals.record_sign_off", request, at=at, why=why)
        _check_words(outcome, opinion)
        needed, signer = _paper_signature(request, sign_off_id, post)
        _check_paper(paper, request.office.day(at))
        with files.kept(paper.scans, office=request.office, by=actor, at=at) as scans:
            decision = _decide(
                request,
                needed,
                at=at,
                actor=actor,
                outcome=outcome,
                opinion=opinion.strip(),
                post=signer,
                recorded=True,
                leader_name=paper.leader_name.strip(),
                document_number=paper.document_number.strip(),
                signed_on=paper.signed_on,
            )
            decision.scans.set(scans)
    return decision


def _check_words(outcome: str, opinion: str) -> None:
    if outcome not in Outcome.values:
        raise Invalid({"outcome": [_("Choose to approve, return or reject.")]})
    if outcome != Outcome.APPROVE and not opinion.strip():
        raise Invalid({"opinion": [_("Say why.")]})


def _check_paper(paper: PaperSignature, today: date) -> None:
    errors = {}
    if not paper.leader_name.strip():
        errors["leader_name"] = [_("Give the leader's name.")]
    if not paper.document_number.strip():
        errors["document_number"] = [_("Give the number of the signed document.")]
    if paper.signed_on is None:
        errors["signed_on"] = [_("Give the day on which it was signed.")]
    elif paper.signed_on > today:
        errors["signed_on"] = [_("The day of signing lies in the future.")]
    if not paper.scans:
        errors["scans"] = [_("Attach a scan of the signed document.")]
    if errors:
        raise Invalid(errors)


def _waiting(request: DeferralRequest, sign_off_id: int | None) -> list[SignOff]:
    """The signatures that wait, or the one meant; Conflict when that one, or the request, was decided."""
    running.require_pending(request)
    if sign_off_id:
        given = Decision.objects.filter(sign_off=sign_off_id, sign_off__request=request)
        if decision := given.select_related("actor", "post__division").first():
            raise running.already_decided(decision, request)
    return list(
        request.sign_offs.filter(opened_at__isnull=False, decision=None).prefetch_related("posts")
    )


def _signature_of(
    actor: User, request: DeferralRequest, sign_off_id: int | None, at: datetime
) -> tuple[SignOff, people.Capacity]:
    on = request.office.day(at)
    needed = _waiting(request, sign_off_id)
    for one in needed:
        if capacity := _capacity(actor, one, request, on):
            return one, capacity
    raise _refusal(actor, request, needed, on)


def _capacity(actor: User, needed: SignOff, request: DeferralRequest, on: date) -> people.Capacity | None:
    """In which capacity `actor` may give the signature: for one of its posts, or the next up where the
    applicant alone holds it."""
    if not actor.is_active or actor.pk in (request.applicant_id, request.on_behalf_of_id):
        return None
    posts = [post for post in needed.posts.all() if not post.off_system]
    capacity = people.capacity_for(actor, posts, on)
    if capacity is None:
        capacity = people.capacity_for(actor, _moved_up(posts, request, on), on)
    return capacity if capacity and capacity.on_behalf_of_id != request.applicant_id else None


def _moved_up(posts: list[Post], request: DeferralRequest, on: date) -> list[Post]:
    return [routing.free_of(request.applicant, post, request.node.lead_division, on) for post in posts]


def _refusal(actor: User, request: DeferralRequest, needed: list[SignOff], on: date) -> Exception:
    """Conflict for one whose post has decided already, NotAllowed for anybody else."""
    given = Decision.objects.filter(sign_off__request=request).select_related("actor", "post__division")
    mine = {capacity.post.pk for capacity in people.capacities(actor, on)}
    for decision in given.prefetch_related("sign_off__posts"):
        if mine & {post.pk for post in decision.sign_off.posts.all()}:
            return running.already_decided(decision, request)
    names = "、".join(str(post) for one in needed for post in one.posts.all())
    facts = {"actor": actor, "posts": names, "number": request.node.number}
    if actor.pk in (request.applicant_id, request.on_behalf_of_id):
        return NotAllowed(_("%(actor)s asked for the deferral of node %(number)d and cannot sign it.") % facts)
    return NotAllowed(
        _("%(actor)s cannot sign: the deferral of node %(number)d waits for %(posts)s.") % facts
    )


def _paper_signature(
    request: DeferralRequest, sign_off_id: int | None, post: Post | None
) -> tuple[SignOff, Post]:
    needed = _waiting(request, sign_off_id)
    for one in needed:
        for candidate in one.posts.all():
            if candidate.off_system and post in (None, candidate):
                return one, candidate
    names = "、".join(str(candidate) for one in needed for candidate in one.posts.all())
    raise NotAllowed(_("The request waits for %(posts)s, who sign in the system.") % {"posts": names})


def _decide(request: DeferralRequest, needed: SignOff, *, at: datetime, **facts: Any) -> Decision:
    """Write the one decision, let the flow go on when its step is complete, and tell who is next."""
    decision = Decision.objects.create(office=request.office, sign_off=needed, at=at, **facts)
    opened = _next_step(request, needed, decision, at)
    audit.record(
        decision.actor,
        f"deferral.{'recorded' if decision.recorded else 'signed'}",
        request,
        at=at,
        on_behalf_of_id=decision.on_behalf_of_id,
        to_state=decision.outcome,
        reason=decision.opinion,
        data={"post": str(decision.post), "document_number": decision.document_number},
    )
    if opened is not None:
        complete_task(DeferralFlow.sign_off, request.process_id, by=decision.actor, deferral=request)
    if opened:
        events.publish(SignOffOpened(request.pk, at, tuple(opened)))
    return decision


def _next_step(
    request: DeferralRequest, needed: SignOff, decision: Decision, at: datetime
) -> list[int] | None:
    """Settle the request or open its next step; None while the step still lacks signatures."""
    if decision.outcome != Outcome.APPROVE:
        running.end(request, ENDS_AS[Outcome(decision.outcome)], at)
        return []
    left = list(request.sign_offs.filter(decision=None).values_list("pk", "step").order_by("step"))
    if any(step == needed.step for _pk, step in left):
        return None
    if not left:
        running.end(request, DeferralRequest.Status.APPROVED, at)
        return []
    opened = [pk for pk, step in left if step == left[0][1]]
    request.sign_offs.filter(pk__in=opened).update(opened_at=at)
    request.__dict__["step_opened_at"] = at
    return opened
