"""Tables as workbooks that people open in Excel or WPS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import IllegalCharacterError

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 60  # characters


def workbook_response(
    filename: str, title: str, header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse:
    """A workbook of one sheet to be saved as `filename`: a bold header that stays in view, then `rows`.

    Dates and numbers stay what they are; a text is a text, also one that begins like a formula.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    lines = [list(row) for row in rows]
    for index, name in enumerate(header):
        widest = max([len(str(name)) * 2, *(_width(line[index]) for line in lines[:500])])
        sheet.column_dimensions[get_column_letter(index + 1)].width = min(widest + 2, WIDEST)
    sheet.append([_cell(sheet, name, bold=True) for name in header])
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])
    file = BytesIO()
    book.save(file)
    response = HttpResponse(file.getvalue(), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = content_disposition_header(True, filename)
    return response


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    try:
        cell = WriteOnlyCell(sheet, value)
    except (IllegalCharacterError, ValueError):
        printable = "".join(char for char in str(value) if char.isprintable() or char == "\n")
        cell = WriteOnlyCell(sheet, printable)
    if isinstance(value, str):
        cell.data_type = "s"
        cell.quotePrefix = value[:1] in "=+-@"
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd hh:mm" if hasattr(value, "hour") else "yyyy-mm-dd"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _width(value: Any) -> int:
    """How wide a value is in characters: a Chinese one takes two."""
    text = str(value if value is not None else "")
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text.split("\n")[0])
