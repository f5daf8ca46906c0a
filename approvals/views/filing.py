"""Asking for a deferral, with the route it will take in view, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from approvals import selectors, services
from approvals.forms import DeferralForm
from approvals.models import DeferralRequest
from approvals.precedents import similar_requests
from approvals.route_ahead import quick_days, route_ahead
from nodes.models import Draft, WorkNode
from nodes.selectors import draft_of
from nodes.services.drafting import version_of
from nodes.views.choosing import chosen_node, visitor
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState
from workflow.second_click import harmless_twice


@require_http_methods(["GET", "HEAD", "POST"])
def defer(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    require(visitor(request), "approvals.request_deferral", node)
    prefetch_related_objects([node], "deferral_requests")  # its own division sees them all
    draft = draft_of(visitor(request), node, Draft.Form.DEFERRAL)
    if request.method != "POST":
        return _begin(request, node, draft)
    form = DeferralForm(request.POST, request.FILES)
    if form.is_valid() and "preview" not in request.POST:
        try:
            return _file(request, node, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, node, form, request.POST, draft)


def _begin(request: HttpRequest, node: WorkNode, draft: Draft | None) -> HttpResponse:
    """The form as its author left it; where a request waits already, that one."""
    pending = DeferralRequest.Status.PENDING
    waiting = next((one for one in node.deferral_requests.all() if one.status == pending), None)
    if waiting:
        messages.info(request, _("A deferral of this node waits for sign-off already."))
        return redirect("deferral", request_id=waiting.pk)
    begun = _begun(request, draft)
    return _page(request, node, DeferralForm(initial=begun), begun, draft)


def _begun(request: HttpRequest, draft: Draft | None) -> dict[str, str]:
    """What the form begins with: the draft, but for what the address says of the day and the category."""
    named = {name: request.GET[name] for name in ("new_due", "category") if name in request.GET}
    return {**(draft.content if draft else {}), **named}


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


def _page(
    request: HttpRequest,
    node: WorkNode,
    form: DeferralForm,
    typed: Mapping[str, str],
    draft: Draft | None,
) -> HttpResponse:
    """The form with the route it will take, and what was decided in such cases before."""
    user, now = visitor(request), timezone.now()
    category = typed.get("category") or form.fields["category"].initial
    facts = {
        "node": node,
        "form": form,
        "draft": draft,
        "version": version_of(draft),
        "earlier": list(node.deferral_requests.all()),
        "files_lost": bool(request.FILES),
        "preview": route_ahead(node, _day(typed.get("new_due", "")), user, now),
        "quick_days": quick_days(node, node.office.day(now)),
        "similar": similar_requests(user, node, category, typed.get("justification", "")),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "approvals/defer.html", facts, status=status)


def _day(typed: str) -> date | None:
    try:
        return DeferralForm.base_fields["new_due"].clean(typed)
    except ValidationError:  # a half-typed day has no route of its own yet
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, request_id: int) -> HttpResponse:
    user = visitor(request)
    seen = selectors.deferral_seen_by(user, request_id)
    if request.method != "POST":  # back from the log-in
        return redirect("deferral", request_id=seen.pk)
    with harmless_twice(user, seen, "deferral.withdrawn"):
        services.withdraw_deferral(actor=user, request_id=seen.pk)
    messages.success(request, _("The request is withdrawn."))
    return redirect("deferral", request_id=seen.pk)
