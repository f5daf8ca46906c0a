"""The approval flows, each reading like its picture (docs/architecture.md shows them drawn)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation

from approvals import waiting
from approvals.models import DeferralProcess, EvidenceReviewProcess, SummaryProcess, SummarySignOff
from approvals.settling import settle, settle_summary
from workflow.clock import moment


class DeferralFlow(flow.Flow):
    """A deferral is signed step by step until it is settled; a step that waits is urged, then escalated."""

    process_class = DeferralProcess
    process_title = _("Deferral")
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.file).Annotation(title=_("File")).Next(this.is_settled)
    is_settled = flow.If(this.settled).Annotation(title=_("Settled?")).Then(this.settle).Else(this.sign_off)
    sign_off = (
        flow.View(None)
        .Annotation(title=_("Sign off"))
        .OnTimeout(this.urge_at, this.urge, interrupting=False, title=_("Waits"))
        .OnTimeout(this.escalate_at, this.escalate, interrupting=False, title=_("Waits too long"))
        .Next(this.is_settled)
    )
    urge = flow.Function(this.urge_signers).Annotation(title=_("Urge")).Next(this.urged)
    urged = flow.End().Annotation(title=pgettext_lazy("flow", "Urged"))
    escalate = flow.Function(this.escalate_up).Annotation(title=_("Escalate")).Next(this.escalated)
    escalated = flow.End().Annotation(title=pgettext_lazy("flow", "Escalated"))
    settle = flow.Function(this.put_into_force).Annotation(title=_("Put into force")).Next(this.end)
    end = flow.TerminateEnd().Annotation(title=pgettext_lazy("flow", "End"))

    def file(self, activation: Activation, request) -> DeferralProcess:
        activation.process.deferral = request
        return activation.process

    def settled(self, activation: Activation) -> bool:
        request = activation.process.deferral
        return request.status != request.Status.PENDING

    def put_into_force(self, activation: Activation) -> None:
        settle(activation.process.deferral)

    def urge_at(self, activation: Activation) -> datetime:
        return waiting.sign_off_urged_at(activation.process.deferral)

    def escalate_at(self, activation: Activation) -> datetime:
        return waiting.sign_off_escalated_at(activation.process.deferral)

    def urge_signers(self, activation: Activation) -> None:
        waiting.urge_sign_off(activation.process.deferral, moment(activation.process.moment))

    def escalate_up(self, activation: Activation) -> None:
        waiting.escalate_sign_off(activation.process.deferral, moment(activation.process.moment))


class EvidenceReviewFlow(flow.Flow):
    """Evidence waits for one decision of the performance office; a review that waits is urged."""

    process_class = EvidenceReviewProcess
    process_title = _("Evidence review")
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.submit).Annotation(title=_("Submit")).Next(this.review)
    review = (
        flow.View(None)
        .Annotation(title=_("Review"))
        .OnTimeout(this.urge_at, this.urge, interrupting=False, title=_("Waits"))
        .OnTimeout(this.escalate_at, this.escalate, interrupting=False, title=_("Waits too long"))
        .Next(this.end)
    )
    urge = flow.Function(this.urge_reviewers).Annotation(title=_("Urge")).Next(this.urged)
    urged = flow.End().Annotation(title=pgettext_lazy("flow", "Urged"))
    escalate = flow.Function(this.escalate_up).Annotation(title=_("Escalate")).Next(this.escalated)
    escalated = flow.End().Annotation(title=pgettext_lazy("flow", "Escalated"))
    end = flow.TerminateEnd().Annotation(title=pgettext_lazy("flow", "End"))

    def submit(self, activation: Activation, submission) -> EvidenceReviewProcess:
        activation.process.submission = submission
        return activation.process

    def urge_at(self, activation: Activation) -> datetime:
        return waiting.review_urged_at(activation.process.submission)

    def escalate_at(self, activation: Activation) -> datetime:
        return waiting.review_escalated_at(activation.process.submission)

    def urge_reviewers(self, activation: Activation) -> None:
        waiting.urge_review(
            activation.process.review.submission, moment(activation.process.moment), escalated=False
        )

    def escalate_up(self, activation: Activation) -> None:
        waiting.urge_review(
            activation.process.review.submission, moment(activation.process.moment), escalated=True
        )


class SummaryFlow(flow.Flow):
    """The annual summary waits for the head of the unit: signed it is frozen, returned it is written on."""

    process_class = SummaryProcess
    process_title = _("Annual summary")
    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle(this.ask).Annotation(title=_("Ask for the sign-off")).Next(this.sign_off)
    sign_off = flow.View(None).Annotation(title=_("Sign off")).Next(this.is_signed)
    is_signed = flow.If(this.signed).Annotation(title=_("Signed?")).Then(this.freeze).Else(this.give_back)
    freeze = flow.Function(this.settle).Annotation(title=_("Freeze")).Next(this.end)
    give_back = flow.Function(this.settle).Annotation(title=_("Write on")).Next(this.returned)
    returned = flow.End().Annotation(title=pgettext_lazy("flow", "Returned"))
    end = flow.End().Annotation(title=pgettext_lazy("flow", "End"))

    def ask(self, activation: Activation, sign_off: SummarySignOff) -> SummaryProcess:
        activation.process.sign_off = sign_off
        return activation.process

    def signed(self, activation: Activation) -> bool:
        return activation.process.sign_off.outcome == SummarySignOff.Outcome.APPROVED

    def settle(self, activation: Activation) -> None:
        settle_summary(activation.process.sign_off)
