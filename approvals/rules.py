"""Who may ask for a deferral, take it back, or record a sign-off given on paper."""

from __future__ import annotations

import rules

from approvals.models import DeferralRequest
from nodes.rules import works_for_lead_division
from workflow import people
from workflow.models import PostKind, User


@rules.predicate
def works_for_its_division(user: User, request: DeferralRequest | None) -> bool:
    return request is not None and works_for_lead_division(user, request.node)


@rules.predicate
def records_impartially(user: User, request: DeferralRequest | None) -> bool:
    """Of the performance office, and neither in person nor for somebody else the one who asks."""
    return (
        request is not None
        and people.impartial(user, PostKind.PERFORMANCE_OFFICE, request.parties) is not None
    )


rules.add_perm("approvals.request_deferral", works_for_lead_division)
rules.add_perm("approvals.withdraw_deferral", works_for_its_division)
rules.add_perm("approvals.record_sign_off", records_impartially)
