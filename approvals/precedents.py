"""What was decided before: a node's earlier requests, and granted ones that are like the one at hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from approvals.models import Decision, DeferralRequest
from nodes.checks import pairs_in
from nodes.models import WorkNode
from workflow.models import User

Status = DeferralRequest.Status
Category = DeferralRequest.Category
SHOWN = 3
LOOKED_AT = 200  # the newest granted requests of the office
# Pairs of characters that half of all titles share, and that make nothing alike.
EVERYWHERE = frozenset(
    ("工作", "开展", "完成", "做好", "组织", "活动", "召开", "全省", "江西", "落实", "推进", "加强", "相关")
)


@dataclass(frozen=True)
class Precedent:
    """A granted request like the one at hand; its words and address are for those who may see it."""

    request: DeferralRequest
    seen: bool
    signed_by: list[str] = field(default_factory=list)


def earlier_requests(user: User, node: WorkNode) -> list[DeferralRequest]:
    """The node's requests that the user may see, whatever became of them, the newest first."""
    return list(DeferralRequest.objects.visible_to(user).filter(node=node))


def similar_requests(user: User, node: WorkNode, category: str, justification: str = "") -> list[Precedent]:
    """Requests granted to other nodes of the office for the same category, indicator or subject, the most
    alike first."""
    visible = DeferralRequest.objects.visible_to(user).filter(pk=OuterRef("pk"))
    found = (
        DeferralRequest.objects.filter(office=node.office_id, status=Status.APPROVED)
        .exclude(node=node)
        .select_related("node__cycle", "node__lead_division")
        .annotate(seen=Exists(visible))
        .order_by("-settled_at")[:LOOKED_AT]
    )
    words = pairs(node.title, justification)
    alike = [(_likeness(one, node, category, words), one) for one in found]
    best = sorted((pair for pair in alike if pair[0]), key=lambda pair: -pair[0])[:SHOWN]
    signed = _signed_by(one for _score, one in best)
    return [Precedent(one, one.seen, signed.get(one.pk, [])) for _score, one in best]


def _likeness(one: DeferralRequest, node: WorkNode, category: str, words: set[str]) -> int:
    """How much a request is like one for `node`: 0 is not at all."""
    score = 4 if one.node.indicator_id == node.indicator_id else 0
    if one.category == category:
        score += 1 if category == Category.OTHER else 3
    shared = len(words & pairs(one.node.title))
    return score + (min(shared, 5) if shared > 1 else 0)


def pairs(*texts: str) -> set[str]:
    """The pairs of neighbouring characters in `texts`, but for those that say nothing."""
    return {pair for text in texts for pair in pairs_in(text) if pair.isalnum()} - EVERYWHERE


def _signed_by(requests: Iterable[DeferralRequest]) -> dict[int, list[str]]:
    """Request id to its signers, in order."""
    given = Decision.objects.filter(sign_off__request__in=list(requests)).order_by("sign_off__step", "at")
    signed: dict[int, list[str]] = {}
    for decision in given.select_related("post__division", "actor", "sign_off"):
        name = decision.leader_name or str(decision.actor)
        post = str(decision.post)
        signed.setdefault(decision.sign_off.request_id, []).append(f"{post} {name}" if name != post else post)
    return signed
