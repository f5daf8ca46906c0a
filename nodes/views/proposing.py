"""What earlier years propose for the deadlines of a drafted year, and accepting it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, TextChoices
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods

from nodes.lessons import proposals
from nodes.lessons.calibration import Suggestion, Verdict
from nodes.models import Cycle, DeadlineProposal, State, WorkNode
from nodes.selectors import cycle_of
from nodes.services.proposing import accept_deadlines, restore_deadline
from workflow.calendar import WorkingDays
from workflow.forms import FilterForm, ServiceForm
from workflow.models import User
from workflow.refusals import Invalid
from workflow.visiting import admitted, sent, whole_number

PAGE = 60


class Show(TextChoices):
    OPEN = "open", gettext_lazy("to be decided")
    TIGHT = "tight", Verdict.TIGHT.label
    LOOSE = "loose", Verdict.LOOSE.label
    FITS = "fits", Verdict.FITS.label
    UNKNOWN = "unknown", Verdict.UNKNOWN.label
    ACCEPTED = "accepted", pgettext_lazy("proposal", "accepted")


@dataclass(frozen=True)
class Line:
    """A node of the draft, what is proposed for it, and what was accepted before."""

    node: WorkNode
    proposed: Suggestion
    accepted: DeadlineProposal | None

    @property
    def open(self) -> bool:
        """Whether it can still be accepted and would change something."""
        planned = self.node.state == State.PLANNED
        return planned and self.proposed.day not in (None, self.node.baseline_deadline) and not self.accepted

    def shown_in(self, show: str) -> bool:
        match show:
            case Show.OPEN:
                return self.open
            case Show.ACCEPTED:
                return self.accepted is not None
            case _:
                return self.proposed.verdict == show and not self.accepted


class ProposalFilter(FilterForm):
    show = forms.ChoiceField(choices=Show.choices, required=False, widget=forms.HiddenInput)
    division = forms.ChoiceField(label=gettext_lazy("Lead division"), required=False)

    def __init__(self, data: Any, lines: Iterable[Line]) -> None:
        super().__init__(data)
        divisions = {line.node.lead_division_id: line.node.lead_division for line in lines}
        known = sorted(divisions.values(), key=lambda one: (one.position, one.pk))
        choices = [("", _("all")), *((str(one.pk), one.name) for one in known)]
        self.fields["division"].choices = choices  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def deadlines(request: HttpRequest, year: int) -> HttpResponse:
    """The proposals, narrowed as the address says; and accepting some, a division's or all of them."""
    office, user = admitted(request, "nodes.manage_catalogue")
    cycle = cycle_of(office, year)
    if (number := whole_number(request.POST.get("restore", ""))) is not None:
        return _restore(request, user, cycle, number)
    asked = _asked(request, cycle)
    form = ServiceForm(sent(request))
    if request.method == "POST":
        try:
            chosen = _accepted(request.POST, asked.found)
            said = _said(accept_deadlines(actor=user, cycle=cycle, chosen=chosen))
        except Invalid as refusal:
            form.full_clean()
            form.add_refusal(refusal)
        else:
            messages.success(request, said)
            return redirect(request.get_full_path())
    facts = {
        "cycle": cycle,
        "form": form,
        "filter": asked.form,
        "show": asked.show,
        "counts": [(one, sum(line.shown_in(one) for line in asked.inside)) for one in Show],
        "page": Paginator(asked.found, PAGE).get_page(request.GET.get("page")),
        "open_count": sum(line.open for line in asked.found),
        "provisional": WorkingDays().is_provisional(date(year, 1, 1)),
        "drafted": cycle.status == Cycle.Status.DRAFT,
    }
    return render(request, "nodes/settings/deadlines.html", facts, status=422 if form.errors else 200)


def _restore(request: HttpRequest, user: User, cycle: Cycle, number: int) -> HttpResponse:
    if restore_deadline(actor=user, cycle=cycle, number=number):
        messages.success(request, _("Node %(number)d has its former deadline again.") % {"number": number})
    return redirect(request.get_full_path())


@dataclass(frozen=True)
class Asked:
    """The draft's lines as the address asks for them: `inside` the division, `found` as `show` says."""

    form: ProposalFilter
    show: str
    inside: list[Line]
    found: list[Line]


def _asked(request: HttpRequest, cycle: Cycle) -> Asked:
    lines = _lines(cycle)
    form = ProposalFilter(request.GET, lines)
    chosen = form.chosen()
    show, division = chosen.get("show", Show.OPEN.value), chosen.get("division", "")
    inside = [line for line in lines if division in ("", str(line.node.lead_division_id))]
    return Asked(form, show, inside, [line for line in inside if line.shown_in(show)])


def _lines(cycle: Cycle) -> list[Line]:
    proposed = proposals.for_draft(cycle)
    nodes = WorkNode.objects.filter(cycle=cycle).select_related("lead_division").order_by("number")
    kept = DeadlineProposal.objects.filter(node__cycle=cycle).select_related("accepted_by")
    accepted = {one.node_id: one for one in kept.filter(suggested=F("node__baseline_deadline"))}
    for node in nodes:
        node.cycle = cycle
    return [Line(node, proposed[node.number], accepted.get(node.pk)) for node in nodes]


def _accepted(typed: QueryDict, found: Iterable[Line]) -> dict[int, date | None]:
    """The numbers ticked with the days shown beside them, or all that can be decided of what is shown."""
    if "all" in typed:
        return {line.node.number: line.proposed.day for line in found if line.open}
    ticked = [text.partition(":") for text in typed.getlist("accept")]
    days = {whole_number(number): _day(day) for number, _colon, day in ticked}
    return {number: day for number, day in days.items() if number is not None}


def _day(text: str) -> date:
    """The day that was shown; what is no day never equals one."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _said(accepted: int) -> str:
    if not accepted:
        return _("These had been accepted already.")
    return _("%(count)d proposed deadlines accepted.") % {"count": accepted}
