"""Write and send the reminders of a day, or list them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.management.base import CommandParser

from notifications import delivery, reminders
from workflow.cli import Command as JiedianCommand
from workflow.models import Office
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "The reminder scan for a day; again, it adds nothing"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--office", help="code of one office; all of them when left out")
        parser.add_argument("--dry-run", action="store_true", help="list who would get what, write nothing")

    def act(self, *, on: date, office: str | None, dry_run: bool, **_options: Any) -> None:
        offices = [office_by_code(office)] if office else list(Office.objects.all())
        if dry_run:
            for one in offices:
                self._list(one, on)
            return
        rows = sum(reminders.scan(one, on) for one in offices)
        self.stdout.write(json.dumps({"on": on.isoformat(), "written": rows, "messages": delivery.sweep()}))

    def _list(self, office: Office, on: date) -> None:
        for planned in reminders.preview(office, on):
            self.stdout.write(
                f"{office.code} node {planned.node} {planned.rule} -> "
                f"{planned.recipient} ({planned.channel}): {planned.title}"
            )
