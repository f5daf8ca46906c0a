"""Reads a .txt or .docx file into lines, whatever it was made with, and refuses what it cannot trust."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from nodes.proofreading.paragraphs import Line, Table, lines_of, tables_of

MEGABYTE = 1 << 20
LARGEST_TEXT, LARGEST_DOCUMENT, LARGEST_UNPACKED = 5 * MEGABYTE, 20 * MEGABYTE, 60 * MEGABYTE
MOST_LINES = 50_000
OLD_OFFICE = b"\xd0\xcf\x11\xe0"
MAIN_PART = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"  # what Word calls it in a strict document
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
READ_AS = {f"{W}tab": "\t", f"{W}br": " ", f"{W}cr": " ", f"{W}noBreakHyphen": "-"}


class Unreadable(Exception):
    """The file cannot be read as a text; `str()` is one clear line."""


def read(path: str | PathLike[str]) -> tuple[list[Line], list[Table]]:
    """The lines and tables of a file. Raises Unreadable."""
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in (".txt", ".docx"):
        raise Unreadable(_("only .txt and .docx files can be read"))
    content = _bytes(path, LARGEST_TEXT if suffix == ".txt" else LARGEST_DOCUMENT)
    lines, tables = _plain(content) if suffix == ".txt" else _document(content)
    if len(lines) > MOST_LINES:
        raise Unreadable(_("the file has more than %(most)d lines") % {"most": MOST_LINES})
    if not any(line.text.strip() for line in lines):
        raise Unreadable(_("the file holds no text"))
    return lines, tables


def _bytes(path: Path, largest: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(largest + 1)
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from error
    if len(content) > largest:
        raise Unreadable(_("the file is larger than %(most)d MB") % {"most": largest // MEGABYTE})
    return content


def _plain(content: bytes) -> tuple[list[Line], list[Table]]:
    lines = lines_of(decode(content))
    return lines, tables_of(lines)


def decode(content: bytes) -> str:
    """Text in UTF-8, with or without its mark, in UTF-16 with it, or in GB18030. Raises Unreadable."""
    if content.startswith((b"PK\x03\x04", OLD_OFFICE, b"%PDF", b"{\\rtf")):
        raise Unreadable(_("the file is called .txt but is something else"))
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(_("the text is neither UTF-8 nor GB18030"))


def _document(content: bytes) -> tuple[list[Line], list[Table]]:
    if content.startswith(OLD_OFFICE):
        raise Unreadable(
            _("the file is encrypted or of the old .doc format; save it as .docx without a password")
        )
    body = _body(_main_part(content))
    lines: list[Line] = []
    numbers: dict[Any, int] = {}
    for number, element in enumerate(_paragraphs(body), start=1):
        numbers[element] = number
        cell = next(element.iterancestors(f"{W}tc"), None) is not None
        lines.append(Line(number, _text(element).replace("\n", " "), cell=cell, bold=_bold(element)))
    return lines, [_table(table, numbers) for table in body.iter(f"{W}tbl")]


def _main_part(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _trusted(package)
            return package.read(MAIN_PART)
    except (
        zipfile.BadZipFile,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OSError,
        zlib.error,
    ) as error:
        raise Unreadable(_("the file is not a .docx document, or is damaged")) from error


def _trusted(package: zipfile.ZipFile) -> None:
    names = [info.filename.lower() for info in package.infolist()]
    if any(info.flag_bits & 1 for info in package.infolist()):
        raise Unreadable(_("the file is encrypted; save it without a password"))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Unreadable(_("the file holds macros; save it as a .docx without them"))
    if package.getinfo(MAIN_PART).file_size > LARGEST_UNPACKED:
        raise Unreadable(
            _("the file unpacks to more than %(most)d MB") % {"most": LARGEST_UNPACKED // MEGABYTE}
        )


def _body(xml: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    try:
        return etree.fromstring(xml.replace(STRICT, W[1:-1].encode()), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_("the file is not a .docx document, or is damaged")) from error


def _paragraphs(body: Any) -> Iterator[Any]:
    """Every paragraph in document order: running text, cells, text boxes (once)."""
    for element in body.iter(f"{W}p"):
        if next(element.iterancestors(FALLBACK), None) is None:
            yield element


def _text(paragraph: Any) -> str:
    """What a reader sees: inserted words, not those struck out, nor those of a text box within."""
    parts = []
    for element in paragraph.iter(f"{W}t", *READ_AS):
        if next(element.iterancestors(f"{W}p"), None) is paragraph:
            parts.append(READ_AS.get(element.tag) or element.text or "")
    return "".join(parts)


def _bold(paragraph: Any) -> bool:
    return next(paragraph.iter(f"{W}b"), None) is not None


def _table(table: Any, numbers: dict[Any, int]) -> Table:
    rows = tuple(
        tuple("".join(map(_text, cell.iter(f"{W}p"))).strip() for cell in row.iterchildren(f"{W}tc"))
        for row in table.iterchildren(f"{W}tr")
    )
    first = next(table.iter(f"{W}p"), None)
    return Table(numbers.get(first, 1), rows)
