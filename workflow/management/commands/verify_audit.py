"""Recompute the sealed audit chain and name the first entry that does not fit."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from workflow import audit
from workflow.cli import Command as JiedianCommand
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Verify the audit trail's seals"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", help="code of one office; all of them when left out")

    def act(self, *, office: str | None, **_options: Any) -> None:
        verdict = audit.verify(office_by_code(office) if office else None)
        if verdict.flaws:
            raise CommandError(verdict.flaws[0])
        self.stdout.write(f"ok {verdict.entries} entries, {verdict.seals} seals")
