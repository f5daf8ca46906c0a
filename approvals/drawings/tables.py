"""Tables and headings as drawings, for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from approvals.drawings.shapes import Boxes, Drawing, Line, Shape, Words, fitted

ROW, SIZE = 17.0, 9.5


@dataclass(frozen=True)
class Column:
    """A column's head, its width, and the side its figures stand on."""

    head: str
    width: float
    anchor: str = "start"


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> Drawing:
    """One line a row; what is too wide for its column is shortened."""
    width = sum(column.width for column in columns)
    drawing = Drawing("table", "", "", width, ROW * (len(rows) + 1) + 2)
    drawing.add(Boxes("sunken", ((0, 0, width, ROW),)))
    heads = [column.head for column in columns]
    for place, cells in enumerate([heads, *rows]):
        bottom = ROW * (place + 1)
        drawing.add(Line("line", [(0, bottom), (width, bottom)], 0.7))
        drawing.add(*_cells(columns, cells, bottom - 5, "soft" if place == 0 else "ink"))
    return drawing


def _cells(columns: Sequence[Column], cells: Sequence[str], base: float, tone: str) -> Iterator[Shape]:
    left = 0.0
    for column, cell in zip(columns, cells, strict=True):
        x = left + 4 if column.anchor == "start" else left + column.width - 4
        yield Words(x, base, fitted(cell, column.width - 6, SIZE), SIZE, tone, column.anchor)
        left += column.width


def numbers(found: Sequence[tuple[str, str]], width: float) -> Drawing:
    """Big figures side by side, each above its name."""
    drawing = Drawing("numbers", "", "", width, 44)
    step = width / max(len(found), 1)
    for place, (label, number) in enumerate(found):
        left = place * step
        if place:
            drawing.add(Line("line", [(left, 2), (left, 40)], 0.7))
        drawing.add(Words(left + 8, 20, number, 18, bold=True), Words(left + 8, 36, label, 9, "soft"))
    return drawing
