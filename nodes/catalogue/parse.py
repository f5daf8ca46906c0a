"""Turns a sheet's rows into catalogue rows, noting everything that is wrong in one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils.translation import gettext as _

from nodes.catalogue.cells import BadCell
from nodes.catalogue.columns import Columns
from nodes.catalogue.fields import RowParser
from nodes.catalogue.lines import Kind, Line, kind, lines_below, under
from nodes.catalogue.records import Catalogue, CatalogueRow
from nodes.catalogue.report import Report
from nodes.catalogue.sheet import Sheet
from nodes.catalogue.totals import compare


def parse(sheet: Sheet, columns: Columns, *, year: int, known_divisions: Collection[str]) -> Catalogue:
    """Read the rows below the header; see `read_catalogue`."""
    report = Report(ignored=columns.missing)
    _check_header(columns, report)
    nodes, totals = _sorted_out(lines_below(sheet, columns), report)
    parser = RowParser(columns, report, year=year, known_divisions=known_divisions)
    rows = [row for line in nodes if (row := parser.parse(line))]
    for total in totals if not columns.missing else []:
        compare(total, nodes, report)
    if not nodes:
        report.add(0, "", _("there are no nodes below the header"))
    return Catalogue(rows, report.problems())


def counts(rows: Iterable[CatalogueRow]) -> dict[str, int]:
    """Count distinct indicators, nodes and lead divisions.

    A second-level indicator is told by its first level and its name, a third-level one by its number.
    """
    kept = list(rows)
    return {
        "level1": len({row.level1 for row in kept}),
        "level2": len({(row.level1, row.level2) for row in kept}),
        "level3": len({row.level3_number for row in kept}),
        "nodes": len(kept),
        "divisions": len({row.lead_division for row in kept}),
    }


def _check_header(columns: Columns, report: Report) -> None:
    for name in columns.missing:
        report.about_header(columns.header_row, name, _("the column is missing"))
    for name in columns.duplicates:
        report.about_header(columns.header_row, name, _("the column occurs more than once"))


def _sorted_out(lines: Iterable[Line], report: Report) -> tuple[list[Line], list[Line]]:
    """The nodes, their upper levels filled in, and the totals; unusable cells are reported in both."""
    found: dict[Kind, list[Line]] = {each: [] for each in Kind}
    above: Line | None = None
    for line in lines:
        _report_bad_cells(line, report)
        what = kind(line, below_total=bool(found[Kind.TOTAL]))
        if what in (Kind.NODE, Kind.HEADING):
            line = above = under(line, above)
        found[what].append(line)
    return found[Kind.NODE], found[Kind.TOTAL]


def _report_bad_cells(line: Line, report: Report) -> None:
    for column, value in line.cells.items():
        if isinstance(value, BadCell):
            report.unusable(line.row, column, value.message)
