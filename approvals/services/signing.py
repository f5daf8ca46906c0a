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
from workflow.models import Post, PostKind, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotAllowed

Outcome = Decision.Outcome
MAX_WORDS = 100
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
    request = running.locked(request_id, actor)
    undecided = _undecided(request, sign_off_id)
    needed, capacity = _waiting_for(actor, request, undecided, sign_off_id, at)
    _check_words(outcome, opinion)
    return _decide(
        request,
        needed,
        undecided,
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
        request = running.locked(request_id, actor)
        require(actor, "approvals.record_sign_off", request, at=at)
        _check_words(outcome, opinion)
        undecided = _undecided(request, sign_off_id)
        needed, signer = _paper_signature(_waiting(undecided), post)
        _check_paper(paper, request.office.day(at))
        with files.kept(paper.scans, office=request.office, by=actor, at=at) as scans:
            decision = _decide(
                request,
                needed,
                undecided,
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
    for name, value, missing in (
        ("leader_name", paper.leader_name, _("Give the leader's name.")),
        ("document_number", paper.document_number, _("Give the number of the signed document.")),
    ):
        if not value.strip():
            errors[name] = [missing]
        elif len(value.strip()) > MAX_WORDS:
            errors[name] = [_("At most %(limit)d characters.") % {"limit": MAX_WORDS}]
    if paper.signed_on is None:
        errors["signed_on"] = [_("Give the day on which it was signed.")]
    elif paper.signed_on > today:
        errors["signed_on"] = [_("The day of signing lies in the future.")]
    if not paper.scans:
        errors["scans"] = [_("Attach a scan of the signed document.")]
    if errors:
        raise Invalid(errors)


def _undecided(request: DeferralRequest, sign_off_id: int | None) -> list[SignOff]:
    """The signatures still to be given, waiting or not open yet, with their posts.

    Raises Conflict when the one meant, or the whole request, was decided.
    """
    if sign_off_id:
        given = Decision.objects.filter(sign_off=sign_off_id, sign_off__request=request)
        if decision := given.select_related("actor", "post__division").first():
            raise running.already_decided(decision, request)
    running.require_pending(request)
    return SignOff.objects.undecided(request)


def _waiting(undecided: list[SignOff]) -> list[SignOff]:
    return [one for one in undecided if one.opened_at]


def signature_of(
    actor: User, request: DeferralRequest, sign_off_id: int | None, at: datetime
) -> tuple[SignOff, people.Capacity]:
    """The signature of a locked request that waits for `actor`, and in which capacity it does.

    Raises Conflict naming who decided or passed it on first, NotAllowed for anybody else.
    """
    return _waiting_for(actor, request, _undecided(request, sign_off_id), sign_off_id, at)


def _waiting_for(
    actor: User, request: DeferralRequest, undecided: list[SignOff], meant: int | None, at: datetime
) -> tuple[SignOff, people.Capacity]:
    on, waiting = request.office.day(at), _waiting(undecided)
    for one in sorted(waiting, key=lambda one: one.pk != meant):
        if capacity := capacity_to_sign(actor, one, request, on):
            return one, capacity
    raise _refusal(actor, request, waiting, on)


def capacity_to_sign(
    actor: User, needed: SignOff, request: DeferralRequest, on: date
) -> people.Capacity | None:
    """In which capacity `actor` may give the signature: for one of its posts, or the next up where nobody
    but those who ask holds it."""
    if not actor.is_active or actor.pk in request.parties:
        return None
    posts = [post for post in needed.signers if not post.off_system]
    capacity = people.capacity_for(actor, posts, on)
    if capacity is None:
        capacity = people.capacity_for(actor, signing_posts(request, needed, on), on)
    return capacity if capacity and capacity.on_behalf_of_id not in request.parties else None


def signing_posts(request: DeferralRequest, needed: SignOff, on: date) -> list[Post]:
    """The posts in the system that can give a signature on `on`: its own, or the next up for one that is
    vacant or held by those who ask; its own all the same where nobody stands above."""
    own = [post for post in needed.signers if not post.off_system]
    return list(dict.fromkeys(signing_post(request, post, on) for post in own))


def signing_post(request: DeferralRequest, post: Post, on: date) -> Post:
    """Who signs for `post` on `on`: itself, or the next up that can."""
    try:
        return routing.free_of(request.parties, post, request.node.lead_division, on)
    except Invalid:
        return post


def _refusal(actor: User, request: DeferralRequest, waiting: list[SignOff], on: date) -> Exception:
    """Conflict for one whose post has decided already or passed it on, NotAllowed for anybody else."""
    given = Decision.objects.filter(sign_off__request=request).select_related("actor", "post__division")
    mine = {capacity.post.pk for capacity in people.capacities(actor, on)}
    for decision in given.prefetch_related("sign_off__posts"):
        if mine & {post.pk for post in decision.sign_off.signers}:
            return running.already_decided(decision, request)
    if passed_on := running.passed_on(request, mine):
        return passed_on
    facts = {"actor": actor, "posts": _names(waiting), "number": request.node.number}
    if actor.pk in request.parties:
        return NotAllowed(
            _("%(actor)s asked for the deferral of node %(number)d and cannot sign it.") % facts
        )
    return NotAllowed(
        _("%(actor)s cannot sign: the deferral of node %(number)d waits for %(posts)s.") % facts
    )


def _paper_signature(waiting: list[SignOff], post: Post | None) -> tuple[SignOff, Post]:
    for one in waiting:
        for candidate in one.signers:
            if candidate.off_system and post in (None, candidate):
                return one, candidate
    message = _("The request waits for %(posts)s, who sign in the system.")
    raise NotAllowed(message % {"posts": _names(waiting)})


def _names(waiting: list[SignOff]) -> str:
    return "、".join(str(post) for one in waiting for post in one.signers)


def _decide(
    request: DeferralRequest, needed: SignOff, undecided: list[SignOff], *, at: datetime, **facts: Any
) -> Decision:
    """Write the one decision, let the flow go on when its step is complete, and tell who is next."""
    decision = Decision.objects.create(office=request.office, sign_off=needed, at=at, **facts)
    _record(request, decision)
    left = [one for one in undecided if one != needed]
    if decision.outcome == Outcome.APPROVE and any(one.step == needed.step for one in left):
        return decision
    opened = _settle_or_open(request, decision, left)
    complete_task(DeferralFlow.sign_off, request.process_id, by=decision.actor, deferral=request)
    if opened:
        events.publish(SignOffOpened(request, tuple(opened), at))
    return decision


def _record(request: DeferralRequest, decision: Decision) -> None:
    principal = decision.on_behalf_of_id
    if decision.recorded:
        on = request.office.day(decision.at)
        capacity = people.impartial(decision.actor, PostKind.PERFORMANCE_OFFICE, request.parties, on)
        principal = capacity.on_behalf_of_id if capacity else None
    audit.record(
        decision.actor,
        f"deferral.{'recorded' if decision.recorded else 'signed'}",
        request,
        at=decision.at,
        on_behalf_of_id=principal,
        to_state=decision.outcome,
        reason=decision.opinion,
        data={"post": str(decision.post), "document_number": decision.document_number},
    )


def _settle_or_open(request: DeferralRequest, decision: Decision, left: list[SignOff]) -> list[SignOff]:
    """Give the request its final status, or open and return the signatures of its next step."""
    if decision.outcome != Outcome.APPROVE:
        running.end(request, ENDS_AS[Outcome(decision.outcome)], decision.at)
        return []
    if not left:
        running.end(request, DeferralRequest.Status.APPROVED, decision.at)
        return []
    opened = [one for one in left if one.step == left[0].step]
    SignOff.objects.open(opened, decision.at)
    request.__dict__["step_opened_at"] = decision.at
    return opened
