"""The proof of a month: whom the office had to tell of what, and whether, when, where and how it did."""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.proof import Proof, proof
from notifications.proof_table import header, plain, rows, totals_of, workbook
from workflow.cli import Command as JiedianCommand
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Prove a month's reminders and notices; exit status 1 when one is missing without a known cause"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--month", required=True, metavar="YYYY-MM")
        parser.add_argument("--out", type=Path, metavar="FILE.xlsx", help="write a workbook")
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def act(self, *, office: str, month: str, out: Path | None, json: bool, **_options: Any) -> None:
        whose, first = office_by_code(office), _first_day(month)
        with translation.override(settings.LANGUAGE_CODE):  # the office's own paper
            found = proof(whose, first)
            if out:
                _write(out, found)
            self.stdout.write(_json(found) if json else "\n".join(_lines(found, brief=bool(out))))
        if found.unexplained:
            raise CommandError(f"{len(found.unexplained)} without a known cause")


def _first_day(month: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d{2}", month):
            return date.fromisoformat(f"{month}-01")
    except ValueError:
        pass
    raise CommandError(f"“{month}” is not a month: write it as 2026-03")


def _write(out: Path, found: Proof) -> None:
    try:
        out.write_bytes(workbook(found).content)
    except OSError as error:
        raise CommandError(f"{out}: {error.strerror}") from error


def _json(found: Proof) -> str:
    return json.dumps(plain(found), ensure_ascii=False, indent=1)


def _lines(found: Proof, *, brief: bool) -> list[str]:
    """A line a telling and channel, tabs between its columns, and the totals."""
    title = [f"{found.office} {found.first:%Y-%m}", _("Proof of reminders")]
    table = totals_of(found) if brief else [header(), *rows(found)]
    return ["\t".join(_text(cell) for cell in row) for row in [title, *table]]


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return " ".join(str("" if cell is None else cell).split())
