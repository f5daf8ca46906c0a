"""Messengers that refuse in a 200, throttle, break down or say nothing: all is told when they work again."""

from __future__ import annotations

from django.utils import timezone

from notifications import delivery, doorbell, reminders
from notifications.channels import outgoing
from notifications.holds import destination
from notifications.models import Attempt, Channel, ChannelKind, Hold, Notification
from tests.faults.changed import UNSPEAKABLE
from tests.faults.reconciling import reconcile
from tests.faults.robots import (
    VENDOR,
    an_office_with_nodes_due,
    outside,
    robot,
    settled,
    states_of,
    time_passes,
    told_of,
    without_mail,
)
from tests.faults.stack import wait_for, wait_until_ready
from tests.mornings import DUE
from tests.vendors import CUT, SILENCE, Answer, Vendors

# What goes wrong with each robot at the same time, under which code the ledger has it, and how long at least
# it is then left alone, in seconds.
Trouble = tuple[Answer, str, float]
ROUNDS: list[dict[str, Trouble]] = [
    {
        "wecom_robot": (Answer({"errcode": 45009, "errmsg": "api freq out of limit"}), "45009", 60),
        "dingtalk_robot": (Answer({"errcode": 130101, "errmsg": "send too fast"}), "130101", 600),
        "feishu_robot": (Answer({"code": 11232, "msg": "frequency limited"}), "11232", 60),
    },
    {
        "wecom_robot": (Answer("slow down", 429, {"Retry-After": "75"}), "429", 75),
        "dingtalk_robot": (Answer("<html>Bad Gateway</html>", 502), "502", 40),
        "feishu_robot": (CUT, "connect", 40),
    },
    {
        "wecom_robot": (Answer({"errcode": -1, "errmsg": "system busy"}, 503), "-1", 40),
        "dingtalk_robot": (Answer("", 503, {"Retry-After": "120"}), "503", 120),
        "feishu_robot": (
            Answer(
                {"code": 99991400, "msg": "request trigger frequency limit"},
                400,
                {"x-ogw-ratelimit-reset": "90"},
            ),
            "99991400",
            90,
        ),
    },
]


def test_whatever_ails_robots_costs_no_message_an_attempt_and_mail_goes_on(stack, post_office, vendors):
    office = an_office_with_nodes_due(4)
    channels = {kind: robot(office, vendors, kind) for kind in VENDOR}
    worker = stack.start_worker(**vendors.environment)
    wait_until_ready(worker)
    for troubles in ROUNDS:
        _all_in_trouble(vendors, troubles)
        calls = {kind: len(vendors.of(vendor)) for kind, vendor in VENDOR.items()}
        attempts = Attempt.objects.count()
        if outside():
            time_passes()
            doorbell.ring_sweep()
        else:
            reminders.scan(office, DUE)  # which rings
        wait_for(lambda kinds=troubles, so_far=attempts: _each_tried_since(so_far, kinds))
        for kind, (_answer, code, seconds) in troubles.items():
            assert len(vendors.of(VENDOR[kind])) == calls[kind] + 1, f"{kind}: nobody insists"
            assert states_of(kind) == {"pending": 4}
            _is_told(channels[kind], code, seconds)
        wait_for(lambda: states_of("email") == {"sent": 4})

    vendors.troubles.clear()
    time_passes()
    doorbell.ring_sweep()
    wait_for(settled)
    found = reconcile(post_office, vendors)
    assert (found.arrived, found.repeats) == (16, 0)
    assert not Channel.objects.exclude(failing_since=None).exists()


def _all_in_trouble(vendors: Vendors, troubles: dict[str, Trouble]) -> None:
    for kind, (answer, _code, _seconds) in troubles.items():
        vendors.troubles[VENDOR[kind]] = answer


def _each_tried_since(attempts: int, kinds: dict[str, Trouble]) -> bool:
    """Whether each robot was tried, and rests."""
    tried = {attempt.channel for attempt in Attempt.objects.order_by("pk")[attempts:]}
    resting = Hold.objects.filter(until__gt=timezone.now()).count()
    return kinds.keys() <= tried and resting == len(kinds)


