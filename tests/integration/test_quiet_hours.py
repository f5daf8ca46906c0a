"""Whoever comes back at night wakes nobody: what waited goes out in the morning, once, and is not late."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nodes.models import State
from notifications import alarm, cockpit, delivery
from notifications.channels import OPENED
from notifications.channels.protocol import Message, Outcome
from notifications.models import Alarm, Attempt, Channel, Hold, Notification, Preference
from tests import builders
from tests.builders import ZONE, file_deferral, person, work_node
from tests.mornings import a_busy_morning, a_morning, later, mails, states
from tests.post_office import closed_port
from workflow.models import Office

NIGHT = {"quiet_hours": ["20:00", "08:00"]}


def on(day: int, hour: int, minute: int = 0) -> datetime:
    """That time so many days from today on: what is put off until then is not due."""
    today = timezone.now().astimezone(ZONE).date()
    return datetime.combine(today + timedelta(days=day), time(hour, minute), ZONE)


@pytest.fixture
def office(db) -> Office:
    """An office that sleeps from eight in the evening until eight."""
    return builders.office(reminder_policy=NIGHT)


def a_sleeping_office(count: int) -> None:
    """So many people are each reminded of one node."""
    office = a_busy_morning(count)
    Office.objects.filter(pk=office.pk).update(reminder_policy=NIGHT)


def quiet(username: str, starts: time, ends: time) -> None:
    Preference.objects.create(user=person(username), quiet_from=starts, quiet_until=ends)


def soon_after(moment: datetime) -> set[bool]:
    """Whether what waits goes out in the minutes after `moment`, but not on the hour."""
    waiting = Notification.objects.filter(state="pending").values_list("due_at", flat=True)
    return {timedelta(minutes=2) <= due - moment < timedelta(minutes=9) for due in waiting}


# A night


def test_a_worker_that_is_back_at_night_sends_everything_once_in_the_morning(office, post_office):
    a_morning(office, 1, 2)
    work_node(office, 3, deadline=builders.date(2021, 5, 10), lead_division=builders.OTHER_DIVISION)
    assert delivery.sweep(on(1, 23)) == 0
    assert (post_office.calls, states()) == (0, {"pending": mails().count()})
    assert soon_after(on(2, 8)) == {True}
    assert delivery.sweep(on(1, 23, 1)) == 0, "it is not due before the morning"

    later()
    assert delivery.sweep(on(2, 8, 10)) == 1
    assert delivery.sweep(on(2, 8, 11)) == 0
    assert post_office.received() == {"xinwen1": 1}
    assert states() == {"sent": mails().count()}


@pytest.mark.parametrize(
    ("moment", "over"),
    [
        (on(1, 20), on(2, 8)),
        (on(1, 23, 59), on(2, 8)),
        (on(2, 0), on(2, 8)),
        (on(2, 7, 59), on(2, 8)),
        (on(1, 19, 59), None),
        (on(1, 8), None),
    ],
)
def test_the_night_passes_midnight_and_ends_in_the_morning(office, post_office, moment, over):
    a_morning(office, 1)
    assert delivery.sweep(moment) == (over is None)
    assert soon_after(over or moment) == (set() if over is None else {True})


def test_the_night_is_that_of_the_offices_own_clock(db, post_office):
    described = builders.organisation()["office"] | {"time_zone": "Asia/Urumqi"}
    a_morning(builders.office(office=described, reminder_policy=NIGHT), 1)
    assert delivery.sweep(on(1, 9, 30)) == 0, "half past seven there"
    assert soon_after(on(1, 10)) == {True}
    later()
    assert delivery.sweep(on(1, 21, 30)) == 1, "half past seven in the evening there"


def test_of_two_offices_only_the_one_that_sleeps_is_left_alone(office, post_office):
    abroad = builders.office("gd-fao")
    for one in (office, abroad):
        a_morning(one, 1)
    assert delivery.sweep(on(1, 23)) == 1
    assert mails(state="sent").get().office == abroad


def test_an_urgent_message_waits_too_and_not_all_go_on_the_hour(office, post_office):
    file_deferral(work_node(office, 7, state=State.IN_PROGRESS), on=timezone.now())
    later()
    assert delivery.sweep(on(1, 22)) == 0
    assert soon_after(on(2, 8)) == {True}
    tomorrow = mails().get().due_at
    later()
    delivery.sweep(on(1, 3))
    assert tomorrow - mails().get().due_at == timedelta(days=1), "at the same minute of every morning"


def test_the_evening_comes_while_a_claim_is_sent(db, post_office, monkeypatch):
    a_sleeping_office(5)
    clock = iter([on(1, 19, 59)] * 2 + [on(1, 20)] * 3)
    monkeypatch.setattr("notifications.quiet_hours.timezone", SimpleNamespace(now=lambda: next(clock)))
    assert delivery.sweep() == 2
    assert len(post_office.letters) == 2
    assert states() == {"sent": 2, "pending": 3}
    assert soon_after(on(2, 8)) == {True}


def test_a_policy_that_cannot_be_read_wakes_nobody_and_keeps_no_other_from_going(office, post_office):
    a_morning(office, 1)
    a_morning(builders.office("gd-fao"), 1)
    Office.objects.filter(pk=office.pk).update(reminder_policy={"of": "another time"})
    assert delivery.sweep(on(1, 23)) == 1


# One's own hours


def test_ones_own_quiet_hours_keep_only_ones_own_mail(db, post_office):
    office = a_busy_morning(3)
    assert office.reminder_policy["quiet_hours"] is None
    quiet("u1", time(12), time(14))
    assert delivery.sweep(on(1, 12, 30)) == 2
    assert post_office.received() == {"u0": 1, "u2": 1}
    assert soon_after(on(1, 14)) == {True}


def test_ones_own_hours_and_the_offices_are_kept_one_after_the_other(office, post_office):
    a_morning(office, 1)
    quiet("xinwen1", time(7, 30), time(9, 30))
    assert delivery.sweep(on(1, 23)) == 0
    assert soon_after(on(2, 9, 30)) == {True}
    later()
    assert delivery.sweep(on(2, 8, 5)) == 0
    assert soon_after(on(2, 9, 30)) == {True}


def test_who_leaves_no_hour_of_the_day_is_told_outside_the_offices_quiet_hours(office, post_office):
    a_morning(office, 1)
    quiet("xinwen1", time(8), time(20))
    assert delivery.sweep(on(1, 23)) == 0
    later()
    assert delivery.sweep(on(2, 8, 5)) == 1


# A robot


class Robot:
    def __init__(self) -> None:
        self.got: list[Message] = []

    def send(self, message: Message) -> Outcome:
        self.got.append(message)
        return Outcome.ok()

    def close(self) -> None: ...


@pytest.fixture
def robot(office, monkeypatch) -> Robot:
    """What the office's webhook gets; nobody has a mailbox."""
    made = Robot()
    monkeypatch.setitem(OPENED, "webhook", lambda _channel: made)
    Channel.objects.create(office=office, kind="webhook", name="值班台", settings={})
    office.users.update(email="")
    return made


