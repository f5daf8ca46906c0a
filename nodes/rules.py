"""Who may do what to a work node: the “who” column of the state machine."""

from __future__ import annotations

import rules

from nodes.models import WorkNode
from workflow import people
from workflow.models import User
from workflow.rules import is_administrator, is_performance_office


@rules.predicate
def works_for_lead_division(user: User, node: WorkNode | None) -> bool:
    return node is not None and node.lead_division_id in people.divisions_of(user)


@rules.predicate
def did_not_submit(user: User, node: WorkNode | None) -> bool:
    """Neither the hand that submitted what waits for review, nor the one it stood in for."""
    submission = node.current_submission if node else None
    return submission is None or user.pk not in (submission.submitted_by_id, submission.on_behalf_of_id)


for act in ("start", "submit_evidence", "withdraw_evidence", "resume"):
    rules.add_perm(f"nodes.{act}", works_for_lead_division)
rules.add_perm("nodes.review_evidence", is_performance_office & did_not_submit)
rules.add_perm("nodes.reopen", is_performance_office)
rules.add_perm("nodes.manage_catalogue", is_administrator | is_performance_office)
