"""The demo: an office's whole year, replayed day by day through the real services."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import connection

from approvals import timers
from approvals.figures import figures
from approvals.replay import replay
from approvals.summary import Unfit, draw_up, save
from nodes.catalogue import read_catalogue
from nodes.models import Cycle
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from notifications import reminders
from notifications.models import ChannelKind, Notification
from notifications.timing import send_moment
from workflow import audit, services
from workflow.models import Division, Office, PostKind
from workflow.organisation_file import parse_organisation
from workflow.refusals import WrongState
from workflow.services.organisation import import_organisation

AUDITOR = "shenji"


@dataclass(frozen=True)
class Files:
    """A folder's organisation, catalogue and events of one year, told by their names."""

    year: int
    organisation: Path
    catalogue: Path
    events: Path

    @classmethod
    def of(cls, folder: Path) -> Files:
        organisation = sorted(folder.glob("organisation-*.json"))[-1]
        year = organisation.stem.rpartition("-")[2]
        return cls(
            int(year), organisation, folder / f"catalogue-{year}.xlsx", folder / f"events-{year}.jsonl"
        )


def empty_database() -> None:
    """Throw away what an earlier demo left: tables, files and mail. Raises WrongState while others use it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        if cursor.fetchone()[0]:
            raise WrongState("this checkout is being served: stop that first, then run the demo again")
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    shutil.rmtree(settings.BASE_DIR / ".jiedian" / "mail", ignore_errors=True)
    call_command("migrate", verbosity=0)


def load(files: Files) -> Cycle:
    """Create the office and its year from the demo's files."""
    organisation = parse_organisation(files.organisation.read_text(encoding="utf-8"))
    import_organisation(organisation)
    office = Office.objects.get(code=organisation.office.code)
    catalogue = read_catalogue(
        files.catalogue,
        filename=files.catalogue.name,
        year=files.year,
        known_divisions=list(Division.objects.filter(office=office).values_list("name", flat=True)),
    )
    import_catalogue(actor=None, office=office, year=files.year, catalogue=catalogue)
    return cycle_of(office, files.year)


def let_in(office: Office, password: str) -> None:
    """Let everybody of the office log in with one password, an auditor too; the administrator runs it all."""
    admin = office.users.get(username="admin")
    if not office.users.filter(username=AUDITOR).exists():
        auditor = services.add_person(actor=admin, office=office, username=AUDITOR, name="审计员")
        services.appoint(actor=admin, post=office.posts.get(kind=PostKind.AUDITOR), to=auditor)
    office.users.update(password=make_password(password))
    office.users.filter(pk=admin.pk).update(is_staff=True, is_superuser=True)


def play(cycle: Cycle, files: Files, on_day: Callable[[date], None]) -> None:
    """Replay the year; each morning its reminders are written, as those that would have gone out."""
    mornings = _Mornings(cycle, on_day)
    replay(cycle, files.events.read_text(encoding="utf-8"), folder=files.events.parent, before=mornings.until)
    mornings.through(cycle.last_day)
    audit.seal()


class _Mornings:
    """The mornings of a year, each lived once and in order."""

    def __init__(self, cycle: Cycle, on_day: Callable[[date], None]) -> None:
        self.office, self.on_day = cycle.office, on_day
        self.next = cycle.first_day

    def until(self, at: datetime) -> None:
        """Live every morning before the moment `at`."""
        day = self.office.day(at)
        self.through(day if send_moment(self.office, day) <= at else day - timedelta(days=1))

    def through(self, last: date) -> None:
        while self.next <= last:
            timers.fire_due(send_moment(self.office, self.next))
            reminders.scan(self.office, self.next, send=False)
            self.on_day(self.next)
            self.next += timedelta(days=1)


def reminders_by_rule(office: Office) -> Counter[str]:
    """How many e-mails each rule would have sent."""
    rules = Notification.objects.filter(office=office, channel=ChannelKind.EMAIL).values_list(
        "rule", flat=True
    )
    return Counter(rules)


def write_summary(cycle: Cycle, path: Path) -> list[str]:
    """Write the year's summary, as filed in the middle of next January; return why it is but a draft."""
    issued_on = date(cycle.year + 1, 1, 15)
    try:
        save(draw_up(cycle, issued_on=issued_on), path)
    except Unfit as refusal:
        save(draw_up(cycle, issued_on=issued_on, draft=True), path)
        return refusal.lines()
    return []


def write_out(cycle: Cycle, folder: Path) -> dict[str, Any]:
    """Write the year's figures to `folder` and return them."""
    folder.mkdir(parents=True, exist_ok=True)
    found = figures(cycle)
    (folder / f"{cycle.year}-figures.json").write_text(
        json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
    )
    return found
