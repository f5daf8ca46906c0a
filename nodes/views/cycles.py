"""The office's years: draft, open, close, and roll over to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from nodes.lessons import proposals
from nodes.lessons.calibration import Suggestion
from nodes.lessons.offers import Offer, offers
from nodes.models import Cycle, WorkNode
from nodes.selectors import cycle_of
from nodes.services import rolling_over
from nodes.services.cycles import YEARS, close_cycle, create_cycle, open_cycle
from nodes.year_figures import not_done, years
from workflow.forms import DayField, ServiceForm
from workflow.models import Office, User
from workflow.refusals import Invalid, WrongState
from workflow.second_click import harmless_twice, said_before
from workflow.visiting import admitted, sent

LISTED = 20


class NewYearForm(ServiceForm):
    year = forms.IntegerField(label=gettext_lazy("New year"), required=False)

    def clean_year(self) -> int:
        year: int | None = self.cleaned_data["year"]
        if year is None:
            raise forms.ValidationError(_("Say which year."))
        return year


class ConfirmForm(ServiceForm):
    confirmed = forms.BooleanField(
        label=gettext_lazy("I have read this; the year is to be closed"), required=False
    )

    def clean_confirmed(self) -> bool:
        if not self.cleaned_data["confirmed"]:
            raise forms.ValidationError(_("Please confirm that the year is to be closed."))
        return True


class RollOverForm(ServiceForm):
    """A tick and a new deadline for each node that is not done, what earlier years propose for it to be
    accepted, and whether the rest is copied, with what is proposed for it by division."""

    copies_rest = forms.BooleanField(
        label=gettext_lazy(
            "Copy the rest of the catalogue too, every date a year later, as a starting draft"
        ),
        required=False,
    )

    def __init__(self, data: Any, nodes: list[WorkNode], proposed: Mapping[int, Suggestion]) -> None:
        super().__init__(data)
        self.nodes, self.proposed = nodes, proposed
        self.offers = offers(proposed)
        for node in nodes:
            self._offer_node(node)
        for offer in self.offers:
            self.fields[f"division_{offer.division_id}"] = forms.BooleanField(
                label=_("Accept what is proposed for %(division)s") % {"division": offer.division},
                required=False,
            )

    def _offer_node(self, node: WorkNode) -> None:
        deferred, number = node.state == "deferred", {"number": node.number}
        self.fields[f"carry_{node.number}"] = forms.BooleanField(
            label=_("Carry node %(number)d over") % number, required=False, initial=deferred
        )
        self.fields[f"deadline_{node.number}"] = DayField(
            label=_("New deadline of node %(number)d") % number,
            initial=rolling_over.agreed_deadline(node) if deferred else None,
        )
        if self.proposed[node.number].day:
            self.fields[f"accept_{node.number}"] = forms.BooleanField(
                label=_("Accept what is proposed for node %(number)d") % number, required=False
            )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for number in self._ticked("accept_"):
            if not given.get(f"carry_{number}"):
                self.add_error(f"accept_{number}", _("Tick the node to be carried over, too."))
        if self._ticked("division_") and not (given.get("copies_rest") or self._left_open()):
            self.add_error("copies_rest", _("What is proposed for divisions is accepted with the copy only."))
        return given

    def _left_open(self) -> list[int]:
        """Numbers of what is carried over by a ticked division, has a proposal and no deadline yet."""
        divisions, given = self._ticked("division_"), self.cleaned_data
        return [
            node.number
            for node in self.nodes
            if node.lead_division_id in divisions
            and f"accept_{node.number}" in self.fields
            and given.get(f"carry_{node.number}")
            and not given.get(f"deadline_{node.number}")
        ]

    def _ticked(self, prefix: str) -> list[int]:
        return [int(name.removeprefix(prefix)) for name in self.fields if self._is_ticked(name, prefix)]

    def _is_ticked(self, name: str, prefix: str) -> bool:
        return name.startswith(prefix) and bool(self.cleaned_data.get(name))

    def lines(self) -> list[Line]:
        return [self._line(node) for node in self.nodes]

    def _line(self, node: WorkNode) -> Line:
        number, accept = node.number, f"accept_{node.number}"
        tick = self[accept] if accept in self.fields else None
        return Line(node, self[f"carry_{number}"], self[f"deadline_{number}"], self.proposed[number], tick)

    def division_lines(self) -> list[tuple[Offer, forms.BoundField]]:
        return [(offer, self[f"division_{offer.division_id}"]) for offer in self.offers]

    def draft(self) -> rolling_over.RollOver:
        given = self.cleaned_data
        chosen: dict[int, date | None] = {
            node.number: given[f"deadline_{node.number}"]
            for node in self.nodes
            if given[f"carry_{node.number}"]
        }
        accepted = {*self._ticked("accept_"), *self._left_open()}
        return rolling_over.RollOver(chosen, given["copies_rest"], accepted, self._ticked("division_"))


@dataclass(frozen=True)
class Line:
    """A node that is not done, with the fields about it; `accept` is None where nothing is proposed."""

    node: WorkNode
    carry: forms.BoundField
    deadline: forms.BoundField
    proposed: Suggestion
    accept: forms.BoundField | None


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    office, _user = _managing(request)
    return _list(request, office, _new_year_form(office))


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    office, user = _managing(request)
    form = NewYearForm(request.POST)
    if form.is_valid():
        year = form.cleaned_data["year"]
        try:
            _create(user, office, year)
        except Invalid as refusal:
            form.add_refusal(refusal)
        except WrongState as refusal:
            form.add_error("year", str(refusal))
        else:
            messages.success(
                request,
                _("The year %(year)d is drafted: import its catalogue, then open it.") % {"year": year},
            )
            return redirect("settings-year")
    return _list(request, office, form)


@require_http_methods(["GET", "HEAD", "POST"])
def open_(request: HttpRequest, year: int) -> HttpResponse:
    """What opening the year means; and opening it."""
    office, user = _managing(request)
    cycle = cycle_of(office, year)
    if request.method == "POST":
        with harmless_twice(user, cycle, "cycle.open"):
            open_cycle(actor=user, cycle=cycle)
        messages.success(request, _("The year %(year)d is open.") % {"year": year})
        return redirect("settings-year")
    facts = {"cycle": years(office).get(pk=cycle.pk), "opening": True}
    return render(request, "nodes/settings/year_move.html", facts)


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, year: int) -> HttpResponse:
    """What closing the year means; and closing it, once that was confirmed."""
    office, user = _managing(request)
    cycle = cycle_of(office, year)
    form = ConfirmForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with harmless_twice(user, cycle, "cycle.closed"):
            close_cycle(actor=user, cycle=cycle)
        messages.success(request, _("The year %(year)d is closed; it can be opened again.") % {"year": year})
        return redirect("settings-year")
    left = not_done(cycle)
    left_count = left.count()
    facts = {
        "cycle": years(office).get(pk=cycle.pk),
        "form": form,
        "left": left[:LISTED],
        "left_count": left_count,
        "unlisted": max(left_count - LISTED, 0),
    }
    return render(request, "nodes/settings/year_move.html", facts, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def roll_over(request: HttpRequest, year: int) -> HttpResponse:
    """What would go along to the next year; and taking it along."""
    office, user = _managing(request)
    cycle = cycle_of(office, year)
    nodes = rolling_over.unfinished(cycle)
    form = RollOverForm(sent(request), nodes, proposals.for_next_year(cycle))
    if request.method == "POST" and form.is_valid():
        try:
            return _rolled_over(request, user, cycle, form)
        except Invalid as refusal:
            form.add_refusal(refusal)
    following = Cycle.objects.filter(office=office, year=year + 1).first()
    facts = {
        "cycle": cycle,
        "form": form,
        "done": rolling_over.rolled_over(cycle),
        "following": following,
        "next_year": year + 1,
        "rest": cycle.nodes.count() - len(nodes),
    }
    return render(request, "nodes/settings/roll_over.html", facts, status=422 if form.errors else 200)


def _rolled_over(request: HttpRequest, user: User, cycle: Cycle, form: RollOverForm) -> HttpResponse:
    draft = form.draft()
    try:
        rolling_over.roll_over(actor=user, cycle=cycle, draft=draft)
    except WrongState:
        done = rolling_over.rolled_over(cycle)
        if done is None or done.actor_id != user.pk:
            raise
        messages.info(request, _("%(year)d is rolled over already.") % {"year": cycle.year})
    else:
        messages.success(
            request,
            _("%(next)d is drafted with %(count)d nodes carried over; %(year)d stays as it is.")
            % {"next": cycle.year + 1, "year": cycle.year, "count": len(draft.deadlines)},
        )
    return redirect("settings-year")


def _list(request: HttpRequest, office: Office, form: NewYearForm) -> HttpResponse:
    facts = {"years": list(years(office)), "form": form}
    return render(request, "nodes/settings/years.html", facts, status=422 if form.errors else 200)


def _new_year_form(office: Office) -> NewYearForm:
    newest = Cycle.objects.filter(office=office).order_by("-year").values_list("year", flat=True).first()
    expected = newest + 1 if newest else office.day(timezone.now()).year
    return NewYearForm(initial={"year": expected if expected in YEARS else None})


def _create(user: User, office: Office, year: int) -> None:
    try:
        create_cycle(actor=user, office=office, year=year)
    except WrongState:
        if not said_before(user, cycle_of(office, year), "cycle.created"):
            raise


def _managing(request: HttpRequest) -> tuple[Office, User]:
    return admitted(request, "nodes.manage_catalogue")
