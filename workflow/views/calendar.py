"""The working-day calendar: a year as it stands, and the office's own days in it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from workflow.calendar_lines import read_lines
from workflow.calendar_year import year_of
from workflow.forms import DayField, ServiceForm, long_text
from workflow.models import CalendarDay, Office
from workflow.permissions import allows
from workflow.refusals import Invalid, NotFound
from workflow.second_click import harmless_twice
from workflow.services.calendar_days import YEARS, DayDraft, remove_day, set_days
from workflow.visiting import admitted, own_office, visitor, whole_number

KINDS = [("rest", gettext_lazy("day off")), ("work", gettext_lazy("working day"))]


class DayForm(ServiceForm):
    day = DayField(label=gettext_lazy("Day"))
    kind = forms.ChoiceField(label=gettext_lazy("It is a"), choices=KINDS, required=False)
    name = forms.CharField(label=gettext_lazy("Name of the day"), required=False)
    source = forms.CharField(label=gettext_lazy("Document number of the notice"), required=False)

    def drafts(self) -> list[DayDraft]:
        given = self.cleaned_data
        if given["day"] is None:
            raise Invalid({"day": [_("Say which day.")]})
        return [DayDraft(given["day"], given["kind"] == "work", given["name"], given["source"])]


class PasteForm(ServiceForm):
    lines = forms.CharField(
        label=gettext_lazy("Lines"),
        required=False,
        widget=long_text(6),
        help_text=gettext_lazy(
            "A day or a span of days a line: “2027-02-05至2027-02-11 休 春节 国办发明电〔2026〕7号”."
        ),
    )

    def drafts(self) -> list[DayDraft]:
        return read_lines(self.cleaned_data["lines"], field="lines")

    def add_refusal(self, refusal: Invalid) -> None:
        """Whatever is wrong is wrong with the lines."""
        said = [message for messages_of in refusal.errors.values() for message in messages_of]
        super().add_refusal(Invalid({"lines": said}))


@require_safe
def days(request: HttpRequest) -> HttpResponse:
    office, _user = admitted(request, "workflow.see_settings")
    year = _year(request, office)
    chosen = _own_day(office, request.GET.get("day", ""))
    return _page(
        request, office, chosen.day.year if chosen else year, day_form=DayForm(initial=_first(chosen))
    )


@require_POST
def set_day(request: HttpRequest) -> HttpResponse:
    return _set(request, DayForm(request.POST), "day_form")


@require_POST
def paste(request: HttpRequest) -> HttpResponse:
    return _set(request, PasteForm(request.POST), "paste_form")


@require_POST
def remove(request: HttpRequest, day: str) -> HttpResponse:
    office, user = own_office(request), visitor(request)
    named = _date(day)
    with harmless_twice(user, office, "calendar.changed", refusal=NotFound, after=[]):
        remove_day(actor=user, office=office, day=named)
    messages.success(request, _("%(day)s is again as published.") % {"day": named})
    return redirect(_address(named.year))


def _set(request: HttpRequest, form: Any, name: str) -> HttpResponse:
    office, user = admitted(request, "workflow.manage_settings")
    if form.is_valid():
        try:
            drafts = form.drafts()
            changed = set_days(actor=user, office=office, days=drafts)
        except Invalid as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _said(changed))
            return redirect(_address(min(one.day for one in drafts).year))
    return _page(request, office, _year(request, office), **{name: form})


def _said(changed: int) -> str:
    if not changed:
        return _("These days stand so already.")
    words = ngettext(
        "%(count)d day is set; reminders are counted by it from now on.",
        "%(count)d days are set; reminders are counted by them from now on.",
        changed,
    )
    return words % {"count": changed}


def _page(request: HttpRequest, office: Office, year: int, **forms_of: Any) -> HttpResponse:
    facts = {
        "year": year_of(office, year, office.day(timezone.now())),
        "previous": year - 1 if year - 1 in YEARS else None,
        "next": year + 1 if year + 1 in YEARS else None,
        "may_change": allows(visitor(request), "workflow.manage_settings", office),
        "day_form": DayForm(),
        "paste_form": PasteForm(),
        **forms_of,
    }
    wrong = any(form.errors for form in (facts["day_form"], facts["paste_form"]))
    return render(request, "workflow/calendar.html", facts, status=422 if wrong else 200)


def _year(request: HttpRequest, office: Office) -> int:
    said = request.GET.get("year", "")
    if not said:
        return office.day(timezone.now()).year
    year = whole_number(said)
    if year is None or year not in YEARS:
        raise NotFound(_("There is no such year."))
    return year


def _own_day(office: Office, said: str) -> CalendarDay | None:
    """The own day that is to be changed."""
    return CalendarDay.objects.filter(office=office, day=_date(said)).first() if said else None


def _date(said: str) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise NotFound(_("There is no such day.")) from error


def _first(row: CalendarDay | None) -> dict[str, Any]:
    if row is None:
        return {}
    kind = "work" if row.is_workday else "rest"
    return {"day": row.day, "kind": kind, "name": row.name, "source": row.source}


def _address(year: int) -> str:
    return f"{reverse('settings-calendar')}?year={year}"
