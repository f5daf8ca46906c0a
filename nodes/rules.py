"""Who may do what to a work node: the “who” column of the state machine."""

from __future__ import annotations

import rules

from nodes.models import WorkNode
from nodes.selectors import works_with
from workflow import people
from workflow.models import PostKind, User
from workflow.rules import is_administrator, is_performance_office


@rules.predicate
def works_for_lead_division(user: User, node: WorkNode | None) -> bool:
    return node is not None and node.lead_division_id in people.divisions_of(user)


@rules.predicate
def reviews_impartially(user: User, node: WorkNode | None) -> bool:
    """Of the performance office, and neither in person nor for somebody else the one who submitted."""
    submission = node.current_submission if node else None
    parties = submission.parties if submission else frozenset()
    return people.impartial(user, PostKind.PERFORMANCE_OFFICE, parties) is not None


@rules.predicate
def reads_what_is_said(user: User, node: WorkNode | None) -> bool:
    return node is not None and works_with(user, node)


for act in ("start", "submit_evidence", "withdraw_evidence", "resume"):
    rules.add_perm(f"nodes.{act}", works_for_lead_division)
rules.add_perm("nodes.review_evidence", reviews_impartially)
rules.add_perm("nodes.comment", reads_what_is_said)
rules.add_perm("nodes.reopen", is_performance_office)
rules.add_perm("nodes.manage_catalogue", is_administrator | is_performance_office)
rules.add_perm("nodes.word_statements", is_administrator | is_performance_office)
