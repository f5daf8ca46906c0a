"""The year's annual summary: where it stands, what it says, and what is behind its figures."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals import summary_pages as pages
from approvals.models import AnnualSummary, SummaryState, SummaryVersion
from approvals.official import NoPdf, can_convert, proof
from approvals.services import summaries
from approvals.services.signing_summaries import capacity_to_sign, document_of, file_name
from approvals.summary import compiling
from approvals.summary.issuing import frozen
from approvals.summary_forms import CompileForm
from nodes.addresses import with_year
from nodes.downloads import attachment_response
from nodes.models import Cycle, WorkNode
from nodes.selectors import cycles, today
from nodes.views.choosing import chosen_cycle, visitor
from workflow import people
from workflow.permissions import allows
from workflow.refusals import Conflict, Invalid, NotFound
from workflow.visiting import whole_number

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NEWEST = 5  # versions shown on the summary's own page


def page_of(name: str, cycle: Cycle) -> str:
    """The address of a page about the year's summary."""
    return with_year(reverse(name), cycle.year)


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user, cycle = visitor(request), chosen_cycle(request)
    summary = pages.summary_of(user, cycle)
    facts = {
        "cycle": cycle,
        "years": [one.year for one in cycles(user)],
        "summary": summary,
        "edits": allows(user, "approvals.edit_summary", cycle),
        "compile_form": CompileForm(),
        **(_standing(request, summary) if summary else {}),
    }
    return render(request, "approvals/summary/overview.html", facts)


def _standing(request: HttpRequest, summary: AnnualSummary) -> dict[str, Any]:
    """Where a summary stands, and what it says."""
    user = visitor(request)
    version = shown_version(summary)
    waiting = pages.waiting_sign_off(summary) if summary.state == SummaryState.AT_SIGN_OFF else None
    signed = summary.state == SummaryState.SIGNED
    found = [] if signed else pages.examined(summary, version)
    return {
        "version": version,
        "waiting": waiting,
        "signs": bool(waiting and capacity_to_sign(user, waiting, today(summary.office))),
        "returned": _returned(summary),
        "versions": list(
            summary.versions.select_related("author").defer("body").order_by("-number")[:NEWEST]
        ),
        "errors": [one for one in found if one.is_error],
        "warnings": sum(not one.is_error for one in found),
        "changes": pages.changed_since(summary, version) if signed and people.oversees(user) else [],
        "oversees": people.oversees(user),
        "has_pdf": can_convert(),
        "rows": pages.sheet(version, compiling.body_of(version)),
    }


def shown_version(summary: AnnualSummary) -> SummaryVersion:
    """What was signed, else the newest."""
    if summary.signed is None:
        return pages.newest_version(summary)
    version: SummaryVersion = summary.signed.version
    version.summary = summary
    return version


def _returned(summary: AnnualSummary) -> Any:
    """The last round, where the head of the unit returned it and it is written on."""
    if summary.state != SummaryState.DRAFT:
        return None
    last = summary.sign_offs.select_related("decided_by", "on_behalf_of", "post").last()
    return last if last and last.outcome == last.Outcome.RETURNED else None


@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin the year's summary; a second click finds it begun."""
    cycle = chosen_cycle(request)
    if request.method != "POST":
        return redirect(page_of("summary", cycle))
    form = CompileForm(request.POST)
    try:
        form.is_valid()
        summaries.begin_summary(actor=visitor(request), cycle=cycle, cut_off=form.moment(cycle.office))
    except Conflict as conflict:
        messages.info(request, str(conflict))
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.lines()))
        return redirect(page_of("summary", cycle))
    return redirect(page_of("summary-edit", cycle))


@require_safe
def figure(request: HttpRequest) -> HttpResponse:
    """The nodes behind a figure: a page, or what a pointer over the figure shows."""
    user, cycle = visitor(request), chosen_cycle(request)
    summary = pages.existing_summary(user, cycle)
    if "block" not in request.GET:
        return redirect(page_of("summary", cycle))
    version = version_seen(request, summary, request.GET.get("version", ""))
    key, place = request.GET.get("block", ""), whole_number(request.GET.get("figure", "")) or 0
    found = pages.figure(compiling.body_of(version), key, place)
    if found is None:
        raise NotFound(_("There is no such figure."))
    nodes = WorkNode.objects.visible_to(user).filter(cycle=cycle, number__in=found.nodes).order_by("number")
    facts = {
        "cycle": cycle,
        "figure": found,
        "nodes": nodes.select_related("lead_division", "cycle"),
        "catalogue": _catalogue(cycle, found.query),
        "back": f"{page_of('summary', cycle)}#{key}",
    }
    name = "_figure" if "fragment" in request.GET else "figure"
    return render(request, f"approvals/summary/{name}.html", facts)


def version_seen(request: HttpRequest, summary: AnnualSummary, asked: str) -> SummaryVersion:
    """The version of the number that was asked for, the shown one without: others are for who oversees."""
    shown = shown_version(summary)
    number = whole_number(asked) if asked else shown.number
    if number == shown.number:
        return shown
    found = summary.versions.select_related("author").filter(number=number or 0).first()
    if found is None or not people.oversees(visitor(request)):
        raise NotFound(_("There is no such version."))
    found.summary = summary
    return found


def _catalogue(cycle: Cycle, query: str | None) -> str:
    """The catalogue narrowed to what a figure counts, empty where no filter does."""
    if query is None:
        return ""
    return with_year(reverse("nodes"), cycle.year) + (f"&{query}" if query else "")


# Files


@require_safe
def word(request: HttpRequest) -> HttpResponse | FileResponse:
    """What was signed, byte for byte; before that, a draft of the newest version."""
    summary = pages.existing_summary(visitor(request), chosen_cycle(request))
    if summary.signed and summary.signed.file:
        return attachment_response(summary.signed.file)
    content = document_of(summary, pages.newest_version(summary), draft=True)
    return _file(content, WORD, file_name(summary, "docx"))


@require_safe
def pdf(request: HttpRequest) -> HttpResponse:
    """The same for printing, where this machine can make PDFs."""
    summary = pages.existing_summary(visitor(request), chosen_cycle(request))
    if summary.signed is not None:
        content = frozen(summary.signed)
    else:
        content = document_of(summary, pages.newest_version(summary), draft=True)
    try:
        return _file(proof(content), "application/pdf", file_name(summary, "pdf"))
    except NoPdf as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of("summary", summary.cycle))


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
