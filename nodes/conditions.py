"""Whether a node is one of those that a reminder rule is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from nodes.models import Indicator, WorkNode
from nodes.weights import weight_of
from workflow.models import Office
from workflow.policy import Conditions, Rule
from workflow.policy_checks import Problem, names_in_use

# What has to be read along with a node, so that `meets` asks nothing more.
ABOUT = ("lead_division", "indicator__parent__parent")


def meets(node: WorkNode, only: Conditions) -> bool:
    """Whether all of the conditions hold for the node as it is."""
    if only.divisions and node.lead_division.name not in only.divisions:
        return False
    if only.indicators and not names_of(node.indicator) & set(only.indicators):
        return False
    if only.weight_at_least is None:
        return True
    weight = weight_of(node.attributes)
    return weight is not None and weight >= only.weight_at_least


def names_of(indicator: Indicator) -> set[str]:
    """What an indicator goes by: its number, its title and the titles above it."""
    found = {str(indicator.number)} if indicator.number else set()
    above: Indicator | None = indicator
    while above:
        found.add(above.title)
        above = above.parent
    return found


def unknown_indicators(rules: Sequence[Rule], office: Office | None) -> Iterator[Problem]:
    """The indicators that rules name and no year of the office has."""
    asked = {name for rule in rules for name in rule.only.indicators}
    if office is None or not asked:
        return
    named = Q(title__in=asked) | Q(number__in=[name for name in asked if re.fullmatch("[0-9]{1,6}", name)])
    found = Indicator.objects.filter(named, cycle__office=office).values_list("title", "number")
    known = names_in_use(office, "indicators") | {name for one in found for name in map(str, one)}
    for position, rule in enumerate(rules):
        for name in rule.only.indicators:
            if name not in known:
                yield position, "indicators", _("There is no indicator “%(name)s”.") % {"name": name}
