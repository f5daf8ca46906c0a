"""Write a year's summary as a Word document."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from approvals import official
from approvals.official import LETTER, Form
from approvals.summary import draw_up, save
from nodes.selectors import cycle_of
from workflow.cli import Command as JiedianCommand
from workflow.cli import write_whole
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Write a year's summary as a Word document; refuses while its checks find errors"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.docx")
        parser.add_argument(
            "--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="date of issue; today when left out"
        )
        parser.add_argument("--number", type=_positive, help="the document's number in its year of issue")
        parser.add_argument(
            "--draft", action="store_true", help="write it in spite of errors, marked as a draft"
        )
        parser.add_argument(
            "--form", choices=list(Form), default=LETTER, help="letter (as left out) or ordinary document"
        )
        parser.add_argument(
            "--pdf", action="store_true", help="also write FILE.pdf beside it, which needs LibreOffice"
        )

    def act(
        self,
        *,
        office: str,
        year: int,
        out: Path,
        draft: bool,
        number: int | None,
        form: str = LETTER,
        pdf: bool = False,
        **options: Any,
    ) -> None:
        cycle = cycle_of(office_by_code(office), year)
        summary = draw_up(cycle, issued_on=options["date"], number=number, draft=draft, form=form)
        proof = official.pdf(summary.document) if pdf else None
        save(summary, out)
        for finding in summary.findings:
            self.stderr.write(f"{finding.severity}: {finding}")
        self.stdout.write(str(out))
        if proof is not None:
            write_whole([proof], out.with_suffix(".pdf"))
            self.stdout.write(str(out.with_suffix(".pdf")))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a document's number")
    return int(text)
