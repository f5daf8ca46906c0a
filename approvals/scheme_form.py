"""A scoring scheme as a form: general rules, exceptions, bonus and deductions, grades."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from pydantic import ValidationError as Malformed

from approvals.scores.scheme import Band, ItemRule, Named, Scheme, Special
from approvals.scores.wording import plain
from workflow.forms import ServiceForm, long_text
from workflow.models import PostKind
from workflow.refusals import Invalid

BANDS, SPECIALS = 6, 3
RANGE = re.compile(r"([0-9]{1,6})(?:\s*[-–—~～至]\s*([0-9]{1,6}))?")
WIDEST = 2000  # numbers that one range may name
LONGEST = 80  # characters of a line
LINE = re.compile(r"(.+?)[\s,，:：]+([0-9]+(?:\.[0-9]+)?)\s*分?")


def number(label: Any, most: int = 100, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_value=most, decimal_places=2, **more)


def choice(label: Any, **choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices.items()))


class RuleForm(ServiceForm):
    """How an item is scored."""

    completion = choice(
        _("Points for completion"),
        full=_("all when done, none otherwise"),
        proportional=_("in proportion, from a threshold on"),
    )
    threshold = number(_("Threshold (%)"), help_text=_("Less than this gets nothing."))
    over_cap = number(_("Over-fulfilment at most (%)"), help_text=_("Beyond the base points; 0 for none."))
    lateness = choice(
        _("What is late"),
        day_rate=_("loses points by the day, until nothing is left"),
        share=_("keeps a share of its points"),
        none=_("loses nothing"),
    )
    day_rate = number(_("A day costs"), 100_000)
    day_rate_in = choice(_("counted in"), percent=_("percent of the base points"), points=_("points"))
    days = choice(_("Days are"), working=_("working days"), calendar=_("calendar days"))
    late_share = number(_("Share that is kept (%)"))
    undone_is_zero = forms.BooleanField(
        label=_("What the year ends without gets nothing"),
        required=False,
        help_text=_("Otherwise it counts as late up to 31 December, with what is recorded as done."),
    )

    def rule(self) -> ItemRule:
        return ItemRule(**{name: self.cleaned_data[name] for name in ItemRule.model_fields})


class SpecialForm(RuleForm):
    """Nodes with a rule of their own."""

    name = forms.CharField(label=_("Name of the rule"), required=False, max_length=40)
    level1 = forms.ChoiceField(label=_("For a level-1 indicator"), required=False)
    numbers = forms.CharField(
        label=_("or for nodes with these numbers"), required=False, max_length=500,
        help_text=_("Such as 12、15-18."),
    )  # fmt: skip

    def __init__(self, *args: Any, level1s: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level1"].choices = [("", gettext("none")), *((one, one) for one in level1s)]  # type: ignore[attr-defined]

    @property
    def blank(self) -> bool:
        return not any(self[name].value() for name in ("name", "level1", "numbers"))

    def clean_numbers(self) -> tuple[int, ...]:
        return numbers_in(self.cleaned_data["numbers"])

    def special(self) -> Special:
        given = self.cleaned_data
        return Special(name=given["name"], level1=given["level1"], numbers=given["numbers"], rule=self.rule())


class BandForm(ServiceForm):
    """One grade, from a score on up to another that is not included."""

    name = forms.CharField(label=_("Grade"), required=False, max_length=20)
    lower = forms.DecimalField(label=_("from"), required=False, min_value=0, decimal_places=2)
    upper = forms.DecimalField(label=_("up to"), required=False, min_value=0, decimal_places=2)

    @property
    def blank(self) -> bool:
        return not any(self[name].value() not in (None, "") for name in self.fields)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and (given["lower"] is None or given["upper"] is None):
            self.add_error(None, gettext("Give both bounds."))
        return given

    def band(self) -> Band:
        return Band(**self.cleaned_data)


class GeneralForm(ServiceForm):
    points_from = choice(
        _("Points of a node"),
        node=_("its own weight in the catalogue"),
        indicator=_("its part of its indicator's weight"),
        equal=_("the same for each node"),
    )
    points_without_weight = number(_("Points where no weight is named"), 100_000)
    full = number(
        _("Full marks"), 100_000, help_text=_("What nodes got of what they could, counted as this.")
    )
    late_requests_count = forms.BooleanField(
        label=_("Deferrals asked for after the deadline count, too"), required=False
    )
    carried_over = choice(
        _("Deferred beyond the year"),
        percent=_("gets a share of its points"),
        completion=_("gets points for what is recorded as done"),
        left_out=_("is left out of what can be got"),
    )
    carried_over_percent = number(_("Share that it gets (%)"))
    bonus_levels = forms.CharField(
        label=_("Levels of bonus"), required=False, max_length=2000, widget=long_text(4),
        help_text=_("One a line, the highest first: its name and its points."),
    )  # fmt: skip
    bonus_item_cap = number(_("Bonus for one matter at most"), 100_000)
    bonus_division_cap = number(_("Bonus of a division at most"), 100_000)
    bonus_office_cap = number(_("Bonus of the office at most"), 100_000)
    deductions = forms.CharField(
        label=_("Kinds of deduction"), required=False, max_length=2000, widget=long_text(4),
        help_text=_("One a line: its name and its points."),
    )  # fmt: skip
    deduction_cap = number(
        _("Deductions at most"), 100_000, required=False, help_text=_("Leave it empty for no limit.")
    )
    appeal_working_days = forms.IntegerField(
        label=_("Appeals are taken for"), min_value=1, max_value=60,
        help_text=_("Working days from the day on which the scores are published."),
    )  # fmt: skip
    appeal_decider = choice(
        _("Appeals are decided by"),
        **{str(kind): kind.label for kind in (PostKind.HEAD_OF_UNIT, PostKind.LEADER_IN_CHARGE)},
    )
    why = forms.CharField(
        label=_("Reason of the change"), required=False, widget=long_text(2),
        help_text=_("It stands in the history, with your name."),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_bonus_levels(self) -> tuple[Named, ...]:
        return named_in(self.cleaned_data["bonus_levels"])

    def clean_deductions(self) -> tuple[Named, ...]:
        return named_in(self.cleaned_data["deductions"])


class SchemeForm:
    """All the forms of a scheme together; `data` None shows the scheme as it is."""

    def __init__(self, scheme: Scheme, level1s: Sequence[str], seen: int, data: Any = None) -> None:
        known = {one.level1 for one in scheme.exceptions if one.level1}
        names = [*level1s, *sorted(known - set(level1s))]
        self.general = GeneralForm(data, initial=_initial(scheme) | {"seen": seen})
        self.rule = RuleForm(data, prefix="rule", initial=scheme.rule.model_dump())
        self.specials = [
            SpecialForm(data, prefix=f"special{row}", level1s=names, initial=_special(scheme, row))
            for row in range(max(SPECIALS, len(scheme.exceptions)))
        ]
        self.bands = [
            BandForm(data, prefix=f"band{row}", initial=_band(scheme, row))
            for row in range(max(BANDS, len(scheme.bands)))
        ]

    @property
    def errors(self) -> bool:
        return any(form.errors for form in self._used)

    @property
    def _used(self) -> list[ServiceForm]:
        specials = [form for form in self.specials if not form.blank]
        return [self.general, self.rule, *specials, *(form for form in self.bands if not form.blank)]

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self._used)

    def scheme(self) -> Scheme:
        """The scheme that was typed. Raises Invalid for what cannot be one at all."""
        given = {name: self.general.cleaned_data[name] for name in _own_fields()}
        try:
            return Scheme(
                **given,
                rule=self.rule.rule(),
                exceptions=tuple(form.special() for form in self.specials if not form.blank),
                bands=tuple(form.band() for form in self.bands if not form.blank),
            )
        except Malformed as error:
            raise Invalid(gettext("One of the numbers is out of all bounds.")) from error

    def add_refusal(self, refusal: Invalid) -> None:
        """Put the words beside the fields of the rows that they are about."""
        rows: dict[str, list[Any]] = {
            "bands": [form for form in self.bands if not form.blank],
            "exceptions": [form for form in self.specials if not form.blank],
        }
        for field, words in refusal.errors.items():
            form, name = self._place(field.split("."), rows)
            form.add_error(name if name in form.fields else None, list(words))

    def _place(self, path: list[str], rows: dict[str, list[Any]]) -> tuple[ServiceForm, str]:
        if path[0] in rows:
            places = rows[path[0]]
            if len(path) > 1 and int(path[1]) < len(places):
                return places[int(path[1])], path[-1]
            return self.bands[0], ""
        return (self.rule, path[-1]) if path[0] == "rule" else (self.general, path[0])


def _own_fields() -> list[str]:
    return [name for name in Scheme.model_fields if name in GeneralForm.base_fields]


def _initial(scheme: Scheme) -> dict[str, Any]:
    given = {name: getattr(scheme, name) for name in _own_fields()}
    given |= {name: named_lines(given[name]) for name in ("bonus_levels", "deductions")}
    return {name: _shown(value) for name, value in given.items()}


def _shown(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value


def _special(scheme: Scheme, row: int) -> dict[str, Any]:
    """What a row begins with; an empty one with the general rule."""
    if row >= len(scheme.exceptions):
        return scheme.rule.model_dump()
    one = scheme.exceptions[row]
    numbers = "、".join(map(str, one.numbers))
    return {"name": one.name, "level1": one.level1, "numbers": numbers, **one.rule.model_dump()}


def _band(scheme: Scheme, row: int) -> dict[str, Any]:
    if row >= len(scheme.bands):
        return {}
    return {name: _shown(value) for name, value in scheme.bands[row].model_dump().items()}


def named_lines(named: Sequence[Named]) -> str:
    return "\n".join(f"{one.name} {plain(one.points)}" for one in named)


def named_in(text: str) -> tuple[Named, ...]:
    """Names with points, one a line. Raises ValidationError naming the line that is neither."""
    found = []
    for row, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = LINE.fullmatch(line.strip()) if len(line) <= LONGEST else None
        if parts is None or len(parts[1]) > 40 or len(parts[2]) > 9:
            words = gettext("Line %(row)d: a name, a space and the points, such as “国家级 4”.")
            raise forms.ValidationError(words % {"row": row})
        try:
            found.append(Named(name=parts[1], points=Decimal(parts[2])))
        except Malformed as error:
            raise forms.ValidationError(gettext("One of the numbers is out of all bounds.")) from error
    return tuple(found)


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers that a text names, one by one or as ranges. Raises ValidationError for anything else."""
    found: list[int] = []
    for part in re.split(r"[、,，;；\s]+", text.strip()) if text.strip() else []:
        one = RANGE.fullmatch(part)
        last = int(one[2] or one[1]) if one else 0
        if one is None or not int(one[1]) <= last < int(one[1]) + WIDEST:
            raise forms.ValidationError(gettext("“%(part)s” is no node number.") % {"part": part})
        found += range(int(one[1]), last + 1)
    return tuple(dict.fromkeys(found))
