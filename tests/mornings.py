"""Mornings on which reminders are due, and what the ledger has of their mails."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from nodes.catalogue import Catalogue
from nodes.services.catalogue import import_catalogue
from notifications import reminders
from notifications.models import ChannelKind, Hold, Notification
from tests import builders
from tests.builders import ZONE, work_node
from tests.organisation import LEADER, organisation
from workflow.models import Office

DUE = date(2021, 5, 10)  # a Monday after the holiday; 1 to 5 May are off, Saturday the 8th is worked


def mails(**facts: Any) -> Any:
    return Notification.objects.filter(channel=ChannelKind.EMAIL, **facts).order_by("id")


def states() -> Counter[str]:
    return Counter(mails().values_list("state", flat=True))


def morning(day: date, hour: int = 8, minute: int = 47) -> datetime:
    """That time of the day, by default the office's hour for reminders."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


def later() -> None:
    """The time of every further attempt has come, and nothing is left alone any more."""
    pauses_end()
    mails(state="pending").update(due_at=timezone.now() - timedelta(days=1))


def pauses_end() -> None:
    """Whatever was to be left alone may be tried."""
    Hold.objects.update(until=timezone.now() - timedelta(days=1))


def a_morning(office: Office, *numbers: int, **columns: Any) -> None:
    """Reminders that `numbers` are due today."""
    for number in numbers:
        work_node(office, number, deadline=DUE, **columns)
    reminders.scan(office, DUE)


def many_divisions(count: int) -> dict[str, Any]:
    """Sections of an office with so many divisions of one handler each, u0, u1, …"""
    file = organisation()
    users = [
        {"username": f"u{n}", "name": f"经办人{n}", "email": f"u{n}@waiban.example"} for n in range(count)
    ]
    divisions = [
        {"name": f"第{n}处", "head": "xinwen0", "handlers": [f"u{n}"], "leader_in_charge": LEADER}
        for n in range(count)
    ]
    return {"users": [*file["users"], *users], "divisions": divisions}


def a_busy_morning(count: int, **columns: Any) -> Office:
    """So many people are each reminded of one node."""
    office = builders.office(**many_divisions(count))
    rows = [builders.row(n + 1, deadline=DUE, lead_division=f"第{n}处", **columns) for n in range(count)]
    import_catalogue(actor=None, office=office, year=2021, catalogue=Catalogue(rows, []))
    reminders.scan(office, DUE)
    return office
