"""Reads an office's yearly catalogue from a workbook or a csv table, without touching the database."""

from __future__ import annotations

from collections.abc import Collection
from os import PathLike
from typing import BinaryIO

from django.utils.translation import gettext as _

from nodes.catalogue.columns import REQUIRED, Columns, find_columns
from nodes.catalogue.parse import counts, parse
from nodes.catalogue.reader import Sheet, Unreadable, read_sheets
from nodes.catalogue.records import Catalogue, CatalogueRow, Problem

__all__ = ["Catalogue", "CatalogueRow", "Problem", "counts", "read_catalogue"]


def read_catalogue(
    path_or_file: str | PathLike[str] | BinaryIO,
    *,
    filename: str,
    year: int,
    known_divisions: Collection[str],
) -> Catalogue:
    """Read every node of `year` from an .xlsx or .csv file, and list everything that is wrong with it.

    Bad content never raises: it comes back as `problems`, sorted by row, and the rows it concerns are
    left out of `rows`. An unreadable path raises OSError.

    Parameters
    ----------
    path_or_file
        A path, or a seekable binary file that is read from its start.
    filename
        The name the file came under; its ending must agree with the content.
    known_divisions
        The names of the office's divisions.
    """
    try:
        sheet, columns = _catalogue_sheet(read_sheets(path_or_file, filename))
    except Unreadable as refusal:
        return Catalogue(rows=[], problems=[Problem(refusal.row, "", str(refusal))])
    return parse(sheet, columns, year=year, known_divisions=known_divisions)


def _catalogue_sheet(sheets: list[Sheet]) -> tuple[Sheet, Columns]:
    """The one sheet with a catalogue's header row; a workbook may hold others beside it."""
    found = [(sheet, columns) for sheet in sheets if (columns := find_columns(sheet))]
    if not found:
        raise Unreadable(
            _("no header row was found; the columns needed are %(columns)s")
            % {"columns": "、".join(REQUIRED)}
        )
    best = max(len(columns.known) for _sheet, columns in found)
    fullest = [(sheet, columns) for sheet, columns in found if len(columns.known) == best]
    if len(fullest) > 1:
        raise Unreadable(
            _("more than one sheet holds a catalogue (%(sheets)s); keep one")
            % {"sheets": "、".join(sheet.name for sheet, _columns in fullest)}
        )
    return fullest[0]
