"""Tables as workbooks that people open in Excel or WPS, and as CSV for any other program."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from workflow.file_types import XLSX

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
MEASURED = 500  # rows that tell how wide a column has to be
NARROWEST, WIDEST = 8, 44  # characters


def workbook_response(
    filename: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """A workbook of one sheet to be saved as `filename`: a header that stays in view, then `rows`.

    Dates and numbers stay what they are; a text is a text, also one that begins like a formula.
    """
    response = HttpResponse(_workbook(title, header, [list(row) for row in rows]), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def csv_response(filename: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The same as CSV (RFC 4180, UTF-8 with its mark, ISO days): a text that begins like a formula is
    given an apostrophe first, since a CSV cannot say that it is a text."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_plain(value) for value in row] for row in rows)
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, str):
        printable = ILLEGAL_CHARACTERS_RE.sub("", value)
        risky = printable.startswith(FORMULA_STARTS) or printable.lstrip().startswith(FORMULA_STARTS)
        return f"'{printable}" if risky else printable
    return value


def _workbook(title: str, header: Sequence[str], rows: list[list[Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    for number, name in enumerate(header, start=1):
        widest = max([2 + _width(name), *(_width(row[number - 1]) for row in rows[:MEASURED])])
        width = min(max(widest + 2, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(header))}{len(rows) + 1}"
    cells = _Cells(sheet)
    sheet.append([cells.heading(name) for name in header])
    for row in rows:
        sheet.append([cells.value(value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()


class _Cells:
    """Makes a sheet's cells; the looks are made once, since each new one is looked up in the whole book."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.plain = self._look()
        self.day = self._look(number_format="yyyy-mm-dd")
        self.moment = self._look(number_format="yyyy-mm-dd hh:mm")
        # Text when somebody edits the cell, too.
        self.quoted = self._look(quotePrefix=True)
        self.head = self._look(font=Font(bold=True), fill=PatternFill("solid", fgColor="EDEAE0"))

    def _look(self, **style: Any) -> Any:
        model = WriteOnlyCell(self.sheet, "")
        model.alignment = Alignment(vertical="top", wrap_text=True)
        for name, value in style.items():
            setattr(model, name, value)
        return model._style  # type: ignore[attr-defined]

    def heading(self, name: str) -> Cell:
        return self._text(name, self.head)

    def value(self, value: Any) -> Cell:
        if isinstance(value, datetime):
            return self._cell(value, self.moment)
        if isinstance(value, date):
            return self._cell(value, self.day)
        return self._text(value) if isinstance(value, str) else self._cell(value, self.plain)

    def _text(self, text: str, look: Any = None) -> Cell:
        """A text whatever it looks like: a formula, or the name of an error (#N/A)."""
        printable = ILLEGAL_CHARACTERS_RE.sub("", text)
        risky = printable.startswith(FORMULA_STARTS)
        cell = self._cell(printable or None, look or (self.quoted if risky else self.plain))
        if printable:
            cell.data_type = "s"
        return cell

    def _cell(self, value: Any, look: Any) -> Cell:
        cell = WriteOnlyCell(self.sheet, value)
        cell._style = look  # type: ignore[attr-defined]
        return cell


def _width(value: Any) -> int:
    """How wide a value is in characters: a Chinese one takes two."""
    text = str(value if value is not None else "")
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text.split("\n")[0])
