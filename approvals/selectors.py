"""Reads on reviews, deferrals and what happened to a node."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from approvals import words
from approvals.models import Decision, DeferralRequest, SignOff
from approvals.services.signing import capacity_to_sign
from nodes.models import Cycle, WorkNode
from nodes.selectors import today, works_with
from workflow import audit, people
from workflow.models import Appointment, AuditEntry, Post, PostKind, User
from workflow.people import Capacity
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound

Status = DeferralRequest.Status


def deferrals(user: User) -> QuerySet[DeferralRequest]:
    """The requests the user may see, the newest first, with what a list shows."""
    found = DeferralRequest.objects.visible_to(user)
    return found.select_related("node__cycle__office", "node__lead_division", "node__office", "applicant")


def deferral_seen_by(user: User, request_id: int) -> DeferralRequest:
    """The request with what its page shows. Raises NotFound."""
    found = deferrals(user).select_related("on_behalf_of", "office", "node__indicator")
    request = found.prefetch_related("attachments__file").filter(pk=request_id).first()
    if request is None:
        raise NotFound(_("There is no such request."))
    return request


def deferrals_of(user: User, node: WorkNode) -> list[DeferralRequest]:
    """The node's requests that the user may see, the newest first."""
    return list(deferrals(user).filter(node=node).select_related("on_behalf_of"))


# Whose signature is needed


@dataclass(frozen=True)
class Waiting:
    """A signature that waits for a person, and in which capacity it does."""

    needed: SignOff
    capacity: Capacity

    @property
    def request(self) -> DeferralRequest:
        return self.needed.request


def waiting_for(user: User) -> list[Waiting]:
    """The signatures the user can give now, for their own posts or as a delegate; the longest wait first."""
    if user.office is None:
        return []
    mine = [capacity.post.pk for capacity in people.capacities(user)]
    day = today(user.office)
    # A signature may have moved to the next post up: from an applicant's own post, or a vacant one.
    filled = Appointment.objects.in_force(day).values("post")
    vacant = Post.objects.filter(office=user.office, off_system=False).exclude(pk__in=filled)
    applicants = Post.objects.filter(appointments__user__in=_applicants_waiting(user))
    moved = Q(posts__in=applicants) | Q(posts__in=vacant)
    found = _open_sign_offs(user).filter(Q(posts__in=mine) | moved).distinct() if mine else []
    able = ((needed, _capacity(user, needed, day)) for needed in found)
    return [Waiting(needed, capacity) for needed, capacity in able if capacity]


def _capacity(user: User, needed: SignOff, day: date) -> Capacity | None:
    try:
        return capacity_to_sign(user, needed, needed.request, day)
    except Invalid:  # its post is the applicant's own and nobody stands above: it waits for nobody
        return None


def _applicants_waiting(user: User) -> QuerySet[User]:
    """Who asks for something that waits, and whom they stood in for."""
    waiting = DeferralRequest.objects.filter(office=user.office_id, status=Status.PENDING)
    asking = Q(pk__in=waiting.values("applicant")) | Q(pk__in=waiting.values("on_behalf_of"))
    return User.objects.filter(asking)


def to_record(user: User) -> list[SignOff]:
    """Signatures due from posts outside the system, for the performance office to record."""
    if PostKind.PERFORMANCE_OFFICE not in people.roles(user):
        return []
    found = _open_sign_offs(user).filter(posts__off_system=True).distinct()
    return [needed for needed in found if allows(user, "approvals.record_sign_off", needed.request)]


def _open_sign_offs(user: User) -> QuerySet[SignOff]:
    requests = (
        deferrals(user)
        .select_related("office")
        .filter(status=Status.PENDING, node__cycle__status=Cycle.Status.OPEN)
    )
    return (
        SignOff.objects.filter(request__in=requests.values("pk"), opened_at__isnull=False, decision=None)
        .prefetch_related("posts__division", Prefetch("request", queryset=requests))
        .order_by("opened_at", "id")
    )


