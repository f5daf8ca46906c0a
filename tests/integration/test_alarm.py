"""Administrators hear that people are not being told: once a day and cause, and when it is well again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from notifications import alarm, heartbeats, tasks
from notifications.channels import OPENED
from notifications.channels.protocol import Outcome
from notifications.models import Alarm, Attempt, Channel, Heartbeat, ReminderScan
from notifications.recording import hold
from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import person
from tests.mornings import a_morning, mails
from workflow.models import Office, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def watched(office):
    """An office whose day was scanned and whose administrator has a mailbox."""
    scanned(office, timezone.now())
    admin = person("admin", office)
    admin.email = "admin@waiban.example"
    admin.save(update_fields=["email"])
    return office


def scanned(office, *moments: datetime) -> None:
    for moment in moments:
        ReminderScan.objects.get_or_create(office=office, day=office.day(moment), defaults={"rows": 0})


def late(office) -> None:
    a_morning(office, 1)
    mails().update(due_at=timezone.now() - timedelta(hours=1))


def test_late_reminders_are_told_once_and_well_again_once(watched, mailoutbox):
    late(watched)
    for _beat in range(4):
        alarm.watch()
    assert [letter.to for letter in mailoutbox] == [["admin@waiban.example"]]
    assert "提醒发送延迟" in mailoutbox[0].subject
    assert "通知台账" in mailoutbox[0].body
    mails().update(state="sent")
    for _beat in range(3):
        alarm.watch()
    assert len(mailoutbox) == 2
    assert "已恢复" in mailoutbox[1].subject
    assert not Alarm.objects.filter(ended_at=None)


def test_what_waits_for_a_channel_that_is_left_alone_is_late_since_it_was_to_go_out(watched):
    late(watched)
    hold(None, mails().get(), Outcome.retry_after(3600))
    alarm.watch()
    assert Alarm.objects.get(cause="late").since == mails().get().due_at


def test_it_is_told_anew_each_day(watched, mailoutbox):
    late(watched)
    alarm.watch()
    tomorrow = timezone.now() + timedelta(days=1)
    scanned(watched, tomorrow)
    alarm.watch(tomorrow)
    alarm.watch(tomorrow + timedelta(minutes=1))
    assert Alarm.objects.filter(cause="late").count() == 2
    assert sum("提醒发送延迟" in letter.subject for letter in mailoutbox) == 2
    mails().update(state="sent")
    alarm.watch(tomorrow + timedelta(minutes=2))
    assert sum("已恢复：提醒" in letter.subject for letter in mailoutbox) == 1


def test_administrators_see_it_in_their_inbox_and_others_do_not(watched):
    late(watched)
    alarm.watch()
    assert "提醒发送延迟" in main_text(logged_in("admin").get("/"))
    assert "提醒发送延迟" not in main_text(logged_in("xinwen1").get("/"))
    assert "提醒发送延迟" in main_text(logged_in("admin").get("/settings/messages/"))


def test_a_day_nobody_scanned_is_told_an_hour_later(office):
    day = office.day(timezone.now())
    nine = datetime(day.year, day.month, day.day, 9, 30, tzinfo=office.zone)
    alarm.watch(nine)
    assert not Alarm.objects.filter(cause="scan")
    alarm.watch(nine + timedelta(minutes=30))
    assert Alarm.objects.filter(cause="scan").count() == 1
    scanned(office, nine)
    alarm.watch(nine + timedelta(minutes=31))
    assert Alarm.objects.get(cause="scan").ended_at


def test_a_policy_that_cannot_be_read_is_told_and_hides_no_other_offices_trouble(db):
    broken, other = builders.office("broken"), builders.office("other")
    Office.objects.filter(pk=broken.pk).update(reminder_policy={"of": "another time"})
    alarm.watch(datetime.combine(other.day(timezone.now()), time(12), other.zone))
    found = Alarm.objects.filter(cause="scan").values_list("office__code", flat=True)
    assert sorted(found) == ["broken", "other"]


def test_a_clock_that_stood_still_is_told_when_it_is_noticed(watched, mailoutbox):
    Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(minutes=15))
    alarm.watch(beat=heartbeats.pulse())
    assert "定时进程" in mailoutbox[0].subject


def test_what_waits_after_a_standstill_is_late_only_when_it_is_not_worked_off(
    watched, mailoutbox, monkeypatch
):
    monkeypatch.setattr(heartbeats, "_last_signs", {})
    late(watched)
    Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(hours=6))
    for _tick in range(3):
        tasks.watch()
    assert ["定时进程" in letter.subject for letter in mailoutbox] == [True, True], (
        "stood still; is well again"
    )

    now = timezone.now() + heartbeats.WORKED_OFF + timedelta(seconds=1)
    Heartbeat.objects.filter(name="beat").update(at=now)
    alarm.watch(now, beat=heartbeats.pulse(now))
    assert "提醒发送延迟" in mailoutbox[2].subject


def test_an_alarm_is_not_called_off_by_a_standstill(watched, mailoutbox, monkeypatch):
    monkeypatch.setattr(heartbeats, "_last_signs", {})
    late(watched)
    alarm.watch()
    Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(minutes=3))
    mails().update(due_at=timezone.now())
    tasks.watch()
    assert Alarm.objects.get(cause="late").ended_at is None


def failing(office, channel=None, kind: str = "email", code: str = "ConnectionRefusedError") -> None:
    at = timezone.now() - timedelta(hours=9)
    Attempt.objects.create(
        office=office, batch="b", channel=kind, via=channel, number=1, began_at=at, ended_at=at,
        result="transient", vendor_code=code,
    )  # fmt: skip
    if channel:
        Channel.objects.filter(pk=channel.pk).update(failing_since=at, trouble=code)


class Robot:
    """A vendor that takes what it is given."""

    def __init__(self) -> None:
        self.got: list = []

    def send(self, message):
        self.got.append(message)
        return Outcome.ok()

    def close(self) -> None: ...


def test_a_failing_mail_server_is_told_through_another_channel(watched, mailoutbox, monkeypatch):
    robot = Robot()
    monkeypatch.setitem(OPENED, "webhook", lambda _channel: robot)
    Channel.objects.create(office=watched, kind="webhook", name="值班台", settings={})
    failing(watched)
    alarm.watch()
    alarm.watch()
    assert len(robot.got) == 1
    assert "电子邮件" in robot.got[0].subject
    assert not mailoutbox


def test_a_failing_robot_is_told_by_mail_with_what_to_do(watched, mailoutbox):
    robot = Channel.objects.create(office=watched, kind="feishu_robot", name="领导群", settings={})
    failing(watched, robot, "feishu_robot", "19024")
    alarm.watch()
    (letter,) = mailoutbox
    assert "领导群" in letter.subject
    assert "关键词" in letter.body


def test_what_no_channel_takes_is_tried_again(watched, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    late(watched)
    alarm.watch()
    assert Alarm.objects.get().told_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    alarm.watch()
    assert len(mailoutbox) == 1
    assert Alarm.objects.get().told_at


@pytest.mark.django_db(transaction=True)
def test_four_beats_at_once_raise_one_alarm(mailoutbox):
    office = builders.office()
    scanned(office, timezone.now())
    User.objects.filter(username="admin").update(email="admin@waiban.example")
    late(office)
    together = threading.Barrier(4)

    def beat(_number: int) -> None:
        together.wait(10)
        try:
            alarm.watch()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as beats:
        list(beats.map(beat, range(4)))
    assert Alarm.objects.filter(cause="late").count() == 1
    assert len(mailoutbox) == 1
