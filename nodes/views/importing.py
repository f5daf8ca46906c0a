"""Importing the catalogue: upload, look at every change, take it over; or take the current one away."""

from __future__ import annotations

from collections import Counter
from io import BytesIO
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nodes.catalogue import Catalogue, read_catalogue
from nodes.catalogue.reader import MAX_BYTES
from nodes.catalogue.writing import HEADER, example
from nodes.catalogue_changes import RowReport, What
from nodes.exports import current_catalogue
from nodes.models import Cycle
from nodes.selectors import cycle_of
from nodes.services.catalogue import ChangedSince, Outcome, import_catalogue, preview_catalogue
from nodes.services.staging import Staged, discard, stage, staged
from workflow.forms import ServiceForm
from workflow.models import Division, Office, User
from workflow.refusals import Invalid
from workflow.second_click import said_before
from workflow.spreadsheets import workbook_response
from workflow.visiting import admitted, whole_number

PAGE = 100
MISSING, WRONG = "missing", "wrong"


class UploadForm(ServiceForm):
    """A workbook or a table, and the year it is for."""

    year = forms.ModelChoiceField(
        Cycle.objects.none(), label=gettext_lazy("Year"), required=False, empty_label=None
    )
    file = forms.FileField(
        label=gettext_lazy("Workbook or table"),
        required=False,
        help_text=gettext_lazy(".xlsx or .csv, at most 20 MB. You see every change before anything is kept."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, office: Office, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year: Any = self.fields["year"]
        year.queryset = (
            Cycle.objects.filter(office=office).exclude(status=Cycle.Status.CLOSED).order_by("-year")
        )
        year.label_from_instance = lambda cycle: f"{cycle.year}（{cycle.get_status_display()}）"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("year") and "year" not in self.errors:
            self.add_error("year", _("Choose a year that is not closed."))
        if not given.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose the file of the catalogue."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    office, user = _managing(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, office=office, initial=_chosen(request, office))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        kept = stage(user, given["file"].name, given["file"].read(MAX_BYTES + 1))
        return redirect("settings-import-preview", given["year"].year, kept.sha256)
    cycles = list(Cycle.objects.filter(office=office).order_by("-year"))
    facts = {"form": form, "cycles": cycles, "files_lost": bool(request.FILES)}
    return render(request, "nodes/settings/import.html", facts, status=422 if form.errors else 200)


@require_safe
def preview(request: HttpRequest, year: int, sha256: str) -> HttpResponse:
    office, user = _managing(request)
    cycle, kept = cycle_of(office, year), staged(user, sha256)
    if kept is None:
        return _expired(request)
    outcome = _preview(office, user, year, kept)
    facts = {"cycle": cycle, "staged": kept, "outcome": outcome, **_shown(request, outcome)}
    if facts["show"] == MISSING:
        facts["kept_nodes"] = cycle.nodes.filter(number__in=list(facts["page"])).select_related(
            "lead_division"
        )
    return render(request, "nodes/settings/import_preview.html", facts)


@require_POST
def apply(request: HttpRequest, year: int, sha256: str) -> HttpResponse:
    office, user = _managing(request)
    cycle_of(office, year)
    kept = staged(user, sha256)
    if kept is None:
        return _done_or_expired(request, office, user, sha256)
    try:
        outcome = import_catalogue(
            actor=user,
            office=office,
            year=year,
            catalogue=_read(office, year, kept),
            seen=request.POST.get("seen", ""),
            source={"file": kept.name, "sha256": kept.sha256},
        )
    except (ChangedSince, Invalid) as refusal:
        return _look_again(request, office, user, year, kept, refusal)
    discard(kept)
    messages.success(request, _imported(outcome, year))
    return redirect("settings-import")


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """An empty catalogue with one example."""
    office, _user = _managing(request)
    cycle = Cycle.objects.filter(office=office).order_by("-year").first()
    division = Division.objects.filter(office=office).first()
    row = example(cycle.year if cycle else 2026, division.name if division else "")
    return workbook_response("节点目录模板.xlsx", "节点目录", HEADER, [row])


@require_safe
def current(request: HttpRequest, year: int) -> HttpResponse:
    """The year's catalogue, which can be imported again."""
    office, _user = _managing(request)
    header, rows = current_catalogue(cycle_of(office, year))
    return workbook_response(f"节点目录-{year}.xlsx", "节点目录", header, rows)


def _managing(request: HttpRequest) -> tuple[Office, User]:
    return admitted(request, "nodes.manage_catalogue")


def _chosen(request: HttpRequest, office: Office) -> dict[str, Any]:
    year = whole_number(request.GET.get("year", ""))
    return {"year": Cycle.objects.filter(office=office, year=year).first()} if year else {}


def _read(office: Office, year: int, kept: Staged) -> Catalogue:
    divisions = list(Division.objects.filter(office=office).values_list("name", flat=True))
    content = BytesIO(kept.path.read_bytes())
    return read_catalogue(content, filename=kept.name, year=year, known_divisions=divisions)


def _preview(office: Office, user: User, year: int, kept: Staged) -> Outcome:
    catalogue = _read(office, year, kept)
    return preview_catalogue(actor=user, office=office, year=year, catalogue=catalogue)


def _shown(request: HttpRequest, outcome: Outcome) -> dict[str, Any]:
    """The rows of one kind, or all that matter; and how many there are of each."""
    counts = Counter(report.what for report in outcome.rows)
    missing = [] if outcome.problems else outcome.missing
    kinds = [(what.value, str(what.label), counts[what]) for what in What if counts[what]]
    kinds += [(MISSING, _("not in the file, kept"), len(missing))] if missing else []
    kinds += [(WRONG, _("wrong"), len(outcome.problems))] if outcome.problems else []
    names = [name for name, _label, _count in kinds]
    show = request.GET.get("show", "")
    show = show if show in names else WRONG if outcome.problems else ""
    rows = sorted((one for one in outcome.rows if show in ("", one.what)), key=_weight)
    listed: list[Any] = outcome.problems if show == WRONG else missing if show == MISSING else rows
    return {
        "kinds": kinds,
        "show": show,
        "page": Paginator(listed, PAGE).get_page(request.GET.get("page")),
        "count": len(outcome.created) + len(outcome.updated),
        "may_import": not outcome.problems and (outcome.created or outcome.updated),
        "all_rows": len(outcome.rows),
    }


def _weight(report: RowReport) -> int:
    """What changes something comes first, otherwise the file's own order stays."""
    return list(What).index(report.what)


def _expired(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request, _("The preview is gone: it is kept for two hours. Please upload the file again.")
    )
    return redirect("settings-import")


def _done_or_expired(request: HttpRequest, office: Office, user: User, sha256: str) -> HttpResponse:
    if not said_before(user, office, "catalogue.imported", sha256=sha256):
        return _expired(request)
    messages.info(request, _("This file is imported already."))
    return redirect("settings-import")


def _look_again(
    request: HttpRequest, office: Office, user: User, year: int, kept: Staged, refusal: Exception
) -> HttpResponse:
    """Nothing was kept: the preview as it is now, and why."""
    if said_before(user, office, "catalogue.imported", sha256=kept.sha256):
        return _done_or_expired(request, office, user, kept.sha256)
    if isinstance(refusal, ChangedSince):
        messages.warning(
            request,
            _("Nothing was imported: the year has changed since the preview. This is what would happen now."),
        )
    return redirect("settings-import-preview", year, kept.sha256)


def _imported(outcome: Outcome, year: int) -> str:
    count = len(outcome.created) + len(outcome.updated)
    words = ngettext(
        "%(count)d node is imported into %(year)d: %(new)d new, %(changed)d changed.",
        "%(count)d nodes are imported into %(year)d: %(new)d new, %(changed)d changed.",
        count,
    )
    return words % {
        "count": count, "year": year, "new": len(outcome.created), "changed": len(outcome.updated)
    }  # fmt: skip