def test_a_robot_sleeps_when_the_office_does_whoever_it_speaks_to(office, robot):
    quiet("xinwen1", time(9), time(18))
    a_morning(office, 1, 2)
    rows = Notification.objects.filter(channel="webhook")
    assert delivery.sweep(on(1, 23)) == 0
    assert soon_after(on(2, 8)) == {True}
    assert rows.values("due_at").distinct().count() == 1, "a message for several people stays whole"
    rows.update(due_at=timezone.now() - timedelta(minutes=1))
    assert delivery.sweep(on(2, 10)) == 1
    assert len(robot.got) == 1


# Nothing is held against it


def test_waiting_for_the_morning_is_no_attempt_and_costs_no_patience(office, post_office):
    a_morning(office, 1)
    post_office.answers["xinwen1@waiban.example"] = "452 mailbox full"
    delivery.sweep(on(1, 12))
    before = mails().values("attempts", "last_error", "created_at", "message_id").get()
    later()
    assert delivery.sweep(on(1, 23)) == 0
    assert mails().values("attempts", "last_error", "created_at", "message_id").get() == before
    assert Attempt.objects.count() == 1


@pytest.mark.parametrize("server", ["refused the letter", "was away"])
def test_what_failed_in_the_evening_is_not_late_by_the_night(office, post_office, mailoutbox, server):
    a_morning(office, 1)
    evening = timezone.now() - timedelta(hours=11)
    if server == "was away":
        with override_settings(EMAIL_PORT=closed_port()):
            delivery.sweep(on(1, 19))
    else:
        post_office.answers["xinwen1@waiban.example"] = "452 mailbox full"
        delivery.sweep(on(1, 19))
    Attempt.objects.update(began_at=evening)
    later()
    assert cockpit.queue()[1] <= evening
    delivery.sweep(on(1, 23))
    assert cockpit.queue() == (1, None)
    alarm.watch()
    assert not Alarm.objects.filter(cause=Alarm.Cause.LATE).exists()

    # The morning has come, and it fails again.
    woken = timezone.now() - timedelta(minutes=5)
    mails().update(due_at=woken, put_off_until=woken)
    assert cockpit.queue() == (1, woken)
    post_office.answers["xinwen1@waiban.example"] = "452 mailbox full"
    delivery.sweep(on(2, 8, 10))
    assert cockpit.queue()[1] >= woken
    alarm.watch()
    assert not Alarm.objects.filter(cause=Alarm.Cause.LATE).exists()


