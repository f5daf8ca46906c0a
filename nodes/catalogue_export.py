"""The year's catalogue as it stands, in the form in which it can be imported again."""

from __future__ import annotations

from typing import Any

from nodes.catalogue import columns as c
from nodes.catalogue.writing import table
from nodes.catalogue_changes import plain_attributes
from nodes.models import Cycle, WorkNode


def current_catalogue(cycle: Cycle) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows of the year's nodes; importing them changes nothing."""
    nodes = WorkNode.objects.filter(cycle=cycle).order_by("number").prefetch_related("supporting_divisions")
    related = nodes.select_related("indicator__parent__parent", "lead_division__leader_in_charge")
    return table(cycle.year, [_values(node) for node in related])


def _values(node: WorkNode) -> dict[str, Any]:
    third = node.indicator
    second = third.parent
    first = second.parent if second else None
    leader = node.lead_division.leader_in_charge
    return {
        c.NUMBER: node.number,
        c.LEVEL1: first.title if first else "",
        c.LEVEL2: second.title if second else "",
        c.LEVEL3_NUMBER: third.number,
        c.LEVEL3: third.title,
        c.TITLE: node.title,
        c.LEAD: node.lead_division.name,
        c.SUPPORTING: "、".join(division.name for division in node.supporting_divisions.all()),
        c.LEADER: str(leader or ""),
        c.START: node.planned_start,
        c.DEADLINE: node.baseline_deadline,
        c.EVIDENCE: node.evidence_required,
        **plain_attributes(node.attributes),
    }
