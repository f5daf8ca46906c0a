"""Rows below the header seen through its columns: which are nodes, which the total, which notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from nodes.catalogue.cells import Value, as_key, as_text, is_blank
from nodes.catalogue.columns import (
    DEADLINE,
    LEAD,
    LEVEL1,
    LEVEL2,
    LEVEL3,
    LEVEL3_NUMBER,
    NUMBER,
    TITLE,
    Columns,
)
from nodes.catalogue.sheet import Sheet

UPPER_LEVELS = (LEVEL1, LEVEL2, LEVEL3_NUMBER, LEVEL3)
TOTAL = re.compile(r"(?:合计|总计)(?:$|[\d:(,共])")
NOTE = re.compile(r"注|备注|说明|填表|填报|制表|审核|审批|联系|附|单位")


class Kind(Enum):
    """What a row below the header is; a heading names upper levels for the rows below it."""

    NODE = auto()
    HEADING = auto()
    TOTAL = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Line:
    """One row's cells by column name, `row` being its number in the file."""

    row: int
    cells: dict[str, Value]

    def text(self, column: str) -> str:
        """The cell's clean text; '' where the cell is blank or the file has no such column."""
        return as_text(self.cells.get(column))

    def first(self) -> str:
        """The first thing the row says, without spaces (“合 计” is 合计)."""
        return next((as_key(value) for value in self.cells.values() if not is_blank(value)), "")


def lines_below(sheet: Sheet, columns: Columns) -> Iterator[Line]:
    """Every row below the header, blank ones excepted, its cells in the file's order."""
    places = sorted((columns.known | columns.extra).items(), key=lambda place: place[1])
    for number, values in sheet.rows.items():
        if number > columns.header_row:
            cells = {name: values[index] if index < len(values) else None for name, index in places}
            yield Line(number, cells)


def kind(line: Line, *, below_total: bool) -> Kind:
    """Tell a node from the total and from what offices write around the table.

    A row with a number is a node. Without one it still is, to be refused, when it has a title, a division
    or a deadline; below the total and in a signature line two of them, for those too fill columns.
    """
    first, number = line.first(), as_key(line.cells.get(NUMBER))
    if TOTAL.match(first) and not line.text(DEADLINE):
        return Kind.TOTAL
    if _is_subtotal(line) or number == NUMBER:
        return Kind.OTHER
    outside = below_total or NOTE.match(first) is not None
    said = sum(not is_blank(line.cells.get(column)) for column in (TITLE, LEAD, DEADLINE))
    if number.isdecimal() or said >= (2 if outside else 1):
        return Kind.NODE
    return Kind.OTHER if outside else Kind.HEADING


def _is_subtotal(line: Line) -> bool:
    return any(as_key(line.cells.get(column)).startswith("小计") for column in (NUMBER, *UPPER_LEVELS))


def under(line: Line, above: Line | None) -> Line:
    """Return `line` with the upper levels it leaves blank repeated from `above`, as offices leave them.

    A second level is repeated only within its first level, a third level only where the row names no
    level at all: anything else is a gap that its owner has to fill.
    """
    if above is None:
        return line
    inherited = {column: above.cells.get(column) for column in _inherited(line, above)}
    return Line(line.row, line.cells | inherited)


def _inherited(line: Line, above: Line) -> set[str]:
    blank = {column for column in UPPER_LEVELS if is_blank(line.cells.get(column))}
    if len(blank) == len(UPPER_LEVELS):
        return blank
    same_level1 = LEVEL1 in blank or line.text(LEVEL1) == above.text(LEVEL1)
    return blank & ({LEVEL1, LEVEL2} if same_level1 else set())