def test_what_does_not_go_in_the_morning_either_is_late(office, post_office):
    a_morning(office, 1)
    delivery.sweep(on(1, 23))
    woken = timezone.now() - timedelta(hours=1)
    mails().update(due_at=woken, put_off_until=woken)
    alarm.watch()
    assert Alarm.objects.get(cause=Alarm.Cause.LATE).since == woken


def test_the_report_says_that_it_waits_for_the_morning(office, post_office):
    a_morning(office, 1)
    delivery.sweep(on(1, 23))
    out = StringIO()
    call_command("notifications_report", "--office", "jx-fao", "--month", "2021-05", "--json", stdout=out)
    found = json.loads(out.getvalue())
    (line,) = [one for one in found["lines"] if one["cause"] == "quiet"]
    assert office.minute(mails().get().due_at) in line["words"]
    assert found["totals"]["unexplained"] == 0


# It costs next to nothing


@pytest.mark.parametrize("hour", [12, 23])
def test_a_claim_asks_once_for_everybodys_hours_and_puts_all_off_in_one_go(db, post_office, hour):
    a_sleeping_office(6)
    claim = delivery.claim_due()
    with CaptureQueriesContext(connection) as asked:
        assert delivery.send(claim, at=on(1, hour)) == (6 if hour == 12 else 0)
    said = [one["sql"] for one in asked.captured_queries]
    assert sum("put_off_until =" in one for one in said) == (hour == 23)
    assert sum("notifications_preference" in one and "put_off" not in one for one in said) == 1


@pytest.mark.parametrize("came_back", [False, True])
def test_a_whole_office_is_put_off_at_once(db, post_office, monkeypatch, came_back):
    """Also where a place is tried with one message at a time, since it did not answer before."""
    monkeypatch.setattr("notifications.claims.MESSAGES_A_CLAIM", 2)
    a_sleeping_office(7)
    a_morning(builders.office("gd-fao"), 1)
    quiet("u3", time(6), time(9))
    later()
    if came_back:
        away = timezone.now() - timedelta(minutes=1)
        Hold.objects.create(destination="email", since=away, until=away)
    assert delivery.send(delivery.claim_due(), at=on(1, 23)) == 0
    assert mails(due_at__lt=timezone.now()).count() == 2, (
        "the other office's, and one with hours of their own"
    )
    assert delivery.sweep(on(1, 23)) == 1
    own = mails(recipient__username="u3").get()
    assert own.due_at > on(2, 9) > mails(state="pending").exclude(pk=own.pk).latest("due_at").due_at


def test_what_another_worker_has_in_hand_stays_with_it(db, post_office, monkeypatch):
    monkeypatch.setattr("notifications.claims.MESSAGES_A_CLAIM", 2)
    a_sleeping_office(4)
    early, late = delivery.claim_due(), delivery.claim_due()
    assert delivery.send(late, at=on(1, 23)) == 0
    assert delivery.send(early, at=on(1, 19)) == 2
    assert states() == {"sent": 2, "pending": 2}
