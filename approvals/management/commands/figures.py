"""Print a year's figures as JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from approvals.figures import figures
from nodes.selectors import cycle_of
from workflow.cli import Command as JiedianCommand
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Print a year's figures as JSON"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD")

    def act(self, *, office: str, year: int, as_of: date | None, **_options: Any) -> None:
        found = figures(cycle_of(office_by_code(office), year), as_of)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
