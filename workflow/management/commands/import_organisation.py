"""Create an office from its organisation file, or bring it into line with it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from workflow.cli import Command as JiedianCommand
from workflow.cli import read_text
from workflow.organisation_file import parse_organisation
from workflow.services.organisation import import_organisation, missing_from


class Command(JiedianCommand):
    help = "Import an office's users, divisions, posts, routing and reminder policy; again, only what differs"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def act(self, *, file: Path, **_options: Any) -> None:
        parsed = parse_organisation(read_text(file))
        tally = import_organisation(parsed)
        for line in missing_from(parsed):
            self.stdout.write(line)
        self.stdout.write(json.dumps(tally))
