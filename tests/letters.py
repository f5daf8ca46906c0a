"""An exported summary, read back as its reader would."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

import docx
from django.core.management import call_command

ISSUED = date(2022, 1, 13)


@dataclass
class Letter:
    """An exported document and what the command said beside it."""

    document: docx.document.Document
    warnings: list[str]

    @property
    def lines(self) -> list[str]:
        return [paragraph.text for paragraph in self.document.paragraphs]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def headers(self) -> list[str]:
        section = self.document.sections[0]
        return [part.paragraphs[0].text for part in (section.header, section.even_page_header)]

    def line(self, beginning: str) -> str:
        return next(line for line in self.lines if line.startswith(beginning))

    def table(self, first_heading: str) -> list[list[str]]:
        """The rows below the header of the table that begins with this heading."""
        for table in self.document.tables:
            rows = [[cell.text for cell in row.cells] for row in table.rows]
            if rows[0][0] == first_heading:
                return rows[1:]
        raise AssertionError(f"no table begins with {first_heading}")


def export(office, out: Path, *, year: int = 2021, issued_on: date = ISSUED, **options) -> Letter:
    """Export and read the document back."""
    errors = StringIO()
    call_command(
        "export_summary",
        office=office.code,
        year=year,
        out=out,
        date=issued_on,
        stdout=StringIO(),
        stderr=errors,
        no_color=True,
        **options,
    )
    return Letter(docx.Document(str(out)), errors.getvalue().splitlines())