def _is_told(channel: Channel, code: str, seconds: float) -> None:
    """The ledger has what the vendor said, what it means, and when it is tried again."""
    attempt = Attempt.objects.filter(via=channel).latest("pk")
    assert attempt.vendor_code == code
    assert all(told_of(attempt))
    rows = [row for row in outside() if row.via_id == channel.pk]
    assert {row.attempts for row in rows} == {0}
    held = Hold.objects.get(destination=destination(channel))
    wait = (held.until - held.since).total_seconds()
    assert seconds <= wait <= 1.5 * seconds, (channel, wait)
    channel.refresh_from_db()
    assert channel.failing_since
    assert channel.trouble.startswith(code)


def test_a_robot_that_says_nothing_is_waited_for_once(db, mail_from_here, vendors, monkeypatch):
    monkeypatch.setitem(outgoing.TIMES, "read", 0.3)
    office = an_office_with_nodes_due(3)
    silent, works = robot(office, vendors, "wecom_robot"), robot(office, vendors, "feishu_robot")
    vendors.troubles["wecom"] = SILENCE
    reminders.scan(office, DUE)
    assert delivery.sweep() == 6, "the other robot and the mail"
    assert len(vendors.of("wecom")) == 1
    _is_told(silent, "timeout", 40)
    assert works.kind == "feishu_robot"

    vendors.troubles.clear()
    time_passes()
    assert delivery.sweep() == 3
    assert reconcile(mail_from_here, vendors).arrived == 9


REFUSED = {
    "wecom_robot": (Answer({"errcode": 93000, "errmsg": "invalid webhook url"}), "93000", "重新复制"),
    "dingtalk_robot": (
        Answer({"errcode": 310000, "errmsg": "keywords not in content"}),
        "310000",
        "加上“节点”",
    ),
    "feishu_robot": (Answer({"code": 19024, "msg": "Key Words Not Found"}), "19024", "加上“节点”"),
}


def test_what_is_refused_for_good_says_what_to_do_and_goes_through_when_it_is_done(
    stack, post_office, vendors
):
    office = an_office_with_nodes_due(3)
    channels = {kind: robot(office, vendors, kind) for kind in VENDOR}
    worker = stack.start_worker(**vendors.environment)
    _all_in_trouble(vendors, {kind: (answer, code, 0) for kind, (answer, code, _words) in REFUSED.items()})
    wait_until_ready(worker)
    reminders.scan(office, DUE)
    doorbell.ring_sweep()
    wait_for(settled)
    found = reconcile(post_office, vendors)
    assert (found.arrived, len(found.given_up)) == (3, 9)
    for kind, (_answer, code, words) in REFUSED.items():
        assert states_of(kind) == {"dead": 3}
        attempt = Attempt.objects.filter(via=channels[kind]).latest("pk")
        assert attempt.vendor_code == code
        assert words in told_of(attempt)[1]

    vendors.troubles.clear()  # somebody did it
    assert delivery.retry(Notification.objects.filter(office=office)) == 9
    doorbell.ring_sweep()
    wait_for(settled)
    assert reconcile(post_office, vendors).arrived == 12


def test_a_message_that_cannot_be_said_stops_no_other(stack, post_office, vendors):
    office = an_office_with_nodes_due(12)
    without_mail(office)
    channel = robot(office, vendors, "wecom_robot")
    worker = stack.start_worker(**vendors.environment, **{UNSPEAKABLE: "第4项工作"})
    wait_until_ready(worker)
    reminders.scan(office, DUE)
    doorbell.ring_sweep()
    wait_for(settled)
    found = reconcile(post_office, vendors)
    assert (found.arrived, found.repeats) == (11, 0)
    assert [one.rows[0].node.number for one in found.given_up] == [4]
    assert "未能生成" in told_of(Attempt.objects.get(result="permanent"))[0]
    channel.refresh_from_db()
    assert channel.failing_since is None, "it is no fault of the robot's"
    assert Notification.objects.filter(channel=ChannelKind.IN_APP).count() == 12
