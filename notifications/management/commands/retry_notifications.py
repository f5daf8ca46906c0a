"""Try anew to send what was given up."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import CommandParser

from notifications import delivery
from notifications.models import Notification
from workflow.cli import Command as JiedianCommand
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Give the messages that were given up another round of attempts"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", help="code of one office; all of them when left out")

    def act(self, *, office: str | None, **_options: Any) -> None:
        rows = Notification.objects.all()
        if office:
            rows = rows.filter(office=office_by_code(office))
        self.stdout.write(json.dumps({"retried": delivery.retry(rows)}))
