"""Proofread a summary, any office's, and compare it with the recorded year where one is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone, translation

from approvals.proofing import proofread_with_record
from approvals.summary.collecting import collect
from approvals.summary.issuing import LANGUAGE
from nodes.proofreading import Finding, Severity, Text, Unreadable, proofread
from nodes.selectors import cycle_of
from workflow.cli import Command as JiedianCommand
from workflow.refusals import Invalid
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Print what is wrong with a summary, a JSON object a line; exit status 1 if anything is an error"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.(txt|docx)")
        parser.add_argument("--office", help="code of the office whose record it is compared with")
        parser.add_argument("--year", type=int, help="the recorded year")

    def act(self, *, file: Path, office: str | None, year: int | None, **_options: Any) -> None:
        if (office is None) != (year is None):
            raise CommandError("--office and --year go together", returncode=2)
        try:
            text = Text.from_file(file)
        except Unreadable as refusal:
            raise Invalid(f"{file}: {refusal}") from refusal
        found = self._compared(text, office, year) if office and year else self._read(text)
        for finding in found:
            self.stdout.write(json.dumps(finding.as_dict(), ensure_ascii=False))
        if errors := sum(finding.severity == Severity.ERROR for finding in found):
            raise CommandError(f"{file}: {errors} errors among {len(found)} findings")

    @staticmethod
    def _read(text: Text) -> list[Finding]:
        with translation.override(LANGUAGE):
            return proofread(text)

    @staticmethod
    def _compared(text: Text, office: str, year: int) -> list[Finding]:
        cycle = cycle_of(office_by_code(office), year)
        with translation.override(LANGUAGE):
            content = collect(cycle, issued_on=cycle.office.day(timezone.now()))
            return proofread_with_record(text, content)
