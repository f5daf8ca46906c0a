"""Import a year's catalogue of work nodes from a workbook or a csv table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from nodes.catalogue import read_catalogue
from nodes.services.catalogue import Outcome, import_catalogue
from workflow.cli import Command as JiedianCommand
from workflow.models import Division
from workflow.refusals import Invalid
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Import a year's indicators and work nodes: all rows or none"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, change nothing")

    def act(self, *, file: Path, office: str, year: int, dry_run: bool, **_options: Any) -> None:
        tenant = office_by_code(office)
        divisions = list(Division.objects.filter(office=tenant).values_list("name", flat=True))
        try:
            catalogue = read_catalogue(file, filename=file.name, year=year, known_divisions=divisions)
        except OSError as error:
            raise Invalid(f"{file}: {error.strerror}") from error
        outcome = import_catalogue(actor=None, office=tenant, year=year, catalogue=catalogue, dry_run=dry_run)
        self._report(outcome)

    def _report(self, outcome: Outcome) -> None:
        for number in outcome.begun:
            self.stdout.write(f"node {number} has begun: its title and dates were kept")
        for number in outcome.missing:
            self.stdout.write(f"node {number} is not in the file: it was kept")
        self.stdout.write(json.dumps(outcome.as_dict()))
