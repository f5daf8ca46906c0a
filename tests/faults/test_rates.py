"""However many workers send, no robot is sent more than its vendor takes; what waits for that is not lost.

A minute would be long to wait for: in these workers the minute of WeCom and DingTalk has three seconds, and
so it has at the server. Feishu's second is a real one.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from math import ceil

import pytest
from django.utils import timezone
from redis import Redis

from notifications import delivery, doorbell, rates, reminders
from notifications.models import Channel, ChannelKind, Hold, Notification
from tests import builders
from tests.faults.changed import HURRY
from tests.faults.reconciling import reconcile
from tests.faults.robots import an_office_with_nodes_due, robot, settled, time_passes, without_mail
from tests.faults.stack import Process, Stack, wait_for, wait_until_ready
from tests.mornings import DUE
from tests.post_office import HOST, closed_port
from tests.vendors import Vendors, open_vendors

TIMES, MINUTE = 20, 3.0
LIMITS = {"wecom": [(20, MINUTE)], "dingtalk": [(20, MINUTE)], "feishu": [(5, 1.0)]}


@pytest.fixture
def vendors(settings) -> Iterator[Vendors]:
    with open_vendors(limits=LIMITS) as opened:
        settings.OUTGOING_ALLOWED, settings.VENDORS = opened.allowed, opened.addresses
        yield opened


def test_the_limits_are_those_that_the_vendors_name():
    assert {kind: set(limits) for kind, limits in rates.LIMITS.items()} == {
        ChannelKind.WECOM_ROBOT: {rates.Limit(20, 60)},
        ChannelKind.DINGTALK_ROBOT: {rates.Limit(20, 60)},
        ChannelKind.FEISHU_ROBOT: {rates.Limit(5, 1), rates.Limit(100, 60)},
        ChannelKind.APPRISE: {rates.Limit(10, 60)},
    }
    assert rates.MARGIN > 0


def test_a_message_counts_from_when_it_is_out_and_until_then_as_the_last(db, vendors, monkeypatch):
    """It may arrive any time before that: the next one must not follow it too soon."""
    monkeypatch.setitem(rates.LIMITS, ChannelKind.FEISHU_ROBOT, (rates.Limit(2, 0.2),))
    channel = robot(builders.office(), vendors, "feishu_robot")
    slow, quick, next_one = (Channel.objects.get(pk=channel.pk) for _ in range(3))
    assert rates.wait_for(slow) == rates.wait_for(quick) == 0
    rates.over(quick)
    begun = time.monotonic()
    wait_for(lambda: rates.wait_for(next_one) == 0)
    rates.over(next_one)
    assert time.monotonic() - begun > 0.2, "as long as the quick one's window lasts"
    wait_for(lambda: time.monotonic() - begun > 0.6)
    assert rates.wait_for(quick) == 0
    assert rates.wait_for(next_one) > 0, "the slow one may arrive at the same time as this one"
    rates.over(slow)
    rates.over(quick)
    wait_for(lambda: rates.wait_for(next_one) == 0)


def test_while_redis_says_nothing_robots_rest_and_mail_goes_on(db, mail_from_here, vendors, monkeypatch):
    office = an_office_with_nodes_due(3)
    channel = robot(office, vendors, "wecom_robot")
    reminders.scan(office, DUE)
    with monkeypatch.context() as patch:
        patch.setattr(rates, "_redis", lambda: Redis(HOST, closed_port()))
        assert delivery.sweep() == 3
    assert vendors.arrivals == []
    waiting = Notification.objects.filter(via=channel)
    assert set(waiting.values_list("state", "attempts")) == {("pending", 0)}
    assert not Hold.objects.filter(until__gt=timezone.now() + timedelta(seconds=40)).exists()

    time_passes()
    assert delivery.sweep() == 3
    assert reconcile(mail_from_here, vendors).arrived == 6


def test_a_thousand_messages_through_ten_robots_drain_as_fast_as_they_may(stack, post_office, vendors):
    office = an_office_with_nodes_due(100)
    without_mail(office)
    for number in range(5):
        robot(office, vendors, "wecom_robot", number)
        robot(office, vendors, "dingtalk_robot", number)
    _start_workers(stack, vendors, 4)
    reminders.scan(office, DUE)
    wait_for(settled, within=60)
    found = reconcile(post_office, vendors)
    assert (found.arrived, found.repeats) == (1000, 0)
    _kept(vendors)
    calls = sorted(one.at for one in vendors.arrivals)
    took, may_take = calls[-1] - calls[0], (ceil(100 / 20) - 1) * MINUTE
    print(f"1,000 messages through 10 robots: {took:.1f} s, at least {may_take:.1f}")
    assert took < 2.5 * may_take, (
        "twenty times as fast it is the machine that is too slow, but not by so much"
    )


def test_a_flushed_redis_and_workers_that_are_killed_do_not_make_it_faster(stack, post_office, vendors):
    office = an_office_with_nodes_due(45)
    without_mail(office)
    for kind in ("wecom_robot", "dingtalk_robot", "feishu_robot"):
        robot(office, vendors, kind)
    workers = _start_workers(stack, vendors, 4)
    reminders.scan(office, DUE)

    wait_for(lambda: len(vendors.of("wecom")) >= 15 and len(vendors.of("feishu")) >= 8)
    Redis(HOST, stack.redis_port).flushall()
    doorbell.ring_sweep()

    wait_for(lambda: len(vendors.of("wecom")) >= 30 and len(vendors.of("dingtalk")) >= 25)
    for worker in workers:
        worker.signal(signal.SIGKILL)
    for worker in workers:
        worker.wait()
    _leases_end()
    _start_workers(stack, vendors, 4)
    doorbell.ring_sweep()

    wait_for(settled, within=60)
    found = reconcile(post_office, vendors, crashes=len(workers))
    assert found.arrived == 135
    _kept(vendors)


def _start_workers(stack: Stack, vendors: Vendors, count: int) -> list[Process]:
    environment = vendors.environment | {HURRY: str(TIMES)}
    workers = [stack.start_worker(**environment) for _ in range(count)]
    wait_until_ready(*workers)
    return workers


def _leases_end() -> None:
    Notification.objects.filter(state="sending").update(lease_until=timezone.now())


def _kept(vendors: Vendors) -> None:
    """No vendor ever had to refuse, and none was ever sent more than it says."""
    assert vendors.arrivals
    assert all(one.taken for one in vendors.arrivals)
    most = {vendor: [vendors.most_in(vendor, span) for _count, span in LIMITS[vendor]] for vendor in LIMITS}
    print("the most within a minute, Feishu a second:", most)
    for vendor, limits in LIMITS.items():
        assert all(n <= count for n, (count, _span) in zip(most[vendor], limits, strict=True)), vendor
