"""Approving several rounds of evidence at once: each is an act of its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from nodes.models import EvidenceSubmission, WorkNode
from nodes.services.evidence import approve_evidence
from workflow.models import User
from workflow.refusals import Conflict, Refusal


@dataclass(frozen=True)
class Approvals:
    """What became of each: the nodes that are approved, and those that are not, with the reason."""

    approved: list[WorkNode] = field(default_factory=list)
    refused: list[tuple[WorkNode, str]] = field(default_factory=list)


def approve_each(*, actor: User, submission_ids: Collection[int], at: datetime | None = None) -> Approvals:
    """Approve these rounds one by one, each in a transaction of its own: a refusal undoes no other.

    What `actor` approved before, as by a second click, counts as approved. Rounds that `actor` cannot see
    are left out.
    """
    meant = EvidenceSubmission.objects.visible_to(actor).filter(pk__in=submission_ids)
    outcome = Approvals()
    for submission in meant.select_related("node__cycle").order_by("submitted_at", "id"):
        try:
            _approve(actor, submission, at)
        except Refusal as refusal:
            outcome.refused.append((submission.node, str(refusal)))
        else:
            outcome.approved.append(submission.node)
    return outcome


def _approve(actor: User, submission: EvidenceSubmission, at: datetime | None) -> None:
    try:
        approve_evidence(actor=actor, node_id=submission.node_id, submission_id=submission.pk, at=at)
    except Conflict as conflict:
        mine = conflict.decided_by == actor
        if not (mine and conflict.outcome == EvidenceSubmission.Outcome.APPROVED):
            raise
