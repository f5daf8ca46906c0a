"""Create a year in draft, open it, or close it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from nodes.selectors import cycle_of
from nodes.services.cycles import close_cycle, create_cycle, open_cycle
from workflow.cli import Command as JiedianCommand
from workflow.selectors import office_by_code


class Command(JiedianCommand):
    help = "Create a year in draft, open it (again), or close it"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("status", choices=["draft", "open", "closed"])
        parser.add_argument("--office", required=True, help="code of the office")
        parser.add_argument("--year", required=True, type=int)

    def act(self, *, status: str, office: str, year: int, **_options: Any) -> None:
        tenant = office_by_code(office)
        if status == "draft":
            cycle = create_cycle(actor=None, office=tenant, year=year)
        else:
            act = open_cycle if status == "open" else close_cycle
            cycle = act(actor=None, cycle=cycle_of(tenant, year))
        self.stdout.write(f"{cycle.office.code} {cycle.year} {cycle.status}")
