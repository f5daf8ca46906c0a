"""What waits for a decision, for how long, and for whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.dashboard.scope import Scope
from approvals.dashboard.standings import Standing
from approvals.models import DeferralRequest, SignOff
from nodes.addresses import node_url
from nodes.models import State, WorkNode
from workflow import people
from workflow.models import Post, User
from workflow.selectors import working_days


@dataclass(frozen=True)
class Waiting:
    """Something about a node that waits since some working `days`; `url` is where it can be looked at."""

    node: WorkNode
    days: int
    whom: str
    url: str


def reviews(scope: Scope, found: Iterable[Standing]) -> list[Waiting]:
    """Evidence that waits for the performance office, the longest wait first; everybody sees that it does."""
    handed_in = [standing.node for standing in found if standing.fact.state == State.EVIDENCE_SUBMITTED]
    office = _("performance office")
    waiting = [
        Waiting(node, _age(scope, node.current_submission.submitted_at), office, node_url(node))
        for node in handed_in
        if node.current_submission
    ]
    return sorted(waiting, key=lambda one: (-one.days, one.node.number))


def sign_offs(user: User, scope: Scope) -> list[Waiting]:
    """The signatures that wait in the requests the user may see, the longest wait first."""
    requests = DeferralRequest.objects.visible_to(user).filter(
        node__cycle=scope.cycle, node__lead_division__in=scope.covered, status=DeferralRequest.Status.PENDING
    )
    found = (
        SignOff.objects.filter(request__in=requests, opened_at__isnull=False, decision=None)
        .select_related("request__node")
        .prefetch_related("posts__division")
        .order_by("opened_at", "id")
    )
    return _with_signers(scope, list(found))


def _with_signers(scope: Scope, found: list[SignOff]) -> list[Waiting]:
    acting = people.acting_by_post([post for needed in found for post in needed.posts.all()], scope.day)
    return [
        Waiting(
            needed.request.node,
            _age(scope, needed.opened_at),
            "、".join(_signer(post, acting.get(post.pk, [])) for post in needed.posts.all()),
            reverse("deferral", args=[needed.request_id]),
        )
        for needed in found
    ]


def _signer(post: Post, acting: Iterable[User]) -> str:
    """A post, and who acts for it now where that says more."""
    names = [str(user) for user in acting if str(user) != str(post)]
    return f"{post} · {'、'.join(names)}" if names else str(post)


def _age(scope: Scope, since: datetime | None) -> int:
    assert since is not None
    office = scope.cycle.office
    return working_days(office).between(office.day(since), scope.day)
