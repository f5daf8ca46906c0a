"""Reads the sheets of an .xlsx workbook: cached values, formulas that have none, merged cells filled down."""

from __future__ import annotations

import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from nodes.catalogue.cells import BadCell, Value, is_blank
from nodes.catalogue.sheet import MAX_COLUMNS, Sheet, Unreadable

MAX_MERGED_CELLS = 500_000


class CellParser(WorkSheetParser):
    """openpyxl's parser, which alone reports a formula without a value as a blank cell.

    Excel writes a formula's empty text as `t="str"`; a formula that was never computed has no value.
    """

    def parse_cell(self, element: Element) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["data_type"] == "e":
            cell["value"] = BadCell(_("the cell shows the error %(error)s") % {"error": cell["value"]})
        elif cell["value"] is None and element.get("t") != "str" and element.find(FORMULA_TAG) is not None:
            cell["value"] = BadCell(_("the formula has no stored value; open the file, let it compute, save"))
        return cell


def read_workbook(content: bytes) -> list[Sheet]:
    """Return the visible sheets. Raises Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of every drawing and validation it leaves out
            return _visible_sheets(content)
    except Unreadable:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside zip, XML or openpyxl
        raise Unreadable(_("the workbook is damaged; open it, repair it and save it again")) from error


def _visible_sheets(content: bytes) -> list[Sheet]:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        return [_read_sheet(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
    finally:
        book.close()


def _read_sheet(source: Any) -> Sheet:
    """One pass over the sheet's XML: openpyxl's read-only mode knows no merged cells, its full mode does
    not stop at a million styled blanks."""
    sheet = Sheet(source.title)
    with source._get_source() as xml:
        parser = _parser(source, xml)
        for number, cells in parser.parse():
            sheet.add(number, _values(cells))
    if parser.merged_cells is not None:
        _fill_merged(sheet, parser.merged_cells.mergeCell)
    return sheet


def _parser(source: Any, xml: Any) -> CellParser:
    book = source.parent
    return CellParser(
        xml,
        source._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )


def _values(cells: list[dict[str, Any]]) -> list[Value]:
    placed = {cell["column"] - 1: cell["value"] for cell in cells if cell["value"] is not None}
    width = min(max(placed, default=-1), MAX_COLUMNS) + 1
    return [placed.get(column) for column in range(width)]


def _fill_merged(sheet: Sheet, ranges: Iterable[Any]) -> None:
    """Repeat a merged cell's value down its first column, where an upper level stands.

    Not to the right: a title or a note merged across the table would then look like a full row.
    """
    numbers = sorted(sheet.rows)
    budget = MAX_MERGED_CELLS
    for merged in ranges:
        inside = numbers[bisect_left(numbers, merged.min_row) : bisect_right(numbers, merged.max_row)]
        budget -= len(inside)
        if budget < 0:
            raise Unreadable(_("the workbook has too many merged cells"))
        if merged.min_col <= MAX_COLUMNS and inside[:1] == [merged.min_row]:
            _fill_down([sheet.rows[number] for number in inside], merged.min_col - 1)


def _fill_down(rows: list[list[Value]], column: int) -> None:
    first = rows[0][column] if column < len(rows[0]) else None
    for row in rows[1:]:
        row.extend([None] * (column + 1 - len(row)))
        if is_blank(row[column]):
            row[column] = first
