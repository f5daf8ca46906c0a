"""Where a request or a review stands in its flow: the picture, the same as a table, and the BPMN file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from viewflow.workflow.flow import Flow

from approvals import charts, selectors
from approvals.course import Course, Mark, People
from approvals.flows import DeferralFlow, EvidenceReviewFlow
from approvals.models import DeferralRequest, EvidenceReview
from approvals.words import hand
from nodes.addresses import node_url
from nodes.selectors import submission_seen_by
from nodes.views.choosing import visitor
from workflow.refusals import NotFound


@require_safe
def deferral_flow(request: HttpRequest, request_id: int) -> HttpResponse:
    seen = selectors.deferral_seen_by(visitor(request), request_id)
    waiting = [one for one in selectors.flow_of(seen) if one.state == "waiting"]
    people = People(
        hand(seen.applicant, seen.on_behalf_of),
        seen.filed_at,
        "、".join(_signer(one) for one in waiting),
        min((one.needed.opened_at for one in waiting if one.needed.opened_at), default=None),
    )
    facts = {
        "node": seen.node,
        "of": _("Deferral"),
        "back": reverse("deferral", args=[seen.pk]),
        "back_label": _("To the request"),
        "bpmn": reverse("deferral-bpmn", args=[seen.pk]),
    }
    return _page(request, Course(DeferralFlow, seen.process_id, people), facts)


def _signer(signature: selectors.Signature) -> str:
    people = "、".join(signature.people)
    return f"{signature.posts}（{people}）" if people else signature.posts


@require_safe
def review_flow(request: HttpRequest, submission_id: int) -> HttpResponse:
    submission = submission_seen_by(visitor(request), submission_id)
    process = EvidenceReview.objects.filter(submission=submission).values_list("process", flat=True).first()
    facts = {
        "node": submission.node,
        "of": _("Evidence review, round %(round)d") % {"round": submission.round},
        "back": node_url(submission.node),
        "back_label": _("To the node"),
        "bpmn": reverse("review-bpmn", args=[submission.pk]),
    }
    handed_in = submission.submitted_at
    begun_by = hand(submission.submitted_by, submission.on_behalf_of)
    people = People(begun_by, handed_in, _("the performance office"), handed_in)
    return _page(request, Course(EvidenceReviewFlow, process, people), facts)


def _page(request: HttpRequest, course: Course, facts: dict[str, Any]) -> HttpResponse:
    return render(request, "approvals/flow_page.html", course_facts(course) | facts)


def course_facts(course: Course) -> dict[str, Any]:
    """What `_course.html` shows of a course."""
    return {
        "chart": charts.picture(course.flow_class, course.marks()),
        "passages": course.passages(),
        "marks": Mark,
    }


@require_safe
def deferral_bpmn(request: HttpRequest, request_id: int) -> HttpResponse:
    found = DeferralRequest.objects.visible_to(visitor(request)).filter(pk=request_id)
    if not found.exists():
        raise NotFound(_("There is no such request."))
    return _bpmn(DeferralFlow, "deferral.bpmn")


@require_safe
def review_bpmn(request: HttpRequest, submission_id: int) -> HttpResponse:
    submission_seen_by(visitor(request), submission_id)
    return _bpmn(EvidenceReviewFlow, "evidence-review.bpmn")


def _bpmn(flow_class: type[Flow], name: str) -> HttpResponse:
    response = HttpResponse(charts.bpmn(flow_class), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
