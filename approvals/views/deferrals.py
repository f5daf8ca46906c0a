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

from approvals import deferral_list as listing
from approvals import happenings, selectors, services, words
from approvals.forms import ChangeRouteForm, DeferralFilter, RecordForm, SignOffForm
from approvals.models import Decision, DeferralRequest
from approvals.next_steps import urge_of
from approvals.precedents import earlier_requests
from approvals.services.changing_route import PASSED_ON, SIGNER_ADDED, posts_to_ask
from nodes.downloads import attachment_response
from nodes.models import Cycle
from nodes.selectors import today
from nodes.views.choosing import visitor
from workflow.models import Attachment
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound
from workflow.second_click import said_before
from workflow.visiting import whole_number

A_PAGE = 30


@require_safe
def deferral_list(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    filters = DeferralFilter(request.GET, user)
    chosen, waiting = filters.chosen(), listing.waits(user)
    page = Paginator(listing.narrowed(user, chosen, waiting), A_PAGE).get_page(request.GET.get("page"))
    facts = {
        "page": page,
        "rows": waiting.rows(page),
        "filter": filters,
        "chosen": chosen,
        "statuses": words.STATUS.items(),
        "mine": len(waiting.mine),
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


@require_http_methods(["GET", "HEAD", "POST"])
def change_route(request: HttpRequest, request_id: int) -> HttpResponse:
    """Ask for one more signature, or pass one's own on."""
    seen = selectors.deferral_seen_by(visitor(request), request_id)
    if request.method != "POST":
        return redirect("deferral", request_id=seen.pk)
    mine = selectors.my_signature(visitor(request), seen)
    form = ChangeRouteForm(request.POST, posts=_posts_to_ask(request, seen, mine))
    if form.is_valid():
        try:
            _change_route(request, seen, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    if form.errors and not _asked_before(request, seen):
        return _page(request, seen, route_form=form)
    messages.success(request, _("The route is changed; whoever signs now has been told."))
    return redirect("deferral", request_id=seen.pk)


def _change_route(request: HttpRequest, seen: DeferralRequest, form: ChangeRouteForm) -> None:
    given = form.cleaned_data
    whom = {
        "actor": visitor(request),
        "request_id": seen.pk,
        "post_id": given["post"],
        "reason": given["reason"],
        "sign_off_id": given["sign_off_id"],
    }
    if given["how"] == form.INSTEAD:
        services.pass_on(**whom)
    else:
        services.add_signer(**whom, side_by_side=given["how"] == form.BESIDE)


def _asked_before(request: HttpRequest, seen: DeferralRequest) -> bool:
    """Whether this is a second click: the last thing that happened is what the form asks for."""
    post = whole_number(request.POST.get("route-post", ""))
    acts = (SIGNER_ADDED, PASSED_ON)
    return any(said_before(visitor(request), seen, action, post_id=post) for action in acts)


def _posts_to_ask(
    request: HttpRequest, seen: DeferralRequest, mine: selectors.Waiting | None
) -> list[tuple[int, str]]:
    """The posts that the visitor, whose signature waits, may ask, each with who acts for it."""
    user, on = visitor(request), today(seen.office)
    if mine is None:
        return []
    posts = list(posts_to_ask(seen, mine.capacity, user, on))
    names = selectors.who_acts_for(posts, on)
    return [(post.pk, _with_names(str(post), names.get(post.pk, []))) for post in posts]


def _with_names(post: str, names: list[str]) -> str:
    others = "、".join(name for name in names if name != post)
    return f"{post}（{others}）" if others else post


def _page(request: HttpRequest, seen: DeferralRequest, **forms: Any) -> HttpResponse:
    user = visitor(request)
    flow = selectors.flow_of(seen)
    mine = selectors.my_part(user, seen, flow)
    pending = seen.status == seen.Status.PENDING and seen.node.cycle.status == Cycle.Status.OPEN
    facts = {
        "deferral": seen,
        "node": seen.node,
        "flow": flow,
        "mine": mine,
        "earlier": [one for one in earlier_requests(user, seen.node) if one.filed_at < seen.filed_at],
        "opinions": words.OPINIONS,
        "may_withdraw": pending and allows(user, "approvals.withdraw_deferral", seen),
        "urge": urge_of(user, seen) if pending else None,
        "timeline": happenings.trail_of(seen),
        **_empty_forms(request, seen, flow, mine),
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "approvals/deferral.html", facts, status=status)


def _empty_forms(
    request: HttpRequest,
    seen: DeferralRequest,
    flow: list[selectors.Signature],
    mine: selectors.Waiting | None,
) -> dict[str, Any]:
    """The forms of what can be done to the request, each about the signature that the page shows."""
    due = _due_on_paper(request, seen, flow)
    own = {"sign_off_id": mine.needed.pk if mine else None}
    return {
        "due_on_paper": due,
        "record_form": RecordForm(initial={"sign_off_id": due.needed.pk if due else None}),
        "sign_form": SignOffForm(initial=own),
        "route_form": ChangeRouteForm(initial=own, posts=_posts_to_ask(request, seen, mine))
        if mine
        else None,
    }


def _due_on_paper(
    request: HttpRequest, seen: DeferralRequest, flow: list[selectors.Signature]
) -> selectors.Signature | None:
    """The signature on paper that the visitor is to record."""
    waiting = (one for one in flow if one.state == "waiting" and one.off_system)
    due = next(waiting, None) if seen.node.cycle.status == Cycle.Status.OPEN else None
    return due if due and allows(visitor(request), "approvals.record_sign_off", seen) else None


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
