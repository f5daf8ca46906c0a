"""The cockpit: what waits, what fails, and what is alive."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import cockpit, delivery, heartbeats, recording
from notifications.channels.protocol import Outcome
from notifications.models import Attempt, Channel, Heartbeat
from tests.browsing import logged_in, main_text
from tests.builders import person
from tests.mornings import a_morning, mails, pauses_end

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_sign_yet():
    heartbeats._last_signs.clear()


def tried(
    office, result: str, ago: timedelta, *, batch: str = "x", via=None, code: str = "", to: str = ""
) -> None:
    at = timezone.now() - ago
    Attempt.objects.create(
        office=office, batch=batch, channel=via.kind if via else "email", via=via, number=1, began_at=at,
        ended_at=at, result=result, vendor_code=code, recipient=person(to) if to else None,
    )  # fmt: skip


def email_of(office) -> cockpit.Line:
    return next(line for line in cockpit.lines(office) if line.channel == "email")


def test_what_is_due_has_waited_since_it_was_due(office):
    a_morning(office, 1, 2)
    due = timezone.now() - timedelta(hours=2)
    mails().update(due_at=due)
    line = email_of(office)
    assert (line.waiting, line.due) == (1, 1)
    assert line.oldest == due


def test_what_is_due_tomorrow_waits_for_nothing(office):
    a_morning(office, 1)
    mails().update(due_at=timezone.now() + timedelta(hours=9))
    line = email_of(office)
    assert (line.waiting, line.due, line.oldest) == (1, 0, None)


def test_a_failure_that_is_put_off_waits_since_its_first_attempt(office):
    a_morning(office, 1)
    row = mails().get()
    tried(office, "transient", timedelta(hours=3), batch=row.batch)
    mails().update(due_at=timezone.now() + timedelta(minutes=20), last_error="421 later")
    assert timezone.now() - email_of(office).oldest >= timedelta(hours=3)


def test_what_its_channel_has_no_room_for_waits_since_it_was_to_go_out(office):
    a_morning(office, 1)
    due = timezone.now() - timedelta(hours=1)
    mails().update(due_at=due)
    for _turn in range(2):
        claim = delivery.claim_due()
        recording.hold(claim, mails().get(), Outcome.retry_after(600))
        assert (email_of(office).oldest, email_of(office).due) == (due, 1)
        pauses_end()


def test_a_channel_fails_since_nothing_went_through(office):
    tried(office, "transient", timedelta(hours=9), batch="a", code="421")
    assert email_of(office).failing_since is not None
    tried(office, "ok", timedelta(hours=1), batch="a")
    assert email_of(office).failing_since is None


def test_one_wrong_mailbox_is_no_failing_channel(office):
    tried(office, "permanent", timedelta(hours=9), code="550")
    assert email_of(office).failing_since is None


def test_a_server_that_refuses_everybody_fails(office):
    for hours, username in enumerate(("xinwen1", "mishu1", "fuzhuren2"), start=9):
        assert email_of(office).failing_since is None
        tried(office, "permanent", timedelta(hours=hours), code="554", to=username)
    assert timezone.now() - email_of(office).failing_since > timedelta(hours=10)
    tried(office, "ok", timedelta(hours=1), to="xinwen1")
    assert email_of(office).failing_since is None


def test_a_channel_that_was_taken_away_fails_no_more(office):
    robot = Channel.objects.create(office=office, kind="feishu_robot", name="试一试", settings={})
    tried(office, "transient", timedelta(hours=9), via=robot, code="timeout")
    assert any(line.channel == "feishu_robot" for line in cockpit.lines(office))
    robot.delete()
    assert [line.channel for line in cockpit.lines(office)] == ["email"]


def test_signs_of_life_are_kept(office):
    heartbeats.ticked()
    heartbeats.note_worker(type("Task", (), {"request": type("R", (), {"hostname": "celery@host"})()})())
    alive = heartbeats.pulse()
    assert alive.beat_seconds is not None
    assert alive.beat_seconds < 60
    assert [one.name for one in alive.workers] == ["worker:celery@host"]
    Heartbeat.objects.update(at=timezone.now() - timedelta(days=2))
    assert heartbeats.pulse().workers == []
    heartbeats.forget_the_dead()
    assert list(Heartbeat.objects.values_list("name", flat=True)) == ["beat"]


def test_the_page_shows_it_in_words(office):
    Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(hours=1))
    robot = Channel.objects.create(office=office, kind="dingtalk_robot", name="值班群", settings={})
    Channel.objects.filter(pk=robot.pk).update(
        failing_since=timezone.now(), trouble="310000 keywords not in content"
    )
    tried(office, "permanent", timedelta(minutes=1), via=robot, code="310000")
    shown = main_text(logged_in("admin").get("/settings/messages/"))
    assert "已停止" in shown
    assert "值班群" in shown
    assert "1 个失败" in shown
    assert "近期未见运行" in shown


def test_redis_that_is_gone_is_said(office, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert not cockpit.redis_answers()
    assert "没有应答" in main_text(logged_in("admin").get("/settings/messages/"))