def my_signature(user: User, request: DeferralRequest) -> Waiting | None:
    """The signature of this request that waits for the user."""
    return next((one for one in waiting_for(user) if one.request.pk == request.pk), None)


# Who signed and who is next


@dataclass
class Signature:
    """One signature of a request's flow: given, waiting (with who can give it) or still to come."""

    needed: SignOff
    decision: Decision | None
    people: list[str] = field(default_factory=list)

    @property
    def posts(self) -> str:
        return "、".join(str(post) for post in self.needed.posts.all())

    @property
    def off_system(self) -> bool:
        return any(post.off_system for post in self.needed.posts.all())

    @property
    def state(self) -> str:
        if self.decision:
            return self.decision.outcome
        request = self.needed.request
        if request.status != Status.PENDING:
            return "void"
        return "waiting" if self.needed.opened_at else "later"


def flow_of(request: DeferralRequest) -> list[Signature]:
    """The request's signatures in order, with who gave them or can give them today."""
    decisions = Decision.objects.select_related("post__division", "actor", "on_behalf_of")
    found = request.sign_offs.prefetch_related(
        "posts__division", Prefetch("decision", queryset=decisions.prefetch_related("scans__file"))
    )
    signatures = [Signature(needed, getattr(needed, "decision", None)) for needed in found]
    for signature in signatures:
        signature.needed.request = request
    open_now = [signature for signature in signatures if signature.state == "waiting"]
    names = _who_acts_for(
        [post for one in open_now for post in one.needed.posts.all()], today(request.office)
    )
    for signature in open_now:
        signature.people = [name for post in signature.needed.posts.all() for name in names.get(post.pk, [])]
    return signatures


def _who_acts_for(posts: list[Post], on: date) -> dict[int, list[str]]:
    """Post id to the names of its holders on the day `on`, and of who stands in for them."""
    acting = people.acting_for(posts, on) if posts else []
    holders = User.objects.in_bulk([user.on_behalf_of for user in acting if user.on_behalf_of])
    names: dict[int, list[str]] = {}
    for user in acting:
        holder = holders.get(user.on_behalf_of)
        names.setdefault(user.post_id, []).append(_standing_in(user, holder) if holder else str(user))
    return names


def _standing_in(delegate: User, holder: User) -> str:
    return _("%(delegate)s for %(holder)s") % {"delegate": delegate, "holder": holder}


# What happened


@dataclass(frozen=True)
class Happening:
    """One line of a timeline; `reason` is what was said, where the reader may know it."""

    at: datetime
    who: str
    what: str
    reason: str
    tone: str


def timeline(user: User, node: WorkNode, requests: Iterable[DeferralRequest]) -> list[Happening]:
    """What happened to the node and to `requests`, the newest first.

    Who does not work with the node sees what became of it, without the words that were exchanged.
    """
    concerned = works_with(user, node)
    about = Q(subject_type="worknode", subject_id=node.pk)
    about |= Q(subject_type="deferralrequest", subject_id__in=[request.pk for request in requests])
    entries = AuditEntry.objects.filter(about).select_related("actor", "on_behalf_of").order_by("-at", "-id")
    return [_happening(entry, concerned) for entry in entries]


def trail_of(request: DeferralRequest) -> list[Happening]:
    """What happened to a request, the newest first."""
    return [_happening(entry, True) for entry in audit.trail(request).order_by("-at", "-id")]


def _happening(entry: AuditEntry, concerned: bool) -> Happening:
    reason = entry.reason if concerned and entry.action != "node.deferred" else ""
    return Happening(entry.at, _who(entry), words.sentence(entry), reason, words.tone(entry))


def _who(entry: AuditEntry) -> str:
    if entry.actor is None:
        return _("the system")
    if entry.on_behalf_of:
        return _standing_in(entry.actor, entry.on_behalf_of)
    return str(entry.actor)
