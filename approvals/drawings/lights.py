"""The lights as one bar and its legend, and the divisions as a bar each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from approvals.dashboard.standings import Count, DivisionRow
from approvals.drawings.looks import LOOKS, boxes
from approvals.drawings.shapes import Box, Drawing, Line, Words, fitted
from nodes.light import Light

WIDTH = 420.0
BAR = 22.0
COLUMNS = 3
ROW = 24.0
NAME, FIGURES = 108.0, 94.0


def shares(found: Sequence[Count], *, width: float = WIDTH, columns: int = COLUMNS) -> Drawing:
    """How the nodes divide among the lights; the legend below in so many columns."""
    found = sorted(found, key=lambda count: list(LOOKS).index(Light(count.name)))
    told = ", ".join(f"{count.label} {count.number}" for count in found)
    rows = -(-len(found) // columns)
    drawing = Drawing("chart-lights", _("Nodes by light"), told, width, BAR + 12 + rows * ROW)
    total = sum(count.number for count in found)
    left = 1.0
    for count in found:
        share = (width - 2) * count.number / total
        drawing.add(boxes(Light(count.name), [(left, 1, max(share - 2, 1), BAR)]))
        left += share
    for place, count in enumerate(found):
        _legend(drawing, count, place % columns * width / columns, BAR + 12 + place // columns * ROW)
    return drawing


def _legend(drawing: Drawing, count: Count, left: float, top: float) -> None:
    drawing.add(
        boxes(Light(count.name), [(left + 1, top + 5, 12, 12)]),
        Words(left + 20, top + 16, f"{count.label} {count.number}", 13, href=count.url),
    )


def by_division(rows: Sequence[DivisionRow]) -> Drawing:
    """Each division's nodes by light, the bars as long as there are nodes."""
    told = "; ".join(f"{row.division} {row.done}/{row.nodes}" for row in rows)
    drawing = Drawing(
        "chart-divisions", _("Completion by division"), told, WIDTH, max(len(rows), 1) * ROW + 4
    )
    longest = max((row.nodes for row in rows), default=1)
    unit = (WIDTH - NAME - FIGURES) / longest
    bars: dict[Light, list[Box]] = {}
    for place, row in enumerate(rows):
        top = place * ROW
        drawing.add(*_beside(row, top))
        for light, box in _segments(row, top, unit):
            bars.setdefault(light, []).append(box)
    drawing.add(Line("line", [(NAME, 0), (NAME, len(rows) * ROW)]))
    drawing.add(*(boxes(light, found) for light, found in bars.items()))
    return drawing


def _beside(row: DivisionRow, top: float) -> Iterable[Words]:
    name = fitted(row.division.name, NAME - 12, 13)
    yield Words(0, top + 16, name, 13, href=row.url, whole=row.division.name if name.endswith("…") else "")
    yield Words(WIDTH - 46, top + 16, f"{row.done}/{row.nodes}", 13, anchor="end")
    yield Words(WIDTH, top + 16, f"{row.share}%", 13, "soft", anchor="end")


def _segments(row: DivisionRow, top: float, unit: float) -> Iterable[tuple[Light, Box]]:
    left = NAME + 1
    for light in LOOKS:
        if count := row.lights[light]:
            yield light, (left, top + 4, count * unit - 1, ROW - 8)
            left += count * unit
