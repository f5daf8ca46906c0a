"""What a catalogue would change in a year: compared row by row, written nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from nodes.catalogue import CatalogueRow, Problem
from nodes.catalogue import columns as c
from nodes.models import WorkNode

# Where a node that was carried over from another year says so: {"year": 2021, "node": 59}.
CARRIED_FROM = "carried_from"

NAMES = {
    "level1": c.LEVEL1, "level2": c.LEVEL2, "level3_number": c.LEVEL3_NUMBER, "level3": c.LEVEL3,
    "title": c.TITLE, "lead_division": c.LEAD, "supporting_divisions": c.SUPPORTING,
    "planned_start": c.START, "deadline": c.DEADLINE, "evidence_required": c.EVIDENCE,
}  # fmt: skip
INDICATOR = ("level1", "level2", "level3_number", "level3")


class What(models.TextChoices):
    """What an import does with a row; a begun node is left as it is."""

    CREATED = "created", pgettext_lazy("import", "new")
    UPDATED = "updated", pgettext_lazy("import", "changed")
    BEGUN = "begun", pgettext_lazy("import", "begun, kept as it is")
    UNCHANGED = "unchanged", gettext_lazy("unchanged")


@dataclass(frozen=True)
class Change:
    """A column whose value differs: what the year has, and what the file says; '' for nothing."""

    column: str
    old: str
    new: str


@dataclass(frozen=True)
class RowReport:
    """A row of the file, what becomes of it, what changes, and what differs and is kept all the same."""

    row: int
    number: int
    title: str
    what: What
    changes: tuple[Change, ...] = ()
    kept: tuple[Change, ...] = ()


def compare(nodes: Mapping[int, WorkNode], rows: Iterable[CatalogueRow]) -> list[RowReport]:
    """What each of `rows` would do to the year whose `nodes` are given by number.

    An indicator keeps its names once work on one of its nodes has begun.
    """
    fixed = {node.indicator.number: _indicator_names(node) for node in nodes.values() if node.version}
    return [_report(nodes.get(row.number), row, fixed.get(row.level3_number)) for row in rows]


def clashes(nodes: Mapping[int, WorkNode], rows: Iterable[CatalogueRow]) -> Iterator[Problem]:
    """Rows that would put something else in the place of what was carried over from another year."""
    carried = {node.number: node for node in nodes.values() if CARRIED_FROM in node.attributes}
    thirds = {node.indicator.number: node for node in carried.values()}
    for row in rows:
        node, third = carried.get(row.number), thirds.get(row.level3_number)
        if node and node.title != row.title and node.indicator.title != row.level3:
            yield _clash(row, c.NUMBER, node, node.number, node.title)
        elif third and third.number != row.number and third.indicator.title != row.level3:
            yield _clash(row, c.LEVEL3_NUMBER, third, row.level3_number, third.indicator.title)


def _clash(row: CatalogueRow, column: str, node: WorkNode, number: int, title: str) -> Problem:
    message = _("number %(number)d is “%(title)s”, carried over from %(year)s; use another number")
    origin = node.attributes[CARRIED_FROM]
    return Problem(row.row, column, message % {"number": number, "title": title, "year": origin["year"]})


def plain_attributes(attributes: Mapping[str, Any]) -> dict[str, str]:
    """The extra columns of a catalogue, without what the system keeps beside them."""
    return {name: str(value) for name, value in attributes.items() if name != CARRIED_FROM}


def _report(node: WorkNode | None, row: CatalogueRow, fixed: dict[str, Any] | None) -> RowReport:
    def report(what: What, changes: Iterable[Change] = (), kept: Iterable[Change] = ()) -> RowReport:
        return RowReport(row.row, row.number, row.title, what, tuple(changes), tuple(kept))

    if node is None:
        return report(What.CREATED)
    old, new = _of_node(node), _of_row(row)
    differing = [name for name in dict.fromkeys([*NAMES, *old, *new]) if old.get(name) != new.get(name)]
    changes = {name: Change(NAMES.get(name, name), _said(old, name), _said(new, name)) for name in differing}
    if node.version:
        return report(What.BEGUN if changes else What.UNCHANGED, kept=changes.values())
    held: dict[str, Change] = {}
    if fixed:  # the node may still move to that indicator, under the names it has
        named = {name: Change(NAMES[name], _said(fixed, name), _said(new, name)) for name in INDICATOR}
        held = {name: change for name, change in named.items() if fixed[name] != new[name]}
        moved = {name: Change(NAMES[name], _said(old, name), _said(fixed, name)) for name in INDICATOR}
        changes = {name: change for name, change in changes.items() if name not in INDICATOR}
        changes |= {name: change for name, change in moved.items() if old[name] != fixed[name]}
    return report(What.UPDATED if changes else What.UNCHANGED, changes.values(), held.values())


def _indicator_names(node: WorkNode) -> dict[str, Any]:
    third = node.indicator
    second = third.parent
    first = second.parent if second else None
    return {
        "level1": first.title if first else "",
        "level2": second.title if second else "",
        "level3_number": third.number,
        "level3": third.title,
    }


def _of_node(node: WorkNode) -> dict[str, Any]:
    return {
        **plain_attributes(node.attributes),
        **_indicator_names(node),
        "title": node.title,
        "lead_division": node.lead_division.name,
        "supporting_divisions": sorted(division.name for division in node.supporting_divisions.all()),
        "planned_start": node.planned_start,
        "deadline": node.baseline_deadline,
        "evidence_required": node.evidence_required,
    }


def _of_row(row: CatalogueRow) -> dict[str, Any]:
    named = {name: getattr(row, name) for name in NAMES}
    return {
        **plain_attributes(row.attributes),
        **named,
        "supporting_divisions": sorted(row.supporting_divisions),
    }


def _said(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    if value is None:
        return ""
    return "、".join(value) if isinstance(value, list) else str(value)
