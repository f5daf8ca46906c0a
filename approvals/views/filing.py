"""Asking for a deferral, with the route it will take in view, and taking it back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals import selectors, services
from approvals.forms import DeferralForm
from approvals.models import DeferralRequest
from approvals.services.filing import case_of
from nodes.models import WorkNode
from nodes.views.choosing import chosen_node, visitor
from workflow import audit, routing
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState


@require_http_methods(["GET", "HEAD", "POST"])
def defer(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    require(visitor(request), "approvals.request_deferral", node)
    if request.method != "POST":
        waiting = node.deferral_requests.filter(status=DeferralRequest.Status.PENDING).first()
        if waiting:
            messages.info(request, _("A deferral of this node waits for sign-off already."))
            return redirect("deferral", request_id=waiting.pk)
        form = DeferralForm(initial={"new_due": request.GET.get("new_due", "")})
        return _page(request, node, form, request.GET.get("new_due", ""))
    form = DeferralForm(request.POST, request.FILES)
    if form.is_valid() and "preview" not in request.POST:
        try:
            return _file(request, node, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, node, form, request.POST.get("new_due", ""))


def _file(request: HttpRequest, node: WorkNode, form: DeferralForm) -> HttpResponse:
    user, draft = visitor(request), form.draft()
    try:
        filed = services.request_deferral(actor=user, node_id=node.pk, draft=draft)
    except WrongState:
        same = {"applicant": user, "justification": draft.justification.strip(), "new_due": draft.new_due}
        waiting = node.deferral_requests.filter(status=DeferralRequest.Status.PENDING, **same).first()
        if waiting is None:  # not a second click of the same button
            raise
        filed = waiting
    messages.success(request, _("The request is on its way; below you see who signs."))
    return redirect("deferral", request_id=filed.pk)


def _page(request: HttpRequest, node: WorkNode, form: DeferralForm, typed_day: str) -> HttpResponse:
    facts = {
        "node": node,
        "form": form,
        "files_lost": bool(request.FILES),
        **_route(request, node, typed_day),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "approvals/defer.html", facts, status=status)


def _route(request: HttpRequest, node: WorkNode, typed_day: str) -> dict[str, Any]:
    """Who will sign if the request names this day, or why that cannot be said."""
    day = _day(typed_day)
    try:
        case = case_of(node, day, visitor(request), timezone.now())
        return {"route": routing.route(case).signatures, "route_day": day, "late": case.late_request}
    except Invalid as refusal:
        return {"route_problem": refusal.lines(), "route_day": day}


def _day(typed: str) -> date | None:
    try:
        return DeferralForm.base_fields["new_due"].clean(typed)
    except Exception:  # a half-typed day has no route of its own yet
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    user = visitor(request)
    seen = selectors.deferral_seen_by(user, request_id)
    if request.method != "POST":  # back from the log-in
        return redirect("deferral", request_id=seen.pk)
    try:
        services.withdraw_deferral(actor=user, request_id=seen.pk)
    except WrongState:
        last = audit.trail(seen).last()
        if last is None or (last.action, last.actor_id) != ("deferral.withdrawn", user.pk):
            raise
    messages.success(request, _("The request is withdrawn."))
    return redirect("deferral", request_id=seen.pk)
