"""What rules name in their conditions and the office does not have any more: such a condition never holds."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q

from nodes.models import Cycle, Indicator
from workflow.models import Division, Office
from workflow.policy import Rule


def names_gone(office: Office, rules: Sequence[Rule]) -> dict[str, set[str]]:
    """By each rule's id, what it names: divisions that are not there, indicators that no open year has."""
    divisions = _gone_divisions(office, {name for rule in rules for name in rule.only.divisions})
    indicators = _gone_indicators(office, {name for rule in rules for name in rule.only.indicators})
    return {
        rule.id: divisions & set(rule.only.divisions) | indicators & set(rule.only.indicators)
        for rule in rules
    }


def _gone_divisions(office: Office, asked: set[str]) -> set[str]:
    if not asked:
        return set()
    found = Division.objects.filter(office=office, name__in=asked)
    return asked - set(found.values_list("name", flat=True))


def _gone_indicators(office: Office, asked: set[str]) -> set[str]:
    if not asked:
        return set()
    numbers = [int(name) for name in asked if name.isascii() and name.isdecimal() and len(name) <= 6]
    found = Indicator.objects.filter(cycle__office=office, cycle__status=Cycle.Status.OPEN)
    named = found.filter(Q(title__in=asked) | Q(number__in=numbers)).values_list("title", "number")
    return asked - {str(name) for one in named for name in one}
