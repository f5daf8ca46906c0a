"""An office's own rules, beside the standard rhythm: what the scan has to know of them, and their events."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from notifications.models import Notification
from notifications.timing import Slot, own_rule
from workflow.models import PostKind
from workflow.policy import Rule
from workflow.selectors import policy_at, reminder_policy

# Who is told what those below have not done.
ABOVE = frozenset((
    PostKind.DIVISION_HEAD, PostKind.LEADER_IN_CHARGE, PostKind.HEAD_OF_UNIT, PostKind.PERFORMANCE_OFFICE,
))  # fmt: skip


def rule_of(row: Notification) -> Rule | None:
    """The office's own rule under which `row` was written, as it read then; None for any other.

    For a row that is not written yet, as it reads now.
    """
    own = own_rule(row.rule)
    if own is None:
        return None
    written = row.pk is not None
    known = (policy_at(row.office, row.created_at) if written else reminder_policy(row.office)).rules
    return next((one for one in known if one.id == own), None)


def tells_above(row: Notification) -> bool:
    """Whether the office's own rule of `row` speaks only to those above the people who do the work."""
    rule = rule_of(row)
    return rule is not None and ABOVE.issuperset(rule.to)


def own_facts(slots: Sequence[Slot], *, always: bool = False) -> dict[str, Any]:
    """What `OWN` of the scan needs of the rules behind `slots`; nothing without any, unless `always`."""
    places: dict[int, int] = {}
    rules: list[dict[str, Any]] = []
    for slot in slots:
        if slot.own and id(slot.own) not in places:
            places[id(slot.own)] = len(rules)
            rules.append({"place": len(rules), **_narrows(slot.own)})
    if not rules and not always:
        return {}
    return {
        "own": json.dumps(rules),
        "places": [places[id(slot.own)] if slot.own else None for slot in slots],
    }


def _narrows(rule: Rule) -> dict[str, Any]:
    """The rule's conditions and channels; null is no condition."""
    weight = rule.only.weight_at_least
    return {
        "indicators": list(rule.only.indicators) or None,
        "divisions": list(rule.only.divisions) or None,
        "weight": str(weight) if weight is not None else None,
        "channels": list(rule.channels) or None,
    }
