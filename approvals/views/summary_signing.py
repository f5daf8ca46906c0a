"""Signing the annual summary: asking, the page on which it is signed, taking it back, and its flow."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import charts, words
from approvals import summary_pages as pages
from approvals.course import Course, People
from approvals.flows import SummaryFlow
from approvals.models import AnnualSummary, SummarySignOff, SummaryState
from approvals.services import signing_summaries as services
from approvals.summary import compiling
from approvals.summary_forms import AskForm, ReopenSummaryForm, SignSummaryForm
from approvals.views.flows import course_facts
from approvals.views.summary import page_of
from nodes.models import Cycle
from nodes.selectors import today
from nodes.views.choosing import chosen_cycle, visitor
from workflow import people
from workflow.models import PostKind
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotAllowed
from workflow.second_click import harmless_twice
from workflow.visiting import sent, whole_number


def _chosen(request: HttpRequest) -> tuple[Cycle, AnnualSummary]:
    cycle = chosen_cycle(request)
    return cycle, pages.existing_summary(visitor(request), cycle)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Number, date and form; sent, the summary waits for the head of the unit."""
    cycle, summary = _chosen(request)
    require(visitor(request), "approvals.edit_summary", summary)
    if summary.state != SummaryState.DRAFT:
        return redirect(page_of("summary", cycle))
    version = pages.newest_version(summary)
    form = (
        AskForm(request.POST) if request.method == "POST" else AskForm(initial=_suggested(summary, version))
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.ask_for_sign_off(
                actor=visitor(request),
                summary_id=summary.pk,
                base=form.cleaned_data["base"] or 0,
                details=form.details(),
            )
            messages.success(request, _("The summary is laid before the head of the unit."))
            return redirect(page_of("summary", cycle))
        except Invalid as refusal:
            form.add_refusal(refusal)
    found = pages.examined(summary, version)
    facts = {
        "cycle": cycle,
        "summary": summary,
        "version": version,
        "form": form,
        "errors": [one for one in found if one.is_error],
    }
    return render(request, "approvals/summary/ask.html", facts, status=422 if form.errors else 200)


def _suggested(summary: AnnualSummary, version: Any) -> dict[str, Any]:
    """What the form begins with: what was given before, else the office's next number and today."""
    issued_on = summary.issued_on or today(summary.office)
    return {
        "base": version.number,
        "issued_on": issued_on,
        "number": summary.number or services.next_number(summary.office, issued_on.year),
        "form": summary.form,
        "signatory": summary.signatory,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest) -> HttpResponse:
    """The summary as it was laid before the head of the unit, and the decision on it."""
    cycle, summary = _chosen(request)
    user, form = visitor(request), SignSummaryForm(sent(request))
    if PostKind.HEAD_OF_UNIT not in people.roles(user):
        raise NotAllowed(_("Only the head of the unit signs the summary, and never who asks for it."))
    if request.method == "POST" and form.is_valid():
        try:
            return _decide(request, cycle, summary, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    waiting = pages.waiting_sign_off(summary)
    if waiting is None:
        return redirect(page_of("summary", cycle))
    waiting.summary = waiting.version.summary = summary
    capacity = services.capacity_to_sign(user, waiting, today(summary.office))
    if capacity is None:
        raise NotAllowed(_("Only the head of the unit signs the summary, and never who asks for it."))
    facts = {
        "cycle": cycle,
        "summary": summary,
        "waiting": waiting,
        "version": waiting.version,
        "capacity": capacity,
        "form": form if form.is_bound else SignSummaryForm(initial={"sign_off_id": waiting.pk}),
        "opinions": words.OPINIONS[:2],
        "rows": pages.sheet(waiting.version, compiling.body_of(waiting.version)),
        "warnings": [one for one in pages.examined(summary, waiting.version) if one.severity == "warning"],
    }
    return render(request, "approvals/summary/sign.html", facts, status=422 if form.errors else 200)


def _decide(
    request: HttpRequest, cycle: Cycle, summary: AnnualSummary, form: SignSummaryForm
) -> HttpResponse:
    outcome, given = request.POST.get("outcome", ""), form.cleaned_data
    try:
        decided = services.sign_summary(
            actor=visitor(request),
            summary_id=summary.pk,
            sign_off_id=given["sign_off_id"] or 0,
            outcome=outcome,
            opinion=given["opinion"],
        )
    except Conflict as conflict:  # a second click finds it done
        same = {"approved": "approve", "returned": "return"}.get(conflict.outcome) == outcome
        if not same or conflict.decided_by != visitor(request):
            raise
        return redirect(page_of("summary", cycle))
    signed = decided.outcome == SummarySignOff.Outcome.APPROVED
    done = (
        _("The summary is signed and frozen.") if signed else _("The summary is returned to be written on.")
    )
    messages.success(request, done)
    return redirect(page_of("summary", cycle))


@require_http_methods(["GET", "HEAD", "POST"])
def take_back(request: HttpRequest) -> HttpResponse:
    cycle, summary = _chosen(request)
    if request.method != "POST":
        return redirect(page_of("summary", cycle))
    user = visitor(request)
    with harmless_twice(user, summary, "summary.withdrawn"):
        services.take_back_summary(
            actor=user,
            summary_id=summary.pk,
            sign_off_id=whole_number(request.POST.get("sign_off_id", "")) or 0,
        )
    messages.success(request, _("The summary is taken back; you can write on."))
    return redirect(page_of("summary", cycle))


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: HttpRequest) -> HttpResponse:
    cycle, summary = _chosen(request)
    user, form = visitor(request), ReopenSummaryForm(sent(request))
    require(user, "approvals.edit_summary", summary)
    if request.method != "POST" and summary.state != SummaryState.SIGNED:
        return redirect(page_of("summary", cycle))
    if request.method == "POST" and form.is_valid():
        try:
            with harmless_twice(user, summary, "summary.reopened"):
                services.reopen_summary(
                    actor=user, summary_id=summary.pk, reason=form.cleaned_data["opinion"]
                )
            messages.success(request, _("The summary is open again; what was signed stays on record."))
            return redirect(page_of("summary", cycle))
        except Invalid as refusal:
            form.add_refusal(refusal)
    facts = {"cycle": cycle, "summary": summary, "form": form}
    return render(request, "approvals/summary/reopen.html", facts, status=422 if form.errors else 200)


# Its flow


@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    cycle, summary = _chosen(request)
    last = summary.sign_offs.select_related("asked_by", "asked_for").last()
    course = Course(SummaryFlow, last.process_id if last else None, _people(last))
    facts = {
        "cycle": cycle,
        "summary": summary,
        **course_facts(course),
    }
    return render(request, "approvals/summary/flow.html", facts)


def _people(last: SummarySignOff | None) -> People:
    if last is None:
        return People()
    head = _("the head of the unit")
    return People(words.hand(last.asked_by, last.asked_for), last.asked_at, head, last.asked_at)


@require_safe
def bpmn(request: HttpRequest) -> HttpResponse:
    _chosen(request)
    response = HttpResponse(charts.bpmn(SummaryFlow), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="annual-summary.bpmn"'
    return response
