"""Changing a running request's route: one more signer, or another in one's own place."""

from __future__ import annotations

from approvals import services
from approvals.models import DeferralRequest, SignOff
from tests.builders import person, post, story


def add_signer(
    request: DeferralRequest, name: str, *, by: str, side_by_side: bool = True, reason: str = "请协助把关。"
) -> SignOff:
    """The person `by`, whose signature waits, asks the post called `name` to sign as well."""
    return services.add_signer(
        actor=person(by, request.office),
        request_id=request.pk,
        post_id=post(name, request.office).pk,
        reason=reason,
        side_by_side=side_by_side,
        at=story.moment(),
    )


def pass_on(request: DeferralRequest, name: str, *, by: str, reason: str = "该事项由您分管。") -> SignOff:
    """The person `by`, whose signature waits, leaves it to the post called `name`."""
    return services.pass_on(
        actor=person(by, request.office),
        request_id=request.pk,
        post_id=post(name, request.office).pk,
        reason=reason,
        at=story.moment(),
    )
