"""The proof of a month: whether, when, where and by which attempt; and why not."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from openpyxl import load_workbook

from nodes.models import State
from notifications import delivery, reminders
from notifications.models import Notification, Preference, ReminderScan
from notifications.proof import proof
from tests.browsing import logged_in
from tests.builders import person, work_node
from tests.mornings import DUE, later, mails

pytestmark = pytest.mark.django_db
MAY = date(2021, 5, 1)


@pytest.fixture
def a_month(office, settings):
    """May 2021: one node due on the 10th, reminded on every day of the month."""
    node = work_node(office, 1, deadline=DUE)
    for day in range(1, 32):
        reminders.scan(office, date(2021, 5, day))
    return node


def report(*options: str) -> tuple[dict, str]:
    out = StringIO()
    try:
        call_command("notifications_report", "--office", "jx-fao", "--month", "2021-05", "--json", *options,
                     stdout=out)  # fmt: skip
        said = ""
    except CommandError as error:
        said = str(error)
    return json.loads(out.getvalue()), said


def causes(found: dict) -> set[str]:
    return {line["cause"] for line in found["lines"] if line["cause"]}


def test_everybody_was_told_and_by_which_attempt(a_month, mailoutbox):
    Notification.objects.filter(channel="email", state="lapsed").update(state="pending")
    later()
    delivery.sweep()
    found, said = report()
    by_mail = [line for line in found["lines"] if line["channel"] == "email" and line["told"]]
    assert by_mail
    assert all(line["attempt"] == 1 and line["receipt"] and line["at"] for line in by_mail)
    assert {line["rule"] for line in found["lines"]} >= {"before_3", "due_day", "escalated_1"}
    assert found["totals"]["unexplained"] == 0
    assert said == ""
    assert found["totals"]["due"] == found["totals"]["told"]


def test_a_row_that_vanished_is_missing_without_a_cause(a_month):
    row = Notification.objects.filter(rule="due_day").first()
    Notification.objects.filter(rule="due_day").delete()
    found, said = report()
    lost = [line for line in found["lines"] if line["cause"] == "unexplained"]
    assert {line["rule"] for line in lost} == {"due_day"}
    assert "without a known cause" in said
    assert row.rule == "due_day"


def test_causes_are_named(a_month, office):
    handler = person("xinwen1", office)
    Notification.objects.filter(recipient=handler, channel="email").delete()
    handler.email = ""
    handler.save(update_fields=["email"])
    assert "no_address" in causes(report()[0])
    handler.email = "a@b.example"
    handler.save(update_fields=["email"])
    Preference.objects.create(user=handler, email_reminders=False)
    assert "preference" in causes(report()[0])
    head = mails().exclude(recipient=handler)
    head.update(state="muted")
    assert "muted" in causes(report()[0])
    head.update(state="dead", last_error="550 no")
    found = report()[0]
    assert "dead" in causes(found)
    assert any("550" in (line["words"] or "") for line in found["lines"])
    head.update(state="pending", last_error="")
    assert "waiting" in causes(report()[0])


def test_a_vacant_post_and_a_missing_scan_are_causes(office):
    work_node(office, 1, deadline=DUE)
    found, said = report()
    assert causes(found) == {"no_scan"}
    assert said == ""
    for seat in office.posts.filter(kind__in=["handler", "division_head"]):
        seat.appointments.all().delete()
    assert "nobody" in causes(report()[0])


def test_what_was_done_by_then_was_not_due(office):
    work_node(office, 1, deadline=DUE, state=State.APPROVED)
    ReminderScan.objects.create(office=office, day=DUE, rows=0, at=timezone.now())
    assert not [line for line in report()[0]["lines"] if line["day"] == DUE.isoformat()]


def test_a_node_that_moved_was_due_on_its_former_day(office):
    node = work_node(office, 1, deadline=DUE)
    reminders.scan(office, date(2021, 5, 7))
    days = {one.due.day for one in proof(office, MAY).lines}
    assert date(2021, 5, 10) in days
    assert node.current_deadline == DUE


def test_the_workbook_is_downloaded_from_the_ledger(a_month, tmp_path):
    answer = logged_in("jixiao1").get("/settings/messages/proof/?month=2021-05")
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet["F2"].value
    assert sheet.max_row > 5
    assert logged_in("xinwen1").get("/settings/messages/proof/").status_code == 403
    out = tmp_path / "proof.xlsx"
    report("--out", str(out))
    assert load_workbook(out).active.max_row == sheet.max_row
    assert logged_in("admin").get("/settings/messages/proof/?month=nonsense").status_code == 200


@pytest.mark.parametrize("month", ["2021-13", "may", "2021", "2021-5", "2021-05-01"])
def test_wrong_usage_is_one_clear_line(office, month):
    with pytest.raises(CommandError, match="is not a month") as refused:
        call_command("notifications_report", "--office", "jx-fao", "--month", month)
    assert "\n" not in str(refused.value)


def test_an_unknown_office_and_an_unwritable_file_are_said(office):
    with pytest.raises(CommandError, match="nobody"):
        call_command("notifications_report", "--office", "nobody", "--month", "2021-05")
    with pytest.raises(CommandError, match="/nowhere"):
        call_command("notifications_report", office="jx-fao", month="2021-05", out=Path("/nowhere/x.xlsx"))
