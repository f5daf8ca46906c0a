"""What a list of nodes can be narrowed to, as it stands in an address, and the name it is kept under."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.light import Light
from nodes.models import Cycle, State
from workflow.forms import FilterForm, ServiceForm
from workflow.models import Division, Office

# Deadlines that no month of the year holds: left open, or moved beyond it.
NO_MONTH = "later"


class CatalogueFilter(FilterForm):
    """What a list of nodes is narrowed to."""

    light = forms.ChoiceField(choices=Light.choices, required=False, widget=forms.HiddenInput)
    q = forms.CharField(
        label=gettext_lazy("Find"),
        required=False,
        max_length=100,
        widget=forms.TextInput({"type": "search"}),
    )
    division = forms.ChoiceField(label=gettext_lazy("Lead division"), required=False)
    leader = forms.ChoiceField(label=gettext_lazy("Leader in charge"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    month = forms.ChoiceField(label=gettext_lazy("Due in"), required=False)

    def __init__(self, data: Any, cycle: Cycle) -> None:
        super().__init__(data)
        divisions = _divisions(cycle.office)
        leaders = {one.leader_in_charge_id: str(one.leader_in_charge) for one in divisions}
        leaders.pop(None, None)
        self._offer("division", [(one.pk, one.name) for one in divisions])
        self._offer("leader", list(leaders.items()))
        self._offer("state", State.choices)
        self._offer("month", _months(cycle.year))
        self.fields["q"].widget.attrs |= {
            "placeholder": _("number, title or indicator"),
            "data-keys-filter": True,
            "aria-keyshortcuts": "f",
        }

    def _offer(self, name: str, choices: Any) -> None:
        self.fields[name].choices = [("", _("all")), *choices]  # type: ignore[attr-defined]

    def query(self) -> str:
        """The valid values as a query string, always in the same order: two equal filters read the same."""
        return urlencode(self.chosen())


def _divisions(office: Office) -> list[Division]:
    return list(Division.objects.filter(office=office).select_related("leader_in_charge"))


def _months(year: int) -> list[tuple[str, str]]:
    months = [(str(month), _("month %(month)d") % {"month": month}) for month in range(1, 13)]
    return [*months, (NO_MONTH, _("beyond %(year)d or open") % {"year": year})]


class SavedViewForm(ServiceForm):
    """The name under which a filter is kept."""

    name = forms.CharField(label=gettext_lazy("Name of the view"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="view_%s", **kwargs)
        self.fields["name"].widget.attrs = {"maxlength": 40, "autocomplete": "off"}
