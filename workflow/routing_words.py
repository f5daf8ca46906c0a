"""Routing rules in words, and which cases a set of rules leaves to nobody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, product
from typing import Any

from django.utils.translation import gettext as _

from workflow.models import Division, Office, PostKind, RoutingRule
from workflow.routing import Case, Conditions, Group, Rule, Step

# Enough for every set of rules an office would write; more are looked at in part.
MOST_CASES = 20_000


@dataclass(frozen=True)
class Said:
    """A rule with its words; `number` counts from 1."""

    row: RoutingRule
    rule: Rule
    when: str
    steps: list[str]
    never_reached: bool = False

    @property
    def number(self) -> int:
        return self.row.position + 1


def rule_of(row: RoutingRule) -> Rule:
    return Rule.model_validate({"when": row.when, "sign_off": row.sign_off})


def said(rows: Iterable[RoutingRule]) -> list[Said]:
    """The rules in order, each in words, with a note on those that an earlier rule always precedes."""
    rules = [(row, rule_of(row)) for row in rows]
    winners = _winners([rule for _row, rule in rules])
    return [
        Said(row, rule, when_words(rule.when), steps_words(rule), index not in winners)
        for index, (row, rule) in enumerate(rules)
    ]


def steps_words(rule: Rule) -> list[str]:
    return [_step_words(step) for step in rule.sign_off]


def _step_words(step: Step) -> str:
    if not isinstance(step, Group):
        return str(PostKind(step).label)
    names = "、".join(str(PostKind(kind).label) for kind in step.any_of or step.all_of)
    words = _("any of: %(posts)s") if step.any_of else _("all of: %(posts)s")
    return words % {"posts": names}


def when_words(when: Conditions) -> str:
    """The conditions as one phrase; “in every case” where there is none."""
    return "，".join(_conditions(when)) or _("in every case")


def _conditions(when: Conditions) -> Iterator[str]:
    if when.new_due:
        yield new_due_words(when.new_due)
    if when.days_at_most and when.days_at_least:
        yield _("%(from)d to %(to)d days") % {"from": when.days_at_least, "to": when.days_at_most}
    elif when.days_at_most:
        yield _("at most %(n)d days") % {"n": when.days_at_most}
    elif when.days_at_least:
        yield _("%(n)d days or more") % {"n": when.days_at_least}
    yield from _times(when)
    if when.late_request is not None:
        yield late_words(late=when.late_request)
    if when.indicator is not None:
        yield _("third-level indicator %(n)d") % {"n": when.indicator}
    if when.division is not None:
        yield when.division


def _times(when: Conditions) -> Iterator[str]:
    if when.times_deferred == 0:
        yield _("the first deferral")
    elif when.times_deferred is not None:
        yield _("deferred %(n)d times before") % {"n": when.times_deferred}
    if when.times_deferred_at_least:
        yield _("deferred %(n)d times or more before") % {"n": when.times_deferred_at_least}


def new_due_words(value: str) -> str:
    return (
        _("to a day within the year") if value == "within_cycle" else _("beyond the year or without a date")
    )


def late_words(*, late: bool) -> str:
    return _("asked after the deadline") if late else _("asked before the deadline")


def gaps(rows: Iterable[RoutingRule]) -> list[str]:
    """The cases that no rule of `rows` covers, in words; those that only differ in lateness are one."""
    return _gaps([rule_of(row) for row in rows])


def _gaps(rules: Sequence[Rule]) -> list[str]:
    open_cases = [case for case in _cases(rules) if not any(rule.when.hold(case) for rule in rules)]
    return list(dict.fromkeys(_case_words(case) for case in open_cases))


def _case_words(case: Case) -> str:
    if case.days is None:
        words = [_("without a new date")]
    else:
        words = [_("to a day within the year") if case.within_cycle else _("to a day after the year")]
        words.append(_("%(n)d days") % {"n": case.days})
    times = _("deferred %(n)d times before") % {"n": case.times_deferred}
    words.append(times if case.times_deferred else _("the first deferral"))
    return "，".join(words)


def _winners(rules: Sequence[Rule]) -> set[int]:
    """The rules that decide some case."""
    found = set()
    for case in _cases(rules, every=True):
        winner = next((index for index, rule in enumerate(rules) if rule.when.hold(case)), None)
        found.add(winner)
    return {index for index in found if index is not None}


def _cases(rules: Sequence[Rule], *, every: bool = False) -> Iterator[Case]:
    """One case for each way in which the conditions of `rules` can come out.

    With `every`, also those about the indicators and divisions that some rule names.
    """
    conditions = [rule.when for rule in rules]
    indicators = {0} | ({c.indicator for c in conditions if c.indicator is not None} if every else set())
    divisions = {""} | ({c.division for c in conditions if c.division is not None} if every else set())
    dates = [(True, day) for day in _days(conditions)] + [(False, day) for day in _days(conditions)]
    combined = product(
        [*dates, (False, None)], _times_told_apart(conditions), (False, True), sorted(indicators), divisions
    )
    for (within, days), times, late, indicator, division in islice(combined, MOST_CASES):
        yield _case(within, days, times, late, indicator, division)


def _case(within: bool, days: Any, times: int, late: bool, indicator: int, division: str) -> Case:
    return Case(
        office=Office(),
        division=Division(name=division),
        indicator=indicator,
        within_cycle=within,
        days=days,
        times_deferred=times,
        late_request=late,
        parties=frozenset(),
        on=date.min,
    )


def _days(conditions: Sequence[Conditions]) -> list[int]:
    """A number of days on either side of every limit."""
    most = {n for c in conditions if c.days_at_most for n in (c.days_at_most, c.days_at_most + 1)}
    least = {n for c in conditions if c.days_at_least for n in (c.days_at_least - 1, c.days_at_least)}
    return sorted(n for n in {1} | most | least if n)


def _times_told_apart(conditions: Sequence[Conditions]) -> list[int]:
    named = [n for c in conditions for n in (c.times_deferred, c.times_deferred_at_least) if n is not None]
    return sorted({0, 1} | {n for one in named for n in (one - 1, one, one + 1) if n >= 0})
