"""Urging those whom a review or a deferral waits for."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals.selectors import deferral_seen_by
from approvals.services import urging
from nodes.addresses import node_url
from nodes.selectors import submission_seen_by
from nodes.views.choosing import visitor


@require_http_methods(["GET", "HEAD", "POST"])
def urge_review(request: HttpRequest, submission_id: int) -> HttpResponse:
    user = visitor(request)
    submission = submission_seen_by(user, submission_id)
    if request.method == "POST":
        urging.urge_review(actor=user, submission_id=submission.pk)
        messages.success(request, _("The performance office is urged to review."))
    return redirect(node_url(submission.node))


@require_http_methods(["GET", "HEAD", "POST"])
def urge_sign_off(request: HttpRequest, request_id: int) -> HttpResponse:
    seen = deferral_seen_by(visitor(request), request_id)
    if request.method == "POST":
        urging.urge_sign_off(actor=visitor(request), request_id=seen.pk)
        messages.success(request, _("Those who have to sign are urged."))
    if request.POST.get("from") == "node":
        return redirect(node_url(seen.node))
    return redirect("deferral", request_id=seen.pk)
