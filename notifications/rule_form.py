"""The form of one rule beside the standard rhythm, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from nodes.models import Cycle, Indicator
from notifications.changing_rules import about_rules, with_rule
from notifications.channel_lines import kinds_of
from notifications.models import ChannelKind
from notifications.placeholders import problems
from notifications.plain_words import literal
from notifications.policy_words import EVENTS, RECIPIENTS
from workflow.forms import ServiceForm, long_text
from workflow.models import Division, Office
from workflow.policy import Conditions, ReminderPolicy, Rule
from workflow.refusals import Invalid
from workflow.services.policies import check_policy, version_of

OF_FORM = "rule"  # the id of the form, for the fields that stand outside it
BEFORE, ON_DAY, AFTER = "before", "on_day", "after"
BY_DEADLINE = [
    (BEFORE, gettext_lazy("before the deadline")),
    (ON_DAY, gettext_lazy("on the day of the deadline")),
    (AFTER, gettext_lazy("once overdue")),
]
MOST_DAYS = 250
MOST_INDICATORS = 20
LONGEST_TEXT = 500
LISTED = 400  # indicators that a page offers: more would make it heavy
LEVELS = {
    1: gettext_lazy("Indicators of the first level"),
    2: gettext_lazy("Indicators of the second level"),
    3: gettext_lazy("Indicators of the third level"),
}
GONE = gettext_lazy("Not in this year's catalogue")


@dataclass(frozen=True)
class Boxes:
    """Some of a field's check boxes under one heading; `ticked` of them are."""

    label: Any
    boxes: list[Any]
    ticked: int


def _ticks(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, widget=forms.CheckboxSelectMultiple, required=False, **more)


