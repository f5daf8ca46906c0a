"""The audit trail: who did what, when and for whom; and whether it is whole."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from approvals import words
from approvals.trail import areas, audit_lines, lines_of, seal_status
from workflow import audit
from workflow.forms import DayField, FilterForm
from workflow.models import Office, User
from workflow.spreadsheets import workbook_response
from workflow.visiting import admitted

PAGE = 50
EXPORTED = 50_000  # entries at most, in one workbook


class AuditFilter(FilterForm):
    """What the trail is narrowed to."""

    who = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Who"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("About"), required=False)
    since = DayField(label=gettext_lazy("From"))
    until = DayField(label=gettext_lazy("To"))
    q = forms.CharField(label=gettext_lazy("Find"), required=False, max_length=100)

    def __init__(self, data: Any, office: Office) -> None:
        super().__init__(data)
        every = _("all")
        who: Any = self.fields["who"]
        who.queryset, who.empty_label = office.users.order_by("id"), every
        self.fields["area"].choices = [("", every), *areas()]  # type: ignore[attr-defined]
        self.fields["q"].widget.attrs = {"type": "search", "placeholder": _("object or reason")}


@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    office = _readable(request)
    form = AuditFilter(request.GET, office)
    chosen = form.chosen()
    page = Paginator(audit_lines(office, chosen), PAGE).get_page(request.GET.get("page"))
    facts = {
        "form": form,
        "chosen": chosen,
        "page": page,
        "lines": list(lines_of(page.object_list)),
        "seal": seal_status(office),
    }
    return render(request, "approvals/audit.html", facts)


@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """What the filters show, as a workbook."""
    office = _readable(request)
    found = audit_lines(office, AuditFilter(request.GET, office).chosen())[:EXPORTED]
    header = [
        _("Number"),
        _("When"),
        _("Who"),
        _("What"),
        _("About"),
        _("From state"),
        _("To state"),
        _("Reason"),
        _("Sealed"),
    ]
    return workbook_response(f"{office.code}-audit.xlsx", _("Audit trail"), header, _rows(found, office))


def _rows(found: Any, office: Office) -> Iterator[list[Any]]:
    for line in lines_of(found):
        entry = line.entry
        yield [
            entry.pk,
            entry.at.astimezone(office.zone).replace(tzinfo=None),
            line.who,
            line.what,
            entry.subject,
            words.state(entry.from_state),
            words.state(entry.to_state),
            entry.reason,
            _("yes") if entry.seal_id else _("not yet"),
        ]


@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Recompute the office's chain of seals and say what came of it."""
    verdict = audit.verify(_readable(request))
    if verdict.flaws:
        messages.error(request, _("The trail is not whole: %(flaw)s") % {"flaw": verdict.flaws[0]})
    else:
        message = _("The trail is whole: %(entries)d entries, %(seals)d seals.")
        messages.success(request, message % {"entries": verdict.entries, "seals": verdict.seals})
    return redirect("audit")


def _readable(request: HttpRequest) -> Office:
    return admitted(request, "workflow.read_audit")[0]
