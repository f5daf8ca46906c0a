"""The proof of a month: whom the office had to remind, and whether, when, where and how it did."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import translation

from notifications.proof import Proof, proof
from notifications.proof_table import header, plain, rows, workbook
from workflow.cli import Command as JiedianCommand
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Prove a month's reminders; exit status 1 when one is missing without a known cause"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--month", required=True, metavar="YYYY-MM")
        parser.add_argument("--out", type=Path, metavar="FILE.xlsx", help="write a workbook")
        parser.add_argument("--json", action="store_true", help="print it as JSON")

    def act(self, *, office: str, month: str, out: Path | None, json: bool, **_options: Any) -> None:
        found = proof(office_by_code(office), _first_day(month))
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
        with translation.override(settings.LANGUAGE_CODE):  # the office's own paper
            out.write_bytes(workbook(found).content)
    except OSError as error:
        raise CommandError(f"{out}: {error.strerror}") from error


def _json(found: Proof) -> str:
    return json.dumps(plain(found), ensure_ascii=False, indent=1)


def _lines(found: Proof, *, brief: bool) -> list[str]:
    """A line a reminder and channel, tabs between its columns, and the totals."""
    table = [] if brief else [header(), *rows(found)][: len(found.lines) + 1]
    totals = json.dumps(found.totals, ensure_ascii=False)
    return ["\t".join(_text(cell) for cell in row) for row in table] + [totals]


def _text(cell: Any) -> str:
    return " ".join(str("" if cell is None else cell).split())