class RuleForm(ServiceForm):
    """A rule: when, whom, about what, by what and in which words; a condition left empty always holds."""

    name = forms.CharField(
        label=gettext_lazy("Name of the rule"),
        required=False,
        max_length=60,
        help_text=gettext_lazy(
            "For the settings and the ledger, such as “Leaders hear of key projects early”."
        ),
    )
    enabled = forms.BooleanField(label=gettext_lazy("This rule is in use"), required=False)
    when = forms.ChoiceField(
        label=gettext_lazy("When"),
        choices=[
            (gettext_lazy("By the deadline"), BY_DEADLINE),
            (gettext_lazy("When something happens, at once"), list(EVENTS.items())),
        ],
    )
    days = forms.IntegerField(
        label=gettext_lazy("How many working days"), min_value=1, max_value=MOST_DAYS, required=False
    )
    every = forms.IntegerField(
        label=gettext_lazy("From then on again every so many working days"),
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        help_text=gettext_lazy("Empty for once only."),
    )
    to = _ticks(gettext_lazy("Whom"), choices=list(RECIPIENTS.items()))
    divisions = _ticks(gettext_lazy("Lead divisions"))
    indicators = _ticks(gettext_lazy("Indicators"))
    weight = forms.DecimalField(
        label=gettext_lazy("Weight, at least"),
        min_value=Decimal("0.001"),
        max_value=1000,
        max_digits=7,
        decimal_places=3,
        required=False,
        help_text=gettext_lazy("Nodes without a weight are then left out."),
    )
    channels = _ticks(gettext_lazy("Channels"))
    template = forms.CharField(
        label=gettext_lazy("Text"), required=False, max_length=LONGEST_TEXT, widget=long_text(3)
    )
    node = forms.IntegerField(
        label=gettext_lazy("With node number"),
        min_value=1,
        max_value=10**9,
        required=False,
        widget=forms.NumberInput(attrs={"form": OF_FORM}),
    )
    rule = forms.CharField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any, *, office: Office, policy: ReminderPolicy, rule: Rule | str) -> None:
        """`rule` is the one to change, or the name that a new one gets."""
        kept = rule if isinstance(rule, Rule) else None
        self.policy_before, self.kinds = policy, kinds_of(office)
        self.adding = kept is None
        super().__init__(data, initial={**_initial(kept), "seen": version_of(policy)})
        self.named = kept.id if kept else str(rule)
        self.fields["rule"].initial = self.named
        self._gone: dict[str, list[str]] = {}
        only = kept.only if kept else Conditions()
        self._offer("divisions", _divisions(office), only.divisions)
        self._levels = _levels(office)
        self._offer(
            "indicators", [name for names in self._levels.values() for name in names], only.indicators
        )
        channels = [(kind, str(ChannelKind(kind).label)) for kind in self.kinds]
        self._offer("channels", channels, kept.channels if kept else ())

    def _offer(self, name: str, known: Iterable[Any], kept: Iterable[str]) -> None:
        """Let the field choose from what there is, and from what the rule names though it is gone."""
        offered: dict[str, str] = dict(
            one if isinstance(one, tuple) else (one, literal(one)) for one in known
        )
        self._gone[name] = [one for one in kept if one not in offered]
        offered |= {one: literal(one) for one in self._gone[name]}
        self.fields[name].choices = list(offered.items())  # type: ignore[attr-defined]

    @property
    def seen_version(self) -> str:
        """The version of the policy that the page showed."""
        return self.cleaned_data["seen"] or version_of(self.policy_before)

    def indicator_boxes(self) -> Iterator[Boxes]:
        """The check boxes of the indicators, level by level, then those that this year does not have."""
        boxes = {box.data["value"]: box for box in self["indicators"]}
        for level, names in self._levels.items():
            yield _boxes(LEVELS[level], [boxes[name] for name in names])
        if gone := self._gone["indicators"]:
            yield _boxes(GONE, [boxes[name] for name in gone])

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise forms.ValidationError(_("This has to be filled in."))
        return name

    def clean_to(self) -> list[str]:
        if not self.cleaned_data["to"]:
            raise forms.ValidationError(_("Choose whom to tell."))
        return self.cleaned_data["to"]

    def clean_indicators(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["indicators"]
        if len(chosen) > MOST_INDICATORS:
            message = _("At most %(limit)d indicators; choose those of a higher level instead.")
            raise forms.ValidationError(message % {"limit": MOST_INDICATORS})
        return chosen

    def clean_template(self) -> str:
        text: str = self.cleaned_data["template"]
        if wrong := problems(text):
            raise forms.ValidationError(wrong)
        return text

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("when") in (BEFORE, AFTER) and given.get("days") is None and "days" not in self.errors:
            self.add_error("days", _("Say how many working days."))
        return given

    def add_refusal(self, refusal: Invalid) -> None:
        """What is wrong with a field of the rule stands beside the form's."""
        names = {"working_days": "days", "on": "when", "weight_at_least": "weight"}
        super().add_refusal(Invalid({names.get(name, name): said for name, said in refusal.errors.items()}))

    def policy(self) -> ReminderPolicy:
        """The policy with the rule as it was filled in. Raises Invalid where it makes no sense."""
        made = with_rule(self.policy_before, self.made())
        try:
            check_policy(made)  # the names are chosen from what there is; the service asks once more
        except Invalid as refusal:
            raise about_rules(refusal, made, mine=self.named) from refusal
        return made

    def made(self) -> Rule:
        """The rule as it was filled in. Raises Invalid."""
        given = self.cleaned_data
        only = {"indicators": given["indicators"], "divisions": given["divisions"]}
        try:
            return Rule(
                id=self.named,
                name=given["name"],
                enabled=given["enabled"],
                only=Conditions(**only, weight_at_least=given["weight"]),
                to=given["to"],
                channels=given["channels"],
                template=given["template"],
                **_timing(given),
            )
        except ValidationError as error:
            raise Invalid(_("This is not a value that can be asked for.")) from error


def _boxes(label: Any, boxes: list[Any]) -> Boxes:
    return Boxes(label, boxes, sum(bool(box.data["selected"]) for box in boxes))


def _timing(given: dict[str, Any]) -> dict[str, Any]:
    """What `when` means in a rule; numbers that do not belong to it are forgotten."""
    when = given["when"]
    if when in EVENTS:
        return {"on": when}
    days = {BEFORE: -1, ON_DAY: 0, AFTER: 1}[when] * (given["days"] or 0)
    return {"on": "deadline", "working_days": days, "every": given["every"]}


def _initial(rule: Rule | None) -> dict[str, Any]:
    if rule is None:
        return {"enabled": True, "when": BEFORE, "to": ["handler"]}
    days = rule.working_days
    by_deadline = BEFORE if days < 0 else AFTER if days else ON_DAY
    return {
        "name": rule.name,
        "enabled": rule.enabled,
        "when": by_deadline if rule.on == "deadline" else rule.on,
        "days": abs(days) or None,
        "every": rule.every,
        "to": rule.to,
        "divisions": rule.only.divisions,
        "indicators": rule.only.indicators,
        "weight": rule.only.weight_at_least,
        "channels": rule.channels,
        "template": rule.template,
    }


def _divisions(office: Office) -> list[str]:
    return list(Division.objects.filter(office=office).values_list("name", flat=True))


def _levels(office: Office) -> dict[int, list[str]]:
    """The titles of the open years' indicators, each once, level by level."""
    found = Indicator.objects.filter(cycle__office=office, cycle__status=Cycle.Status.OPEN)
    rows = found.order_by("level", "-cycle__year", "position", "id").values_list("level", "title")[:LISTED]
    levels: dict[int, list[str]] = {}
    taken: set[str] = set()
    for level, pairs in groupby(rows, key=lambda row: row[0]):
        titles = dict.fromkeys(title for _level, title in pairs if title not in taken)
        levels[level] = list(titles)
        taken |= set(titles)
    return levels
