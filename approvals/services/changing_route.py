"""Changing a running request's route: one more signer (加签), or another in one's own place (转签).

Both are for whoever has the signature waiting, their own or as a delegate. The performance office records
what leaders sign on paper and decides nobody's route.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction
from django.db.models import F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from approvals.events import SignOffOpened
from approvals.models import DeferralRequest, SignOff
from approvals.services import running
from approvals.services.signing import signature_of, signing_post
from workflow import audit, events
from workflow.clock import moment
from workflow.models import Appointment, AuditEntry, Post, PostKind, User
from workflow.people import Capacity
from workflow.refusals import Invalid

PASSED_ON = "deferral.passed_on"
SIGNER_ADDED = "deferral.signer_added"
# A handler prepares and does not sign; auditors and administrators decide nothing.
SIGNING_KINDS = (
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PROVINCIAL_LEADER,
    PostKind.PERFORMANCE_OFFICE,
)


@transaction.atomic
def add_signer(
    *,
    actor: User,
    request_id: int,
    post_id: int | None,
    reason: str,
    side_by_side: bool,
    sign_off_id: int | None = None,
    at: datetime | None = None,
) -> SignOff:
    """Ask for one more signature: beside the one that waits for `actor`, or right after its step.

    `sign_off_id` is the signature the actor was looking at. Raises NotAllowed unless one waits for them,
    Conflict when it was given before, Invalid without a reason or for a post that cannot be asked.
    """
    turn = _turn_of(actor, request_id, sign_off_id, moment(at))
    request, step = turn.request, turn.needed.step
    post = turn.post_asked(post_id, reason)
    if not side_by_side:
        request.sign_offs.filter(step__gt=step).update(step=F("step") + 1)
    added = SignOff.objects.create(
        request=request,
        step=step if side_by_side else step + 1,
        opened_at=turn.at if side_by_side else None,
        added_by=actor,
    )
    added.posts.set([post])
    turn.record(SIGNER_ADDED, post, reason)
    if side_by_side:
        events.publish(SignOffOpened(request, (added,), turn.at))
    return added


@transaction.atomic
def pass_on(
    *,
    actor: User,
    request_id: int,
    post_id: int | None,
    reason: str,
    sign_off_id: int | None = None,
    at: datetime | None = None,
) -> SignOff:
    """Give the signature that waits for `actor` to another post; it goes on waiting since it was opened.

    Where any of several posts may sign, only the actor's own place changes. Raises as `add_signer` does.
    """
    turn = _turn_of(actor, request_id, sign_off_id, moment(at))
    request, needed, own = turn.request, turn.needed, turn.capacity.post
    post = turn.post_asked(post_id, reason)
    seats = [seat for seat in needed.signers if own in (seat, signing_post(request, seat, turn.on))]
    needed.posts.remove(*seats)
    needed.posts.add(post)
    needed.signers = [seat for seat in needed.signers if seat not in seats] + [post]
    SignOff.objects.filter(pk=needed.pk).update(passed_from=own)
    turn.record(PASSED_ON, post, reason)
    events.publish(SignOffOpened(request, (needed,), turn.at))
    return needed


def posts_to_ask(request: DeferralRequest, capacity: Capacity, actor: User, on: date) -> QuerySet[Post]:
    """The posts that whoever signs in `capacity` may add or pass the signature to on the day `on`.

    Posts in the system that sign, with a holder who is neither one of those who ask nor the one who would
    be asking themselves; never one that has or had a signature of this request.
    """
    themselves = {*request.parties, actor.pk, capacity.on_behalf_of_id} - {None}
    others = Appointment.objects.in_force(on).filter(user__is_active=True).exclude(user__in=themselves)
    found = Post.objects.filter(office=request.office_id, kind__in=SIGNING_KINDS, off_system=False)
    asked = SignOff.posts.through.objects.filter(signoff__request=request).values("post")
    return (
        found.filter(pk__in=others.values("post"))
        .exclude(pk__in=asked)
        .exclude(pk__in=_passed_on_by(request))
        .exclude(pk=capacity.post.pk)
        .select_related("division")
    )


def _passed_on_by(request: DeferralRequest) -> QuerySet:
    """Ids of the posts that passed a signature of the request on, the earlier ones of a chain too."""
    entries = AuditEntry.objects.filter(
        subject_type="deferralrequest", subject_id=request.pk, action=PASSED_ON
    )
    post = Cast(KeyTextTransform("from_id", "data"), models.BigIntegerField())
    return entries.values_list(post, flat=True)


@dataclass(frozen=True)
class _Turn:
    """That `actor` is to sign: which signature of which locked request, in which capacity, and when."""

    actor: User
    request: DeferralRequest
    needed: SignOff
    capacity: Capacity
    at: datetime

    @property
    def on(self) -> date:
        return self.request.office.day(self.at)

    def post_asked(self, post_id: int | None, reason: str) -> Post:
        """The post that is asked. Raises Invalid, with one message a field."""
        known = posts_to_ask(self.request, self.capacity, self.actor, self.on)
        post = known.filter(pk=post_id).first() if post_id else None
        errors = {}
        if post is None:
            errors["post"] = [_("Choose a post that can sign and has not been asked yet.")]
        if not reason.strip():
            errors["reason"] = [_("Say why.")]
        if post is None or errors:
            raise Invalid(errors)
        return post

    def record(self, action: str, post: Post, reason: str) -> None:
        own = self.capacity.post
        audit.record(
            self.actor,
            action,
            self.request,
            at=self.at,
            on_behalf_of_id=self.capacity.on_behalf_of_id,
            reason=reason.strip(),
            data={"from": str(own), "from_id": own.pk, "post": str(post), "post_id": post.pk},
        )


def _turn_of(actor: User, request_id: int, sign_off_id: int | None, at: datetime) -> _Turn:
    """The turn of `actor` in the request, which is locked. Raises as `signature_of`."""
    request = running.locked(request_id, actor)
    needed, capacity = signature_of(actor, request, sign_off_id, at)
    return _Turn(actor, request, needed, capacity, at)
