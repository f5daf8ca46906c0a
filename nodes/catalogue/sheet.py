"""A sheet of cells by row, as read from a workbook or a csv table."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from nodes.catalogue.cells import Value, is_blank

MAX_ROWS = 50_000
MAX_COLUMNS = 256


class Unreadable(Exception):
    """The file is refused as it stands; `row` is 0 where no row is to blame."""

    def __init__(self, message: str, *, row: int = 0) -> None:
        super().__init__(message)
        self.row = row


class Sheet:
    """The rows that hold anything, under their own numbers from 1; columns count from 0."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rows: dict[int, list[Value]] = {}

    def add(self, number: int, values: Sequence[Value]) -> None:
        """Keep a row unless it is blank. Raises Unreadable for one row or column too many."""
        if all(is_blank(value) for value in values):
            return
        if len(self.rows) >= MAX_ROWS:
            raise Unreadable(_("the table has more than %(limit)d rows") % {"limit": MAX_ROWS}, row=number)
        if any(not is_blank(value) for value in values[MAX_COLUMNS:]):
            message = _("the table has more than %(limit)d columns") % {"limit": MAX_COLUMNS}
            raise Unreadable(message, row=number)
        self.rows[number] = list(values[:MAX_COLUMNS])
