"""Write a year's evidence as one archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from approvals.archive import archive_of
from approvals.figures import figures
from nodes.selectors import cycle_of
from workflow.cli import Command as JiedianCommand
from workflow.cli import write_whole
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Write a year's evidence as one .zip with an index page, hashes and a verifier"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE.zip")

    def act(self, *, office: str, year: int, out: Path, **_options: Any) -> None:
        cycle = cycle_of(office_by_code(office), year)
        archive = archive_of(cycle, figures(cycle), timezone.now())
        write_whole(archive.chunks(), out)
        if archive.missing:
            self.stderr.write(f"{archive.missing} files are in the record, but not on this machine")
        self.stdout.write(f"{out}\nmanifest sha256 {archive.manifest_sha256}")
