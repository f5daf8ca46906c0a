"""What a person can do to a node now, the one thing to do first in front."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import DeferralRequest
from approvals.selectors import my_signature, to_record
from nodes.addresses import node_url
from nodes.models import Cycle, State, WorkNode
from workflow.models import User
from workflow.permissions import allows


@dataclass(frozen=True)
class Step:
    """A button: where it leads, whether pressing it acts at once (`post`), and how much it asks for notice.

    `weight` is "decide" for a decision that waits for this person, "next" for the work's next step, else "".
    `submission_id` is the round it is about, where a later one would make it another act.
    """

    label: str
    url: str
    post: bool = False
    weight: str = ""
    submission_id: int | None = None


def steps(user: User, node: WorkNode, pending: DeferralRequest | None) -> list[Step]:
    """The steps open to `user`; none in a year that is not open."""
    if node.cycle.status != Cycle.Status.OPEN:
        return []
    return [*_decisions(user, node, pending), *_work(user, node, pending)]


def _decisions(user: User, node: WorkNode, pending: DeferralRequest | None) -> Iterator[Step]:
    if node.state == State.EVIDENCE_SUBMITTED and allows(user, "nodes.review_evidence", node):
        yield Step(_("Review"), reverse("review", args=[node.current_submission_id]), weight="decide")
    if pending and my_signature(user, pending):
        yield Step(_("Sign off"), reverse("deferral", args=[pending.pk]), weight="decide")
    if pending and any(needed.request_id == pending.pk for needed in to_record(user)):
        yield Step(_("Record the sign-off"), reverse("deferral", args=[pending.pk]), weight="decide")


def _work(user: User, node: WorkNode, pending: DeferralRequest | None) -> Iterator[Step]:
    free = pending is None
    if node.state == State.PLANNED and allows(user, "nodes.start", node):
        yield Step(_("Start work"), node_url(node, "node-start"), post=True, weight="next")
    if node.state == State.IN_PROGRESS and free and allows(user, "nodes.submit_evidence", node):
        yield Step(_("Submit evidence"), node_url(node, "node-submit"), weight="next")
    if node.state == State.DEFERRED and allows(user, "nodes.resume", node):
        yield Step(_("Take up again"), node_url(node, "node-resume"), weight="next")
    if node.state == State.EVIDENCE_SUBMITTED and allows(user, "nodes.withdraw_evidence", node):
        url, seen = node_url(node, "node-withdraw"), node.current_submission_id
        yield Step(_("Withdraw the evidence"), url, post=True, submission_id=seen)
    if (
        node.state in (State.PLANNED, State.IN_PROGRESS)
        and free
        and allows(user, "approvals.request_deferral", node)
    ):
        yield Step(_("Ask for a deferral"), node_url(node, "node-defer"))
    if node.state == State.APPROVED and allows(user, "nodes.reopen", node):
        yield Step(_("Reopen for rectification"), node_url(node, "node-reopen"))
