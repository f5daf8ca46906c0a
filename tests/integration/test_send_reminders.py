"""Reminders by hand: `send_reminders` lists, or writes and sends, what a day has to say."""

from __future__ import annotations

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nodes.models import State
from notifications import reminders
from notifications.models import Notification, ReminderScan
from tests import builders
from tests.builders import work_node
from tests.mornings import DUE

HEAD_HEARS, LEADER_HEARS = date(2021, 5, 11), date(2021, 5, 17)


def send_reminders(*options: str) -> str:
    out = StringIO()
    call_command("send_reminders", *options, stdout=out)
    return out.getvalue()


def test_a_dry_run_lists_who_would_get_what_and_writes_nothing(office):
    work_node(office, 7, deadline=DUE, title="举办友城论坛")
    work_node(office, 8, deadline=LEADER_HEARS)
    listed = send_reminders("--on", "2021-05-17", "--dry-run").splitlines()
    assert listed == [
        "jx-fao node 7 escalated_5 -> fuzhuren2 (in_app): 举办友城论坛",
        "jx-fao node 7 escalated_5 -> fuzhuren2 (email): 举办友城论坛",
        "jx-fao node 8 due_day -> xinwen1 (in_app): 工作节点8",
        "jx-fao node 8 due_day -> xinwen1 (email): 工作节点8",
    ]
    assert not Notification.objects.exists()
    assert not ReminderScan.objects.exists()


def test_what_a_dry_run_lists_is_what_a_scan_then_writes(office):
    for number, state in enumerate(State, 1):
        work_node(office, number, deadline=DUE, state=state)
    planned = reminders.preview(office, HEAD_HEARS)
    reminders.scan(office, HEAD_HEARS)
    rows = Notification.objects.filter(slot=HEAD_HEARS.isoformat()).select_related("recipient", "node")
    assert {(p.rule, p.recipient, p.channel, p.node) for p in planned} == {
        (row.rule, row.recipient.username, row.channel, row.node.number) for row in rows
    }


def test_the_command_sends_and_says_how_much(office, mailoutbox):
    work_node(office, deadline=DUE)
    assert send_reminders("--on", "2021-05-10") == '{"on": "2021-05-10", "written": 2, "messages": 1}\n'
    assert send_reminders("--on", "2021-05-10") == '{"on": "2021-05-10", "written": 0, "messages": 0}\n'
    assert [mail.to for mail in mailoutbox] == [["xinwen1@waiban.example"]]


def test_the_command_may_be_for_one_office(office):
    abroad = builders.office("gd-fao")
    for one in (office, abroad):
        work_node(one, deadline=DUE)
    send_reminders("--on", "2021-05-10", "--office", "gd-fao")
    assert set(Notification.objects.values_list("office", flat=True)) == {abroad.pk}


def test_an_office_that_does_not_exist_is_named(db):
    with pytest.raises(CommandError, match="“bj-fao”"):
        send_reminders("--on", "2021-05-10", "--office", "bj-fao")
