"""Reads on reviews, deferrals and what happened to a node."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from approvals.models import Decision, DeferralRequest, SignOff
from approvals.services.signing import capacity_to_sign
from approvals.words import hand
from nodes.models import Cycle, WorkNode
from nodes.selectors import today
from workflow import people
from workflow.models import Attachment, Post, PostKind, User
from workflow.people import Capacity
from workflow.permissions import allows
from workflow.refusals import NotFound

Status = DeferralRequest.Status


def deferrals(user: User) -> QuerySet[DeferralRequest]:
    """The requests the user may see, the newest first, with what a list shows."""
    found = DeferralRequest.objects.visible_to(user)
    return found.select_related("node__cycle__office", "node__lead_division", "node__office", "applicant")


def deferral_seen_by(user: User, request_id: int) -> DeferralRequest:
    """The request with what its page shows. Raises NotFound."""
    found = deferrals(user).select_related("on_behalf_of", "office", "node__indicator")
    files = Prefetch("attachments", queryset=Attachment.objects.select_related("file"))
    request = found.prefetch_related(files).filter(pk=request_id).first()
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


@dataclass(frozen=True)
class OpenSignOffs:
    """The signatures that wait now, as far as `user` sees them, and who acts for which post `on` that day."""

    user: User
    on: date
    sign_offs: list[SignOff]
    acting: dict[int, list[Any]]

    def to_sign(self) -> list[Waiting]:
        """Those the user can give, for their own posts or as a delegate; the longest wait first."""
        asked = [needed for needed in self.sign_offs if self._may_be_asked(needed)]
        able = ((needed, capacity_to_sign(self.user, needed, needed.request, self.on)) for needed in asked)
        return [Waiting(needed, capacity) for needed, capacity in able if capacity]

    def to_record(self) -> list[SignOff]:
        """Those given on paper, where the user is of the performance office and records them."""
        if PostKind.PERFORMANCE_OFFICE not in people.roles(self.user, self.on):
            return []
        on_paper = [one for one in self.sign_offs if any(post.off_system for post in one.signers)]
        return [one for one in on_paper if allows(self.user, "approvals.record_sign_off", one.request)]

    def _may_be_asked(self, needed: SignOff) -> bool:
        """Whether the signature waits at a post of the user's, or may have moved to the next post up: from a
        vacant post, or from one that only those who ask hold."""
        mine = {capacity.post.pk for capacity in people.capacities(self.user, self.on)}
        in_system = [post for post in needed.signers if not post.off_system]
        return bool(mine) and any(
            post.pk in mine or self._holders(post) <= needed.request.parties for post in in_system
        )

    def _holders(self, post: Post) -> set[int]:
        return {user.pk for user in self.acting.get(post.pk, []) if user.on_behalf_of is None}

    def people(self, needed: SignOff) -> list[str]:
        """Who can give the signature: the holders of its posts, and who stands in for them."""
        return [name for post in needed.signers for name in _names(self.acting.get(post.pk, []))]


def open_sign_offs(user: User) -> OpenSignOffs:
    """What waits for a signature now in open years, as far as the user sees it."""
    if user.office is None:
        return OpenSignOffs(user, date.min, [], {})
    requests = deferrals(user).filter(status=Status.PENDING, node__cycle__status=Cycle.Status.OPEN)
    found = list(
        SignOff.objects.filter(request__in=requests.values("pk"), opened_at__isnull=False, decision=None)
        .prefetch_related(_seats(), Prefetch("request", queryset=requests.select_related("office")))
        .order_by("opened_at", "id")
    )
    on = today(user.office)
    return OpenSignOffs(user, on, found, _acting(found, on))


def open_sign_offs_of(user: User, request: DeferralRequest) -> OpenSignOffs:
    """What this request waits for now, as `open_sign_offs` says of all of them."""
    is_open = request.node.cycle.status == Cycle.Status.OPEN
    found = [one for one in SignOff.objects.undecided(request) if one.opened_at] if is_open else []
    on = today(request.office)
    return OpenSignOffs(user, on, found, _acting(found, on))


def waiting_for(user: User) -> list[Waiting]:
    """The signatures the user can give now, for their own posts or as a delegate; the longest wait first."""
    return open_sign_offs(user).to_sign()


def to_record(user: User) -> list[SignOff]:
    """Signatures due from posts outside the system, for the performance office to record."""
    if PostKind.PERFORMANCE_OFFICE not in people.roles(user):
        return []
    return open_sign_offs(user).to_record()


def my_signature(user: User, request: DeferralRequest) -> Waiting | None:
    """The signature of this request that waits for the user."""
    return my_part(user, request, flow_of(request))


def my_part(user: User, request: DeferralRequest, flow: list[Signature]) -> Waiting | None:
    """The signature of `request`, whose flow this is, that waits for the user."""
    if request.node.cycle.status != Cycle.Status.OPEN:
        return None
    on = today(request.office)
    mine = {capacity.post for capacity in people.capacities(user, on)}
    waiting = [signature.needed for signature in flow if signature.state == "waiting"]
    for needed in sorted(waiting, key=lambda one: mine.isdisjoint(one.signers)):  # the plain case first
        if capacity := capacity_to_sign(user, needed, request, on):
            return Waiting(needed, capacity)
    return None


def _seats() -> Prefetch:
    return Prefetch("posts", queryset=Post.objects.select_related("division"))


# Who signed and who is next


@dataclass
class Signature:
    """One signature of a request's flow: given, waiting (with who can give it) or still to come.

    `together` says that its step needs others as well (会签).
    """

    needed: SignOff
    decision: Decision | None
    people: list[str] = field(default_factory=list)
    together: bool = False

    @property
    def posts(self) -> str:
        return "、".join(str(post) for post in self.needed.signers)

    @property
    def any_of(self) -> bool:
        return len(self.needed.signers) > 1

    @property
    def off_system(self) -> bool:
        return any(post.off_system for post in self.needed.signers)

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
    found = request.sign_offs.select_related(
        "added_by", "passed_from__division", "decision__post__division",
        "decision__actor", "decision__on_behalf_of",
    ).prefetch_related(
        _seats(), Prefetch("decision__scans", queryset=Attachment.objects.select_related("file"))
    )  # fmt: skip
    signatures = [Signature(needed, getattr(needed, "decision", None)) for needed in found]
    steps = Counter(signature.needed.step for signature in signatures)
    for signature in signatures:
        signature.needed.request = request
        signature.together = steps[signature.needed.step] > 1
    _name_signers([signature for signature in signatures if signature.state == "waiting"], request)
    return signatures


def _name_signers(waiting: list[Signature], request: DeferralRequest) -> None:
    """Say who can give the signatures that wait today."""
    on = today(request.office)
    names = who_acts_for([post for one in waiting for post in one.needed.signers], on)
    for signature in waiting:
        posts = signature.needed.signers
        signature.people = [name for post in posts for name in names.get(post.pk, [])]


def who_acts_for(posts: list[Post], on: date) -> dict[int, list[str]]:
    """Post id to the names of its holders on the day `on`, and of who stands in for them."""
    return {post: _names(users) for post, users in people.acting_by_post(posts, on).items()}


def _acting(needed: list[SignOff], on: date) -> dict[int, list[Any]]:
    """Those who act on the day `on` for the posts of these signatures, by post id."""
    return people.acting_by_post([post for one in needed for post in one.signers], on)


def _names(acting: list[Any]) -> list[str]:
    """Those who act for one post by name; whoever is stood in for holds the post, and is among them."""
    holders = {user.pk: user for user in acting if user.on_behalf_of is None}
    return [hand(user, holders[user.on_behalf_of] if user.on_behalf_of else None) for user in acting]
