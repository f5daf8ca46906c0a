"""What a person can do to a node now: one thing first, and whom they can urge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import DeferralRequest
from approvals.selectors import OpenSignOffs
from approvals.urging import Urgeable, Urgings, presses, urgings
from nodes.addresses import node_url
from nodes.models import Cycle, EvidenceSubmission, State, WorkNode
from workflow.models import AuditEntry, User
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


def steps(
    user: User, node: WorkNode, pending: DeferralRequest | None, waiting: OpenSignOffs | None
) -> list[Step]:
    """The steps open to `user`, at most one of them with weight and that in front; none in a year that is
    not open. `waiting` are the signatures of `pending`."""
    if node.cycle.status != Cycle.Status.OPEN:
        return []
    found = [*_decisions(user, node, pending, waiting), *_work(user, node, pending)]
    weighty = sorted(found, key=lambda step: not step.weight)
    return [step if not place else replace(step, weight="") for place, step in enumerate(weighty)]


def _decisions(
    user: User, node: WorkNode, pending: DeferralRequest | None, waiting: OpenSignOffs | None
) -> Iterator[Step]:
    if node.state == State.EVIDENCE_SUBMITTED and allows(user, "nodes.review_evidence", node):
        yield Step(_("Review"), reverse("review", args=[node.current_submission_id]), weight="decide")
    if pending and waiting and waiting.to_sign():
        yield Step(_("Sign off"), reverse("deferral", args=[pending.pk]), weight="decide")
    if pending and waiting and waiting.to_record():
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


@dataclass(frozen=True)
class Urge:
    """That somebody can be urged (催办): how often that was done, and whether the reader may do it now."""

    label: str
    url: str
    past: Urgings
    allowed: bool

    @property
    def cooling(self) -> bool:
        """Whether it was done too recently."""
        return self.past.cooling(timezone.now())


def urge(
    user: User,
    node: WorkNode,
    pending: DeferralRequest | None,
    rounds: list[EvidenceSubmission],
    entries: Iterable[AuditEntry],
) -> Urge | None:
    """Who can be urged about the node now, if anybody; `entries` is what happened to it, `rounds` its
    evidence, the newest first."""
    if node.cycle.status != Cycle.Status.OPEN:
        return None
    last = rounds[0] if rounds else None
    if pending:
        return urge_of(user, pending, entries)
    if last and last.outcome == last.Outcome.PENDING:
        last.node = node
        return urge_of(user, last, entries)
    returned = last is not None and last.outcome == last.Outcome.RETURNED
    return urge_of(user, node, entries) if presses(node.state, _light(node), returned=returned) else None


def urge_of(user: User, subject: Urgeable, entries: Iterable[AuditEntry] | None = None) -> Urge:
    """How `subject`, which waits, is urged."""
    past = urgings(subject, entries)
    if isinstance(subject, DeferralRequest):
        allowed = allows(user, "approvals.urge_sign_off", subject)
        return Urge(_("Urge the signers"), reverse("deferral-urge", args=[subject.pk]), past, allowed)
    if isinstance(subject, EvidenceSubmission):
        allowed = allows(user, "approvals.urge_review", subject.node)
        return Urge(_("Urge the review"), reverse("review-urge", args=[subject.pk]), past, allowed)
    allowed = allows(user, "approvals.urge_work", subject)
    return Urge(_("Urge the division"), node_url(subject, "node-urge"), past, allowed)


def _light(node: WorkNode) -> str:
    """The light that the reader's query has lit."""
    return node.light  # type: ignore[attr-defined]
