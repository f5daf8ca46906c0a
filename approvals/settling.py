"""What a settled deferral does to its node, and a decision on the summary to it."""

from __future__ import annotations

from approvals.events import DeferralSettled
from approvals.models import Decision, DeferralRequest, SummarySignOff
from nodes import services
from workflow import events


def settle(request: DeferralRequest) -> None:
    """Put an approved request into force on its node, in the act of the last signer; tell who wants to know.

    The node is deferred, and taken up again at once when the new date lies in its cycle.
    """
    last = (
        Decision.objects.select_related("actor__office")
        .filter(sign_off__request=request)
        .order_by("-at", "-id")[0]
    )
    if request.status == DeferralRequest.Status.APPROVED:
        node = services.defer(
            actor=last.actor,
            node_id=request.node_id,
            new_due=request.new_due,
            reason=request.justification,
            at=last.at,
            on_behalf_of_id=last.on_behalf_of_id,
        )
        if request.new_due and node.cycle.holds(request.new_due):
            services.resume_after_deferral(
                actor=last.actor, node_id=node.pk, at=last.at, on_behalf_of_id=last.on_behalf_of_id
            )
    events.publish(DeferralSettled(request, last.actor, last.at))


def settle_summary(sign_off: SummarySignOff) -> None:
    """Freeze the summary that was signed, or let it be written on; `sign_off` is decided, its row locked."""
    summary = sign_off.summary
    if sign_off.outcome == SummarySignOff.Outcome.APPROVED:
        summary.freeze(sign_off)
    else:
        summary.give_back()
    summary.save()
