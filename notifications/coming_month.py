"""What a policy would send in the coming month, narrowed by rule, channel and day, and folded to a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.forecast import DAYS, Foreseen, ForeseenDay, forecast
from notifications.models import ChannelKind
from notifications.plain_words import literal
from notifications.rule_words import rule_words
from notifications.timing import REMINDERS, own_rule
from workflow.forms import FilterForm
from workflow.models import Office
from workflow.policy import ReminderPolicy, Rule

# A page stays light however much a month holds: so many lines in all, and so many nodes in one.
LINES_A_PAGE = 120
LINES_A_DAY = 4
NODES_A_LINE = 5
STANDARD = {
    "before": gettext_lazy("Before the deadline"),
    "due_day": gettext_lazy("On the day of the deadline"),
    "overdue": gettext_lazy("Once overdue"),
    "escalated": gettext_lazy("Further up when overdue"),
}


@dataclass(frozen=True)
class Told:
    """A person told under a rule of some nodes; `more` of them are left out."""

    person: str
    words: str
    nodes: list[tuple[int, str]]
    more: int


@dataclass(frozen=True)
class MonthDay:
    """A day's reminders: how many, to how many people, and who is told what; `more` lines are left out."""

    day: date
    count: int
    people: int
    lines: list[Told]
    more: int


@dataclass(frozen=True)
class Month:
    """The coming month under a policy; `filter` says what it is narrowed to.

    Beside what is not saved yet the filter is a part of the form with the id `of_form`.
    """

    first: date
    of_form: str
    filter: MonthFilter
    days: list[MonthDay]
    total: int
    narrowed: bool

    @property
    def last(self) -> date:
        return last_day(self.first)


class MonthFilter(FilterForm):
    """By which rule, through which channel, on which day."""

    prefix = "month"

    rule = forms.ChoiceField(label=gettext_lazy("Rule"), required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    day = forms.ChoiceField(label=gettext_lazy("Day"), required=False)

    def __init__(
        self, data: Any, policy: ReminderPolicy, kinds: Sequence[str], first: date, of_form: str
    ) -> None:
        super().__init__(data)
        own = [(rule.id, literal(rule.name)) for rule in policy.rules if can_be_foreseen(rule)]
        fields: Any = self.fields
        fields["rule"].choices = [("", _("all rules")), *STANDARD.items(), *own]
        fields["channel"].choices = [
            ("", _("all channels")),
            *((one, ChannelKind(one).label) for one in kinds),
        ]
        days = [first + timedelta(days=offset) for offset in range(DAYS)]
        fields["day"].choices = [
            ("", _("all days")),
            *((str(day), date_format(day, "m-d l")) for day in days),
        ]
        for field in fields.values() if of_form else ():
            field.widget.attrs["form"] = of_form


def can_be_foreseen(rule: Rule) -> bool:
    """Whether the calendar says when it speaks; what will happen to a node is not known."""
    return rule.enabled and rule.is_timed


def first_day(office: Office) -> date:
    """Tomorrow: what goes out today is on its way."""
    return office.day(timezone.now()) + timedelta(days=1)


def last_day(first: date) -> date:
    return first + timedelta(days=DAYS - 1)


def coming_month(
    office: Office,
    policy: ReminderPolicy,
    asked: Any,
    *,
    kinds: Sequence[str],
    of_form: str = "",
    rule: str = "",
) -> Month:
    """The month from tomorrow on, narrowed as the form data `asked` say; to `rule` where they are silent.

    `kinds` are those of the channels that the office has.
    """
    first = first_day(office)
    given = asked if any(name.startswith("month-") for name in asked) else {"month-rule": rule}
    chosen_by = MonthFilter(given, policy, kinds, first, of_form)
    chosen = chosen_by.chosen()
    days = _narrowed(forecast(office, policy, first), chosen)
    cap = _lines_a_day(days)
    shown = [_shown(day, policy, cap) for day in days]
    return Month(first, of_form, chosen_by, shown, count_of(days), bool(chosen))


def count_of(days: Iterable[ForeseenDay]) -> int:
    """How many reminders there are."""
    return sum(len(day.reminders) for day in days)


def _narrowed(days: list[ForeseenDay], chosen: dict[str, Any]) -> list[ForeseenDay]:
    on = parse_date(chosen["day"]) if "day" in chosen else None
    found = []
    for day in days:
        if on in (None, day.day):
            kept = [one for one in day.reminders if _fits(one, chosen)]
            found += [ForeseenDay(day.day, kept)] if kept else []
    return found


def _fits(one: Foreseen, chosen: dict[str, Any]) -> bool:
    family = own_rule(one.rule) or next(kind for kind in REMINDERS if one.rule.startswith(kind))
    by_it = "channel" not in chosen or chosen["channel"] in one.channels
    return by_it and chosen.get("rule", family) == family


def _lines_a_day(days: list[ForeseenDay]) -> int:
    lines = sum(len(_told(day)) for day in days)
    return LINES_A_PAGE if lines <= LINES_A_PAGE else max(LINES_A_DAY, LINES_A_PAGE // len(days))


def _told(day: ForeseenDay) -> dict[tuple[str, str], list[tuple[int, str]]]:
    """Each person once for each rule, with all the nodes that it is about."""
    told: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for one in day.reminders:
        told.setdefault((one.person, one.rule), []).append((one.number, literal(one.title)))
    return told


def _shown(day: ForeseenDay, policy: ReminderPolicy, cap: int) -> MonthDay:
    told = list(_told(day).items())
    lines = [
        Told(
            literal(person),
            literal(rule_words(rule, policy)),
            nodes[:NODES_A_LINE],
            max(0, len(nodes) - NODES_A_LINE),
        )
        for (person, rule), nodes in told[:cap]
    ]
    return MonthDay(day.day, len(day.reminders), day.people, lines, max(0, len(told) - cap))
