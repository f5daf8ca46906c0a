"""The year's nodes as rows of a workbook, under the headings that an import reads."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nodes.catalogue import columns as c
from nodes.catalogue.writing import table
from nodes.catalogue_changes import plain_attributes
from nodes.light import Light
from nodes.models import Cycle, WorkNode

Table = tuple[list[str], list[list[Any]]]


def current_catalogue(cycle: Cycle) -> Table:
    """The header and the rows of the year's nodes; importing them changes nothing."""
    nodes = _whole(WorkNode.objects.filter(cycle=cycle).order_by("number"))
    return table(cycle.year, [_catalogued(node) | plain_attributes(node.attributes) for node in nodes])


def node_list(cycle: Cycle, nodes: QuerySet[Any]) -> Table:
    """The header and the rows of `nodes` of the year (with their lights), and how each stands."""
    return table(cycle.year, [_catalogued(node) | _standing(node) for node in _whole(nodes)])


def _whole(nodes: QuerySet[Any]) -> QuerySet[Any]:
    related = nodes.select_related("indicator__parent__parent", "lead_division__leader_in_charge")
    return related.prefetch_related("supporting_divisions")


def _catalogued(node: WorkNode) -> dict[str, Any]:
    third = node.indicator
    second = third.parent
    first = second.parent if second else None
    return {
        c.NUMBER: node.number,
        c.LEVEL1: first.title if first else "",
        c.LEVEL2: second.title if second else "",
        c.LEVEL3_NUMBER: third.number,
        c.LEVEL3: third.title,
        c.TITLE: node.title,
        c.LEAD: node.lead_division.name,
        c.SUPPORTING: "、".join(division.name for division in node.supporting_divisions.all()),
        c.LEADER: str(node.lead_division.leader_in_charge or ""),
        c.START: node.planned_start,
        c.DEADLINE: node.baseline_deadline,
        c.EVIDENCE: node.evidence_required,
    }


def _standing(node: Any) -> dict[str, Any]:
    return {
        _("Current deadline"): node.current_deadline,
        _("State"): str(node.get_state_display()),
        _("Light"): str(Light(node.light).label),
        _("Completed on"): node.completed_on,
        _("Times returned"): node.returns,
    }
