"""The list of deferral requests, and the page on which one is signed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import selectors, services
from approvals.forms import RecordForm, SignOffForm
from approvals.models import Decision, DeferralRequest
from nodes.downloads import attachment_response
from nodes.models import Cycle
from nodes.views.choosing import visitor
from workflow.models import Attachment
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound


@require_safe
def deferral_list(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    status = request.GET.get("status", "")
    found = selectors.deferrals(user)
    if status in DeferralRequest.Status.values:
        found = found.filter(status=status)
    facts = {
        "page": Paginator(found, 50).get_page(request.GET.get("page")),
        "status": status,
        "statuses": selectors.words.STATUS.items(),
        "waiting": {one.request.pk for one in selectors.waiting_for(user)}
        | {needed.request_id for needed in selectors.to_record(user)},
    }
    return render(request, "approvals/deferrals.html", facts)


@require_safe
def page(request: HttpRequest, request_id: int) -> HttpResponse:
    return _page(request, selectors.deferral_seen_by(visitor(request), request_id))


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, request_id: int) -> HttpResponse:
    """Sign in the system; the signature meant is the one the page showed."""
    seen = selectors.deferral_seen_by(visitor(request), request_id)
    if request.method != "POST":
        return redirect("deferral", request_id=seen.pk)
    form = SignOffForm(request.POST)
    if form.is_valid():
        try:
            decision = services.sign_off(actor=visitor(request), request_id=seen.pk, **form.cleaned_data)
            return _decided(request, decision)
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, seen, sign_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def record(request: HttpRequest, request_id: int) -> HttpResponse:
    """Record what a leader outside the system signed on paper."""
    seen = selectors.deferral_seen_by(visitor(request), request_id)
    if request.method != "POST":
        return redirect("deferral", request_id=seen.pk)
    form = RecordForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return _decided(request, _record(request, seen, form))
        except Invalid as refusal:
            form.add_refusal(refusal)
    return _page(request, seen, record_form=form)


def _record(request: HttpRequest, seen: DeferralRequest, form: RecordForm) -> Decision:
    given = form.cleaned_data
    return services.record_sign_off(
        actor=visitor(request),
        request_id=seen.pk,
        outcome=given["outcome"],
        paper=form.paper(),
        opinion=given["opinion"],
        sign_off_id=given["sign_off_id"],
    )


def _decided(request: HttpRequest, decision: Decision) -> HttpResponse:
    facts = {"outcome": decision.get_outcome_display()}
    messages.success(request, _("“%(outcome)s” is on record.") % facts)
    return redirect("deferral", request_id=decision.sign_off.request_id)


def _page(request: HttpRequest, seen: DeferralRequest, **forms: Any) -> HttpResponse:
    user = visitor(request)
    mine = selectors.my_signature(user, seen)
    due = next((one for one in selectors.to_record(user) if one.request_id == seen.pk), None)
    pending = seen.status == seen.Status.PENDING and seen.node.cycle.status == Cycle.Status.OPEN
    facts = {
        "deferral": seen,
        "node": seen.node,
        "flow": selectors.flow_of(seen),
        "mine": mine,
        "due_on_paper": due if due and allows(user, "approvals.record_sign_off", seen) else None,
        "sign_form": SignOffForm(initial={"sign_off_id": mine.needed.pk if mine else None}),
        "record_form": RecordForm(initial={"sign_off_id": due.pk if due else None}),
        "may_withdraw": pending and allows(user, "approvals.withdraw_deferral", seen),
        "timeline": selectors.trail_of(seen),
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "approvals/deferral.html", facts, status=status)


@require_safe
def download(request: HttpRequest, request_id: int, file_id: int) -> FileResponse:
    """A file of the request itself, or the scan of a signature on it."""
    seen = selectors.deferral_seen_by(visitor(request), request_id)
    scans = Decision.scans.through.objects.filter(decision__sign_off__request=seen)
    own = DeferralRequest.attachments.through.objects.filter(deferralrequest=seen)
    known = Q(pk__in=scans.values("attachment")) | Q(pk__in=own.values("attachment"))
    attachment = Attachment.objects.select_related("file").filter(known, pk=file_id).first()
    if attachment is None:
        raise NotFound(_("There is no such file."))
    return attachment_response(attachment)
