"""The forms of the routing: one for a rule, one for the question who would sign."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow.forms import ServiceForm
from workflow.models import Division, Office, PostKind, RoutingRule, User
from workflow.refusals import Invalid
from workflow.routing import Case, Group
from workflow.routing_words import rule_of
from workflow.services.routing_rules import as_data

SIGNING = (
    PostKind.DIVISION_HEAD,
    PostKind.LEADER_IN_CHARGE,
    PostKind.HEAD_OF_UNIT,
    PostKind.PROVINCIAL_LEADER,
    PostKind.PERFORMANCE_OFFICE,
)
STEPS = 5
ANY = gettext_lazy("any")
NEW_DUE = [
    ("", ANY),
    ("within_cycle", gettext_lazy("to a day within the year")),
    ("later_or_none", gettext_lazy("beyond the year or without a date")),
]
LATE = [
    ("", ANY),
    ("false", gettext_lazy("before the deadline")),
    ("true", gettext_lazy("after the deadline")),
]
TOGETHER = [
    ("any_of", gettext_lazy("any one of them signs")),
    ("all_of", gettext_lazy("all of them sign")),
]


def _count(label: Any, *, least: int, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=100_000, required=False, **more)


class RuleForm(ServiceForm):
    """A rule: what must hold, and up to five steps of signatures."""

    new_due = forms.ChoiceField(label=gettext_lazy("The new deadline"), choices=NEW_DUE, required=False)
    days_at_least = _count(gettext_lazy("At least, days"), least=1)
    days_at_most = _count(gettext_lazy("At most, days"), least=1)
    times_deferred = _count(gettext_lazy("Earlier deferrals, exactly"), least=0)
    times_deferred_at_least = _count(gettext_lazy("Earlier deferrals, at least"), least=0)
    late_request = forms.ChoiceField(label=gettext_lazy("Time of the request"), choices=LATE, required=False)
    indicator = _count(gettext_lazy("Number of the third-level indicator"), least=1)
    division = forms.ChoiceField(label=gettext_lazy("Lead division"), required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, office: Office, row: RoutingRule | None = None) -> None:
        super().__init__(data, initial=_initial(row) if row else None)
        names = Division.objects.filter(office=office).values_list("name", flat=True)
        self.fields["division"].choices = [("", ANY), *((n, n) for n in names)]  # type: ignore[attr-defined]
        for number in range(1, STEPS + 1):
            self._add_step(number)

    def _add_step(self, number: int) -> None:
        self.fields[f"step_{number}"] = forms.MultipleChoiceField(
            label=_("Step %(number)d") % {"number": number},
            choices=[(kind.value, kind.label) for kind in SIGNING],
            widget=forms.CheckboxSelectMultiple,
            required=False,
        )
        self.fields[f"together_{number}"] = forms.ChoiceField(
            label=_("Where several are ticked in step %(number)d") % {"number": number},
            choices=TOGETHER,
            initial="any_of",
            required=False,
        )

    def steps(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for number in range(1, STEPS + 1):
            yield self[f"step_{number}"], self[f"together_{number}"]

    def rule(self) -> dict[str, Any]:
        """What was chosen, in the shape of `workflow.routing.Rule`."""
        given = self.cleaned_data
        names = (
            "new_due", "days_at_least", "days_at_most", "times_deferred", "times_deferred_at_least",
            "indicator", "division",
        )  # fmt: skip
        when = {name: given[name] for name in names if given[name] not in ("", None)}
        if given["late_request"]:
            when["late_request"] = given["late_request"] == "true"
        return {"when": when, "sign_off": list(self._signatures())}

    def _signatures(self) -> Iterator[Any]:
        for number in range(1, STEPS + 1):
            kinds = self.cleaned_data[f"step_{number}"]
            if len(kinds) == 1:
                yield kinds[0]
            elif kinds:
                yield {self.cleaned_data[f"together_{number}"] or "any_of": kinds}

    def seen_rule(self) -> dict[str, Any] | None:
        """The rule as it was when the form was opened."""
        try:
            return json.loads(self.cleaned_data["seen"])
        except ValueError:
            return None

    def add_refusal(self, refusal: Invalid) -> None:
        """What is wrong with the signatures stands beside the first step."""
        errors = {"step_1" if name == "sign_off" else name: said for name, said in refusal.errors.items()}
        super().add_refusal(Invalid(errors))


def _initial(row: RoutingRule) -> dict[str, Any]:
    rule = rule_of(row)
    first: dict[str, Any] = {**rule.when.model_dump(), "seen": json.dumps(as_data(row))}
    first["late_request"] = "" if rule.when.late_request is None else str(rule.when.late_request).lower()
    for number, step in enumerate(rule.sign_off, start=1):
        group = step if isinstance(step, Group) else Group(any_of=(step,))
        first[f"step_{number}"] = list(group.any_of or group.all_of)
        first[f"together_{number}"] = "any_of" if group.any_of else "all_of"
    return first


class QuestionForm(ServiceForm):
    """A deferral that nobody has asked for yet: who would sign it?"""

    division = forms.ModelChoiceField(
        Division.objects.none(), label=gettext_lazy("Lead division"), required=False
    )
    new_due = forms.ChoiceField(
        label=gettext_lazy("The new deadline"),
        choices=[
            ("within", gettext_lazy("to a day within the year")),
            ("after", gettext_lazy("to a day after the year")),
            ("none", gettext_lazy("without a new date")),
        ],
        required=False,
    )
    days = _count(gettext_lazy("Days later than the deadline"), least=1)
    times = _count(gettext_lazy("Earlier deferrals"), least=0, initial=0)
    late = forms.BooleanField(label=gettext_lazy("asked after the deadline"), required=False)
    indicator = _count(gettext_lazy("Number of the third-level indicator"), least=1)
    applicant = forms.ModelChoiceField(User.objects.none(), label=gettext_lazy("Applicant"), required=False)

    def __init__(self, data: Any, *, office: Office) -> None:
        super().__init__(data, initial={"times": 0, "days": 30})
        division: Any = self.fields["division"]
        division.queryset, division.empty_label = Division.objects.filter(office=office), _("choose")
        applicant: Any = self.fields["applicant"]
        applicant.queryset = User.objects.filter(office=office, is_active=True).order_by("id")
        applicant.empty_label = _("somebody without another post")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("division") and "division" not in self.errors:
            self.add_error("division", _("Choose the division that asks."))
        if given.get("new_due") != "none" and not given.get("days") and "days" not in self.errors:
            self.add_error("days", _("Say by how many days."))
        return given

    def case(self, office: Office, on: date) -> Case:
        given = self.cleaned_data
        applicant = given["applicant"]
        return Case(
            office=office,
            division=given["division"],
            indicator=given["indicator"] or 0,
            within_cycle=given["new_due"] in ("", "within"),
            days=None if given["new_due"] == "none" else given["days"],
            times_deferred=given["times"] or 0,
            late_request=given["late"],
            parties=frozenset([applicant.pk] if applicant else []),
            on=on,
        )
