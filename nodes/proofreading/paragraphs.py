"""The lines of a file, and the paragraphs and tables they make."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass

GAP, SENTENCE = re.compile(r"(?<=\S) {3,}(?=\S)"), re.compile("[，。；]")
BEFORE, AFTER, LONGEST_QUOTE = 16, 10, 120  # characters of a quote


@dataclass(frozen=True)
class Line:
    """One line of a .txt file or one paragraph of a .docx file, as it stands; `number` counts from 1."""

    number: int
    text: str
    cell: bool = False
    bold: bool = False

    @property
    def indented(self) -> bool:
        return self.text[:1] in ("\u3000", "\t") or self.text.startswith("  ")


@dataclass(frozen=True)
class Paragraph:
    """Text that belongs together; `starts` are the offsets at which its `lines` begin.

    `breaks` are the offsets at which a page break had cut it; a table's `cell` is a paragraph of its own.
    """

    text: str
    lines: tuple[int, ...]
    starts: tuple[int, ...] = (0,)
    breaks: tuple[int, ...] = ()
    cell: bool = False
    bold: bool = False

    @property
    def line(self) -> int:
        return self.lines[0]

    def line_at(self, offset: int) -> int:
        """The line on which the character at `offset` stands."""
        return self.lines[bisect_right(self.starts, offset) - 1]

    def quote(self, start: int, end: int) -> str:
        """The words from `start` to `end` with a few around them."""
        end = min(end, start + LONGEST_QUOTE - BEFORE - AFTER)
        return self.text[max(0, start - BEFORE) : end + AFTER].strip()


Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The cells of a table, row by row; `line` is where it begins."""

    line: int
    rows: tuple[Row, ...]


def lines_of(text: str) -> list[Line]:
    """The lines of `text` as an editor counts them."""
    clean = text.replace("\r\n", "\n").replace("\r", "\n")
    return [Line(number, line, cell=_is_row(line)) for number, line in enumerate(clean.split("\n"), start=1)]


def tables_of(lines: list[Line]) -> list[Table]:
    """The tables that a text file shows with tabs, upright strokes or wide gaps between the cells."""
    tables: list[Table] = []
    rows: list[Row] = []
    first = 0
    for line in [*lines, Line(0, "")]:
        if line.cell:
            first = first if rows else line.number
            rows.append(
                tuple(cell.strip() for cell in re.split(r"\t|\|| {3,}", line.text.strip().strip("|")))
            )
        elif rows:
            tables.append(Table(first, tuple(row for row in rows if any(row))))
            rows = []
    return tables


def _is_row(line: str) -> bool:
    """Whether a line of a text file is a row of cells."""
    inner = line.strip()
    columns = len(GAP.findall(inner)) > 1 and not SENTENCE.search(inner)
    return "\t" in inner or inner.count("|") > 1 or columns
