"""The rule behind each line of a score, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.scores.facts import Outcome
from approvals.scores.lines import Line

SENTENCES: Mapping[str, Promise] = {
    "pending": _("The deadline has not come: it does not count yet."),
    "left_out": _("Deferred beyond the year: left out of what can be got."),
    "base": _("Base points of the node."),
    "carried_over": _("Deferred beyond the year: %(percent)s%% of the base points are given."),
    "carried_by_completion": _("Deferred beyond the year: given by what is done, %(ratio)s%%."),
    "undone": _("Not done within the year: no points."),
    "incomplete": _("%(ratio)s%% done: points are given for the whole only."),
    "below_threshold": _("%(ratio)s%% done, less than the %(threshold)s%% asked for: no points."),
    "proportional": _("%(ratio)s%% done: given in proportion."),
    "over": _("Over-fulfilled, %(ratio)s%% done: given in proportion."),
    "over_cap": _("For over-fulfilment at most %(percent)s%% of the base points."),
    "late_share": _("Late by %(late)s: %(percent)s%% of the points are left."),
    "late_days": _("Late by %(late)s, %(rate)s for each."),
    "late_exhausted": _("Late by %(late)s, %(rate)s for each, until nothing is left."),
    "late_free": _("Late by %(late)s: nothing is deducted under this rule."),
    "tasks": _("Nodes: %(earned)s of %(base)s points, counted as %(full)s."),
    "bonus": _("Bonus: %(matter)s (%(level)s)%(basis)s."),
    "counted_once": _("Bonus “%(matter)s”: the same matter counts once, at its highest level."),
    "bonus_item_cap": _("Bonus “%(matter)s”: at most %(cap)s points for one matter."),
    "bonus_cap": _("Bonus in all: at most %(cap)s points."),
    "deduction": _("Deduction: %(matter)s (%(level)s)%(basis)s."),
    "deducted_once": _("Deduction “%(matter)s”: the same matter is deducted once."),
    "deduction_cap": _("Deductions in all: at most %(cap)s points."),
    "adjusted": _("Adjusted on appeal: %(reason)s"),
    "floor": _("A score is never below %(floor)s."),
    "ceiling": _("A score is never above %(ceiling)s."),
}
OUTCOMES: Mapping[str, Promise] = {
    Outcome.ON_TIME: pgettext_lazy("score", "done on time"),
    Outcome.LATE: pgettext_lazy("score", "done late"),
    Outcome.OVERDUE: pgettext_lazy("score", "overdue"),
    Outcome.UNDONE: pgettext_lazy("score", "not done"),
    Outcome.CARRIED_OVER: pgettext_lazy("score", "deferred beyond the year"),
    Outcome.PENDING: pgettext_lazy("score", "not due yet"),
}
TONES = {
    Outcome.ON_TIME: "approved", Outcome.LATE: "warn", Outcome.OVERDUE: "bad",
    Outcome.UNDONE: "bad", Outcome.CARRIED_OVER: "pending", Outcome.PENDING: "",
}  # fmt: skip


def sentence(line: Line) -> str:
    """What the rule says that this line follows."""
    facts = {name: plain(fact) for name, fact in line.facts.items()}
    if "days" in facts:
        facts["late"] = _late(line)
        facts["rate"] = _rate(line)
    if facts.get("basis"):
        facts["basis"] = str(_(", by %(document)s")) % {"document": facts["basis"]}
    return str(SENTENCES[line.code]) % facts


def _late(line: Line) -> str:
    working, open_ = line.facts["unit"] == "working", line.facts["open"]
    words = _("%(days)s working days") if working else _("%(days)s calendar days")
    counted = str(words) % {"days": line.facts["days"]}
    return str(_("%(days)s (not done yet)")) % {"days": counted} if open_ else counted


def _rate(line: Line) -> str:
    words = (
        _("%(rate)s%% of the base points") if line.facts.get("rate_in") == "percent" else _("%(rate)s points")
    )
    return str(words) % {"rate": plain(line.facts.get("rate", ""))}


def plain(value: Any) -> str:
    """A number as people write it, without zeros that say nothing."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def signed(amount: Decimal) -> str:
    """An amount with its sign; a true minus, which is as wide as the plus."""
    return f"−{-amount:.2f}" if amount < 0 else f"+{amount:.2f}" if amount else "0.00"
