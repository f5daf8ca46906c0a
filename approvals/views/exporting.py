"""Taking a year along: tables, figures, and its evidence as one archive."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from approvals.exports import EXPORTS
from approvals.figures import figures
from approvals.services.archiving import export_evidence, exported_before
from nodes import selectors
from nodes.views.choosing import chosen_cycle, visitor
from workflow.permissions import allows
from workflow.refusals import NotFound
from workflow.spreadsheets import csv_response, workbook_response


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    user, cycle = visitor(request), chosen_cycle(request)
    facts = {
        "cycle": cycle,
        "cycles": selectors.cycles(user),
        "exports": EXPORTS.values(),
        "may_take_evidence": allows(user, "approvals.export_evidence", cycle),
        "before": exported_before(user, cycle),
    }
    return render(request, "approvals/exports.html", facts)


@require_safe
def table(request: HttpRequest, name: str, ending: str) -> HttpResponse:
    """One table of the year, as a workbook or as CSV."""
    export, cycle = EXPORTS.get(name), chosen_cycle(request)
    if export is None:
        raise NotFound(_("There is no such table."))
    header, rows = export.table(visitor(request), cycle)
    filename = f"{cycle.office} {cycle.year} {export.title}.{ending}"
    if ending == "csv":
        return csv_response(filename, header, rows)
    return workbook_response(filename, str(export.title), header, rows)


@require_safe
def year_figures(request: HttpRequest) -> HttpResponse:
    """What `manage.py figures` prints."""
    cycle = chosen_cycle(request)
    response = JsonResponse(figures(cycle), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{cycle.office.code}-{cycle.year}-figures.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The archive, sent while it is being packed; who only looks is shown the page with its button."""
    if request.method != "POST":
        return redirect("exports")
    archive = export_evidence(actor=visitor(request), cycle=chosen_cycle(request))
    response = StreamingHttpResponse(archive.chunks(), content_type="application/zip")
    response["Content-Disposition"] = content_disposition_header(True, archive.name) or ""
    response["Cache-Control"] = "private, no-store"
    return response
