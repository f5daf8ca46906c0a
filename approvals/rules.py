"""Who may ask for a deferral, take it back, or record a sign-off given on paper."""

from __future__ import annotations

import rules

from approvals.models import DeferralRequest
from nodes.rules import works_for_lead_division
from workflow.models import User
from workflow.rules import is_performance_office


@rules.predicate
def works_for_its_division(user: User, request: DeferralRequest | None) -> bool:
    return request is not None and works_for_lead_division(user, request.node)


@rules.predicate
def is_not_applicant(user: User, request: DeferralRequest | None) -> bool:
    return request is not None and user.pk not in (request.applicant_id, request.on_behalf_of_id)


rules.add_perm("approvals.request_deferral", works_for_lead_division)
rules.add_perm("approvals.withdraw_deferral", works_for_its_division)
rules.add_perm("approvals.record_sign_off", is_performance_office & is_not_applicant)
