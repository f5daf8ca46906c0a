"""The flows' pictures: laid out by viewflow, lettered so that they can be read alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import pgettext_lazy
from viewflow.workflow import chart
from viewflow.workflow.chart import Cell, Edge, Grid
from viewflow.workflow.flow import Flow

PADDING = 24
GAP = 6
LETTER = 12
# What viewflow writes beside the ways out of a decision, in English whatever the language.
WAYS_OUT = {"yes": pgettext_lazy("flow", "yes"), "no": pgettext_lazy("flow", "no")}


@dataclass(frozen=True)
class Label:
    """Words beside a shape or an edge, in the picture's units; `anchor` is SVG's text-anchor."""

    text: str
    x: int
    y: int
    anchor: str


def svg(flow_class: type[Flow]) -> str:
    """The flow as a picture that needs nothing around it; titles are in the active language."""
    return _tidy(render_to_string("approvals/flow.svg", picture(flow_class)))


def bpmn(flow_class: type[Flow]) -> str:
    """The flow as BPMN 2.0 XML; titles are in the active language."""
    return _tidy(chart.grid_to_bpmn(_laid_out(flow_class)))


def picture(flow_class: type[Flow], marks: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What a template needs to draw the flow; `marks` says, by the names of its steps, how far each is."""
    grid = _laid_out(flow_class)
    for cell in grid.cells:
        cell.status = (marks or {}).get(cell.node.name, "")
    return {
        "title": flow_class.process_title,
        "cells": grid.cells,
        "edges": grid.edges,
        "labels": list(_labels(grid)),
        "left": -PADDING,
        "width": grid.width + 2 * PADDING,
        "height": grid.height + 2 * PADDING,
    }


def _laid_out(flow_class: type[Flow]) -> Grid:
    grid = chart.calc_layout_data(flow_class)
    for edge in grid.edges:
        edge.label = str(WAYS_OUT.get(edge.label, edge.label or ""))
    return grid


def _tidy(text: str) -> str:
    """`text` without the blank lines and trailing spaces that templates leave behind."""
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _labels(grid: Grid) -> Iterator[Label]:
    yield from (_beside_shape(cell, grid) for cell in grid.cells if cell.title)
    yield from (_beside_edge(edge) for edge in grid.edges if edge.label)


def _beside_shape(cell: Cell, grid: Grid) -> Label:
    """Events are named below, decisions at their right, timers on the outer side of their task's border."""
    shape = cell.shape
    middle, right = shape.x + shape.width // 2, shape.x + shape.width + GAP
    if host := getattr(cell.node, "_attached_to", None):
        below_border = shape.y + shape.height // 2 + LETTER + 2
        outermost = grid[host].shape.x + grid[host].shape.width - shape.width - GAP < shape.x
        if outermost:
            return Label(cell.title, right, below_border, "start")
        return Label(cell.title, shape.x - GAP, below_border, "end")
    if cell.node.bpmn_element.endswith("Gateway"):
        return Label(cell.title, right, shape.y + shape.height // 2 + LETTER // 3, "start")
    return Label(cell.title, middle, shape.y + shape.height + LETTER + GAP, "middle")


def _beside_edge(edge: Edge) -> Label:
    """An edge is named where it leaves: above a level one, at the left of an upright one."""
    (x, y), (_next_x, next_y) = edge.segments[:2]
    if next_y == y:
        return Label(edge.label, x + GAP, y - GAP, "start")
    return Label(edge.label, x - GAP, y + LETTER if next_y > y else y - GAP, "end")
