"""The performance office's queue, and the review of one round of evidence."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.forms import ReviewForm
from nodes import selectors, services
from nodes.addresses import node_url
from nodes.models import Cycle, EvidenceSubmission
from nodes.views.choosing import visitor
from workflow import people
from workflow.models import PostKind, User
from workflow.permissions import allows
from workflow.refusals import Invalid, NotAllowed

APPROVE, RETURN = "approve", "return"


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    if PostKind.PERFORMANCE_OFFICE not in people.roles(visitor(request)):
        raise NotAllowed(_("Only the performance office reviews evidence."))
    return render(request, "approvals/reviews.html", {"waiting": selectors.reviews_waiting(visitor(request))})


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, submission_id: int) -> HttpResponse:
    user = visitor(request)
    submission = get_object_or_404(selectors.evidence_seen_by(user), pk=submission_id)
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            return _decide(request, submission, form.cleaned_data["opinion"])
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {
        "submission": submission,
        "node": submission.node,
        "form": form,
        "mine": _decides(user, submission),
    }
    return render(request, "approvals/review.html", facts, status=422 if form.errors else 200)


def _decides(user: User, submission: EvidenceSubmission) -> bool:
    waits = submission.outcome == submission.Outcome.PENDING
    is_open = submission.node.cycle.status == Cycle.Status.OPEN
    return waits and is_open and allows(user, "nodes.review_evidence", submission.node)


def _decide(request: HttpRequest, submission: EvidenceSubmission, opinion: str) -> HttpResponse:
    """The round the reviewer looked at is the one decided on, whatever came in meanwhile."""
    node, decision = submission.node, request.POST.get("decision")
    if decision not in (APPROVE, RETURN):
        raise Invalid(_("Choose to approve or to return it."))
    act = services.approve_evidence if decision == APPROVE else services.return_evidence
    act(actor=visitor(request), node_id=node.pk, submission_id=submission.pk, opinion=opinion)
    done = _("Node %(number)d is approved.") if decision == APPROVE else _("Node %(number)d is returned.")
    messages.success(request, done % {"number": node.number})
    return redirect(node_url(node))
