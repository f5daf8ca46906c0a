"""Watch a whole year happen, then serve it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from config import demo
from nodes.models import Cycle
from workflow import audit
from workflow.cli import Command as JiedianCommand


class Command(JiedianCommand):
    help = "Replay the demo year on an empty database, print its figures, and serve it"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="stop after the figures")
        parser.add_argument("--out", type=Path, default=settings.BASE_DIR / "out")

    def act(self, *, no_serve: bool, out: Path, **_options: Any) -> None:
        self.console = Console(width=None if self.stdout.isatty() else 110)
        files = demo.Files.of(settings.BASE_DIR / "demo")
        demo.empty_database()
        cycle = demo.load(files)
        with self._progress(cycle) as on_day:
            demo.play(cycle, files, on_day)
        self._print(demo.write_out(cycle, out), cycle)
        self._summary(cycle, out / f"{cycle.year}-summary.docx")
        password = secrets.token_urlsafe(9)
        demo.let_in(cycle.office, password)
        self._log_ins(cycle, password)
        if not no_serve:
            call_command("serve")

    @contextmanager
    def _progress(self, cycle: Cycle) -> Iterator[Any]:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as progress:
            task = progress.add_task(str(cycle), total=(cycle.last_day - cycle.first_day).days + 1)
            yield lambda day: progress.update(task, advance=1, description=f"{cycle.office} {day}")

    def _print(self, found: dict[str, Any], cycle: Cycle) -> None:
        self._divisions(found)
        self._deferrals(found)
        self._reminders(cycle)
        self._year(found)
        verdict = audit.verify(cycle.office)
        if verdict.flaws:
            raise CommandError(verdict.flaws[0])
        self.console.print(f"verify_audit: ok {verdict.entries} entries, {verdict.seals} seals")

    def _year(self, found: dict[str, Any]) -> None:
        table = Table(title=f"{found['office']} {found['year']}", title_justify="left")
        table.add_column("figure")
        table.add_column("value", justify="right")
        table.add_row("indicators", "/".join(str(count) for count in found["indicators"].values()))
        for key in ("nodes", "divisions", "done_on_time", "done_late", "deferred", "not_done"):
            table.add_row(key, str(found[key]))
        table.add_row("returned_once_or_more", str(found["returned_once_or_more"]))
        for entry in found["returns"]:
            table.add_row(f"  node {entry['node']} returned", str(entry["times"]))
        slack = found["calendar_slack_days"]
        table.add_row(
            "calendar_slack_days p10/median/p90", f"{slack['p10']}/{slack['median']}/{slack['p90']}"
        )
        self.console.print(table)

    def _divisions(self, found: dict[str, Any]) -> None:
        columns = ("division", "nodes", "approved", "on_time", "late", "deferred", "overdue")
        table = Table(title="by division", title_justify="left")
        for column in columns:
            table.add_column(column, justify="left" if column == "division" else "right")
        for row in found["by_division"]:
            table.add_row(*(str(row[column]) for column in columns))
        self.console.print(table)

    def _deferrals(self, found: dict[str, Any]) -> None:
        table = Table(title="deferrals and their sign-offs", title_justify="left")
        for column in ("node", "post", "decision", "at", "opinion", "document"):
            table.add_column(column)
        for deferral in found["deferrals"]:
            table.add_row(f"{deferral['node']} {deferral['title']}", "", "", deferral["requested_at"][:10])
            for sign_off in deferral["sign_offs"]:
                table.add_row(
                    "",
                    sign_off["post"],
                    sign_off["decision"],
                    sign_off["at"][:10],
                    sign_off["opinion"],
                    sign_off["document_number"] or "",
                )
        self.console.print(table)

    def _reminders(self, cycle: Cycle) -> None:
        table = Table(title="e-mails that would have gone out", title_justify="left")
        table.add_column("rule")
        table.add_column("messages", justify="right")
        counts = demo.reminders_by_rule(cycle.office)
        for rule, count in sorted(counts.items()):
            table.add_row(rule, str(count))
        table.add_row("total", str(counts.total()))
        self.console.print(table)

    def _summary(self, cycle: Cycle, path: Path) -> None:
        for flaw in demo.write_summary(cycle, path):
            self.console.print(f"{path.name} is a draft: {flaw}", markup=False)
        self.console.print(f"wrote {path} and {cycle.year}-figures.json", markup=False)

    def _log_ins(self, cycle: Cycle, password: str) -> None:
        names = cycle.office.users.order_by("id").values_list("username", flat=True)
        self.console.print(f"log-ins: {', '.join(names)}")
        self.console.print(f"password of all: {password}", markup=False)
