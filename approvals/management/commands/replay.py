"""Replay a year's events through the services, at the events' own times."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from approvals.replay import replay
from nodes.selectors import cycle_of
from workflow import audit
from workflow.cli import Command as JiedianCommand
from workflow.cli import read_text
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Apply an events file to a year; again, it continues after the last applied event"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="last day to apply"
        )

    def act(self, *, file: Path, office: str, year: int, until: date | None, **_options: Any) -> None:
        cycle = cycle_of(office_by_code(office), year)
        try:
            progress = replay(cycle, read_text(file), folder=file.parent, until=until)
        finally:
            audit.seal()
        self.stdout.write(
            json.dumps(
                {
                    "applied": progress.applied,
                    "applied_before": progress.applied_before,
                    "last": progress.last.isoformat() if progress.last else None,
                }
            )
        )
