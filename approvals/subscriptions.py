"""What approvals do when something happens to a node's evidence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from approvals.driving import complete_task
from approvals.flows import EvidenceReviewFlow
from approvals.models import DeferralRequest, EvidenceReview, SummaryFiling
from nodes.events import EvidenceApproved, EvidenceReturned, EvidenceSubmitted, EvidenceWithdrawn
from workflow import events
from workflow.refusals import WrongState
from workflow.services.overseeing import OverseerChanges


def connect() -> None:
    """Subscribe, once, when the application is ready."""
    events.subscribe(EvidenceSubmitted, refuse_beside_deferral)
    events.subscribe(EvidenceSubmitted, open_review)
    events.subscribe(EvidenceApproved, close_review)
    events.subscribe(EvidenceReturned, close_review)
    events.subscribe(EvidenceWithdrawn, cancel_review)
    events.subscribe(OverseerChanges, refuse_while_summaries_wait)


def refuse_beside_deferral(event: EvidenceSubmitted) -> None:
    """A node is either on its way to done or asked to be deferred, not both."""
    if DeferralRequest.objects.filter(node=event.node, status=DeferralRequest.Status.PENDING).exists():
        raise WrongState(_("A deferral of this node waits for sign-off: withdraw it first."))


def open_review(event: EvidenceSubmitted) -> None:
    process = EvidenceReviewFlow.start.run(submission=event.submission)
    EvidenceReview.objects.create(submission=event.submission, process=process)


def close_review(event: EvidenceApproved | EvidenceReturned) -> None:
    """Complete the review's task in the name of who decided."""
    review = EvidenceReview.objects.get(submission=event.submission)
    complete_task(EvidenceReviewFlow.review, review.process_id, by=event.actor)


def cancel_review(event: EvidenceWithdrawn) -> None:
    review = EvidenceReview.objects.select_related("process").get(submission=event.submission)
    EvidenceReviewFlow.instance.cancel(review.process.coerced)


def refuse_while_summaries_wait(event: OverseerChanges) -> None:
    """What was handed in has to be received or returned by whom it was handed in to."""
    waiting = SummaryFiling.objects.filter(
        summary__office=event.office, office=event.before, state=SummaryFiling.State.SENT
    )
    if waiting.exists():
        facts = {"office": event.office, "overseer": event.before}
        message = _("A summary of “%(office)s” waits to be received by “%(overseer)s”.")
        raise WrongState(message % facts)
