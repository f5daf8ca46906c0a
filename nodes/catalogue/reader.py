"""Opens an uploaded workbook or csv table as sheets of cells, refusing what must not be opened."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from os import PathLike
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from nodes.catalogue.sheet import Sheet, Unreadable
from nodes.catalogue.workbook import read_workbook
from workflow.file_types import CSV, MIB, TEXT, XLS, XLSX, BadFile, extension, inspect, text_encoding

__all__ = ["Sheet", "Unreadable", "read_sheets"]

MAX_BYTES = 20 * MIB
SEPARATORS = ",\t;"


def read_sheets(path_or_file: str | PathLike[str] | BinaryIO, filename: str) -> list[Sheet]:
    """Return the visible sheets of a workbook, or a csv table as one. Raises Unreadable."""
    content = _content(path_or_file)
    content_type = _content_type(content, filename)
    if content_type == XLSX:
        return read_workbook(content)
    if content_type in (CSV, TEXT):
        return [_read_csv(content)]
    raise Unreadable(_not_a_table(content_type))


def _content(path_or_file: str | PathLike[str] | BinaryIO) -> bytes:
    """At most one byte more than is allowed, which is enough to refuse the rest."""
    if isinstance(path_or_file, str | PathLike):
        with Path(path_or_file).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    path_or_file.seek(0)
    return path_or_file.read(MAX_BYTES + 1)


def _content_type(content: bytes, filename: str) -> str:
    if extension(filename) in ("xlsm", "xltm"):
        raise Unreadable(_("the workbook may contain macros; save it as .xlsx"))
    try:
        return inspect(BytesIO(content), filename, max_bytes=MAX_BYTES).content_type
    except BadFile as refusal:
        raise Unreadable(str(refusal)) from refusal


def _not_a_table(content_type: str) -> str:
    if content_type == XLS:
        return _("this is an old .xls workbook; save it as .xlsx")
    return _("the content is neither an .xlsx workbook nor a .csv table")


def _read_csv(content: bytes) -> Sheet:
    text = content.decode(text_encoding(content) or "utf-8")
    lines = csv.reader(StringIO(text, newline=""), delimiter=_separator(text), strict=True)
    sheet = Sheet("csv")
    line = 1
    try:
        for values in lines:
            sheet.add(line, values)
            line = lines.line_num + 1
    except csv.Error as error:
        message = _("the line is not well-formed csv: %(error)s") % {"error": error}
        raise Unreadable(message, row=line) from error
    return sheet


def _separator(text: str) -> str:
    """The separator of the header line, known by the one name every catalogue has."""
    header = next((line for line in text.splitlines() if "工作节点" in line), "")
    return max(SEPARATORS, key=header.count)
