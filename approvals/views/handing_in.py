"""Handing the summary in to the office that oversees ours, and what came of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.filing_forms import FilingCommentForm
from approvals.models import AnnualSummary, SummaryFiling, SummaryState
from approvals.province import filings
from approvals.services import handing_in
from nodes.addresses import with_year
from nodes.models import Cycle
from nodes.views.choosing import chosen_cycle, visitor
from workflow import people
from workflow.models import Office
from workflow.permissions import allows
from workflow.refusals import Conflict, Invalid, NotFound
from workflow.visiting import whole_number


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _page(request, *_summary(request))


def _page(
    request: HttpRequest,
    overseer: Office,
    cycle: Cycle,
    summary: AnnualSummary,
    *,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    user = visitor(request)
    rounds = filings.rounds(cycle, overseer)
    facts = {
        "cycle": cycle,
        "summary": summary,
        "overseer": overseer,
        "rounds": [(one, filings.is_what_was_signed(one)) for one in rounds],
        "newest": rounds[0] if rounds else None,
        "hands_in": _can_hand_in(summary, rounds) and allows(user, "approvals.hand_in_summary", summary),
        "reopens": _came_back(summary, rounds) and allows(user, "approvals.edit_summary", summary),
        "talks": allows(user, "approvals.talk_about_filing", summary),
        "comment_form": FilingCommentForm(),
        "comment_address": with_year(reverse("summary-filing-comment"), cycle.year),
    }
    return render(request, "approvals/summary/filing.html", facts | forms, status=status)


def _can_hand_in(summary: AnnualSummary, rounds: list[SummaryFiling]) -> bool:
    """Signed, and this signature was not handed in yet."""
    signed = summary.state == SummaryState.SIGNED
    return signed and all(one.sign_off_id != summary.signed_id for one in rounds)


def _came_back(summary: AnnualSummary, rounds: list[SummaryFiling]) -> bool:
    """What is signed still is what was returned."""
    newest = rounds[0] if rounds else None
    return (
        newest is not None
        and newest.state == SummaryFiling.State.RETURNED
        and newest.sign_off_id == summary.signed_id
    )


@require_http_methods(["GET", "HEAD", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Hand the summary in; a second click finds it done."""
    overseer, cycle, summary = _summary(request)
    if request.method == "POST":
        user = visitor(request)
        try:
            handing_in.hand_in_summary(actor=user, summary_id=summary.pk)
        except Conflict as conflict:
            if conflict.decided_by != user:
                raise
        else:
            messages.success(request, _("The summary is handed in to %(office)s.") % {"office": overseer})
    return redirect(_address(cycle))


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest) -> HttpResponse:
    overseer, cycle, summary = _summary(request)
    if request.method != "POST":
        return redirect(_address(cycle))
    form = FilingCommentForm(request.POST)
    form.is_valid()
    try:
        handing_in.say_about_filing(
            actor=visitor(request),
            filing_id=whole_number(request.POST.get("filing", "")) or 0,
            text=form.cleaned_data.get("comment", ""),
        )
    except Invalid as refusal:
        form.add_refusal(refusal)
        return _page(request, overseer, cycle, summary, status=422, comment_form=form)
    return redirect(f"{_address(cycle)}#rounds")


def _summary(request: HttpRequest) -> tuple[Office, Cycle, AnnualSummary]:
    """Who oversees the visitor's office, the chosen year and its summary. Raises NotFound, also for those
    who do not oversee their own office."""
    user = visitor(request)
    overseer = user.office.overseen_by if user.office else None
    if overseer is None or not people.oversees(user):
        raise NotFound(_("No office oversees yours."))
    cycle = chosen_cycle(request)
    summary = AnnualSummary.objects.filter(cycle=cycle).select_related("office").first()
    if summary is None:
        raise NotFound(_("There is no such summary in your office."))
    summary.cycle = cycle
    return overseer, cycle, summary


def _address(cycle: Cycle) -> str:
    return with_year(reverse("summary-filing"), cycle.year)
