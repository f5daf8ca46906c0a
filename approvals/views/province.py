"""The offices that ours oversees: their years side by side, one by one, and the summaries they hand in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import FileResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.figures import approved_deferrals, decisions
from approvals.filing_forms import DecideFilingForm, FilingCommentForm, OfficesFilter
from approvals.models import SummaryFiling
from approvals.province import counting, filings, table
from approvals.services import handing_in
from nodes import figures
from nodes.addresses import with_year
from nodes.downloads import attachment_response
from nodes.models import Cycle
from workflow import overseeing
from workflow.models import Office
from workflow.permissions import allows
from workflow.refusals import Conflict, Invalid, NotFound, WrongState
from workflow.spreadsheets import csv_response, workbook_response
from workflow.visiting import visitor, whole_number

# Side by side


@require_safe
def offices(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    years, year, found = _table(request)
    asked = table.Asked.of(request.GET)
    shown = table.arranged(found, asked)
    facts = {
        "years": years,
        "year": year,
        "asked": asked,
        "rows": [(row, table.bar(row.counts)) for row in shown],
        "in_all": len(found),
        "total": table.total(shown),
        "total_bar": table.bar(table.total(shown)),
        "filter": OfficesFilter(request.GET),
        "waiting": sum(row.stage == table.SummaryStage.SENT for row in found),
        "receives": allows(user, "approvals.receive_summary", user.office),
        "columns": _columns(request, asked),
        "by_name": "-name" if asked.sort == "name" else "name",
    }
    return render(request, "approvals/province/offices.html", facts)


def _table(request: HttpRequest) -> tuple[list[int], int, list[table.Row]]:
    """The years there are, the chosen one, and its offices. Raises NotFound for who oversees nobody."""
    user = visitor(request)
    overseeing.require_overseer(user)
    assert user.office is not None
    years = counting.years(user)
    year = _year(request, years or [user.office.day(timezone.now()).year])
    return years, year, table.rows(counting.offices(user.office, year))


def _year(request: HttpRequest, years: list[int]) -> int:
    asked = request.GET.get("year", "")
    year = whole_number(asked) if asked else years[0]
    if year not in years:
        raise NotFound(_("There is no such year."))
    return year


def _columns(request: HttpRequest, asked: table.Asked) -> list[dict[str, Any]]:
    """The heads of the columns that hold numbers, each with the address that sorts by it."""
    named = zip(table.NUMBERS, table.COLUMNS[3:10], strict=True)
    return [
        {"label": label, "query": _sorted(request, asked, name), "sort": _direction(asked, name)}
        for name, label in named
    ]


def _sorted(request: HttpRequest, asked: table.Asked, name: str) -> str:
    """The same page sorted by `name`, the most first, and the other way round the second time."""
    query = request.GET.copy()
    query["sort"] = name if asked.sort == f"-{name}" else f"-{name}"
    return query.urlencode()


def _direction(asked: table.Asked, name: str) -> str:
    return {name: "ascending", f"-{name}": "descending"}.get(asked.sort, "")


@require_safe
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """The table as it is narrowed and sorted, as a workbook or as CSV."""
    _years, year, found = _table(request)
    header, lines = table.sheet(table.arranged(found, table.Asked.of(request.GET)))
    title = _("Overseen offices")
    filename = f"{visitor(request).office} {year} {title}.{ending}"
    if ending == "csv":
        return csv_response(filename, header, lines)
    return workbook_response(filename, title, header, lines)


# One office


@require_safe
def office(request: HttpRequest, code: str) -> HttpResponse:
    return _page(request, *_overseen_year(request, code))


def _page(
    request: HttpRequest, of: Office, cycles: list[Cycle], cycle: Cycle, *, status: int = 200, **forms: Any
) -> HttpResponse:
    user = visitor(request)
    assert user.office is not None
    rounds = filings.rounds(cycle, user.office)
    told = counting.said(user.office, cycle.year, of).get(of.pk, counting.SILENT)
    found = figures.figures(cycle)
    facts = {
        "of": of,
        "cycle": cycle,
        "years": [one.year for one in cycles],
        "figures": found,
        "overdue": sum(one["overdue"] for one in found["by_division"]),
        "divisions": [(one, table.bar(_counts(one)), _counts(one)) for one in found["by_division"]],
        "deferrals": [(one, decisions(one)) for one in approved_deferrals(cycle)],
        "told": told,
        "stage": table.stage(told),
        "stage_look": table.STAGE_LOOKS.get(table.stage(told), ""),
        "rounds": [(one, filings.is_what_was_signed(one)) for one in rounds],
        "waiting": next((one for one in rounds if one.state == SummaryFiling.State.SENT), None),
        "receives": allows(user, "approvals.receive_summary", user.office),
        "talks": allows(user, "approvals.talk_about_filing", user.office),
        "form": DecideFilingForm(),
        "comment_form": FilingCommentForm(),
        "comment_address": with_year(reverse("province-comment", args=[of.code]), cycle.year),
    }
    return render(request, "approvals/province/office.html", facts | forms, status=status)


def _counts(line: dict[str, Any]) -> counting.Counts:
    return counting.Counts(line["nodes"], line["on_time"], line["late"], line["deferred"], line["overdue"], 0)


def _overseen_year(request: HttpRequest, code: str) -> tuple[Office, list[Cycle], Cycle]:
    """The overseen office of this code, the years it has opened, and the chosen one. Raises NotFound."""
    of = overseeing.overseen_office(visitor(request), code)
    known = Cycle.objects.filter(office=of).exclude(status=Cycle.Status.DRAFT).order_by("-year")
    cycles = list(known)
    if not cycles:
        raise NotFound(_("“%(office)s” has opened no year yet.") % {"office": of})
    year = _year(request, [one.year for one in cycles])
    cycle = next(one for one in cycles if one.year == year)
    cycle.office = of
    return of, cycles, cycle


@require_safe
def document(request: HttpRequest, code: str, filing_id: int) -> FileResponse:
    """The very file that was handed in. Raises WrongState when that is not what is stored any more."""
    user = visitor(request)
    of = overseeing.overseen_office(user, code)
    assert user.office is not None
    filing = filings.received_round(user.office, of, filing_id)
    if filing is None:
        raise NotFound(_("There is no such summary that was handed in."))
    if not filings.is_what_was_signed(filing):
        raise WrongState(_("The stored file is missing or not the one that was signed."))
    file = filing.sign_off.file
    assert file is not None
    return attachment_response(file)


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, code: str) -> HttpResponse:
    """Receive or return the round that the page showed; a second click finds it done."""
    of, cycles, cycle = _overseen_year(request, code)
    if request.method != "POST":
        return redirect(_address(of, cycle))
    user, form, outcome = visitor(request), DecideFilingForm(request.POST), request.POST.get("outcome", "")
    if not form.is_valid():
        return _page(request, of, cycles, cycle, status=422, form=form)
    try:
        handing_in.decide_filing(
            actor=user,
            filing_id=_filing_id(request),
            outcome=outcome,
            opinion=form.cleaned_data["opinion"],
        )
    except Conflict as conflict:
        if conflict.decided_by != user or conflict.outcome != outcome:
            raise
    except Invalid as refusal:
        form.add_refusal(refusal)
        return _page(request, of, cycles, cycle, status=422, form=form)
    else:
        messages.success(request, _done(outcome) % {"office": of})
    return redirect(_address(of, cycle))


def _done(outcome: str) -> str:
    if outcome == handing_in.RECEIVE:
        return _("The summary of %(office)s is received.")
    return _("The summary is returned to %(office)s.")


@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: HttpRequest, code: str) -> HttpResponse:
    of, cycles, cycle = _overseen_year(request, code)
    if request.method != "POST":
        return redirect(_address(of, cycle))
    form = FilingCommentForm(request.POST)
    form.is_valid()
    try:
        handing_in.say_about_filing(
            actor=visitor(request),
            filing_id=_filing_id(request),
            text=form.cleaned_data.get("comment", ""),
        )
    except Invalid as refusal:
        form.add_refusal(refusal)
        return _page(request, of, cycles, cycle, status=422, comment_form=form)
    return redirect(f"{_address(of, cycle)}#rounds")


def _filing_id(request: HttpRequest) -> int:
    return whole_number(request.POST.get("filing", "")) or 0


def _address(of: Office, cycle: Cycle) -> str:
    return with_year(reverse("province-office", args=[of.code]), cycle.year)
