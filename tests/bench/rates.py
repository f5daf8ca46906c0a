"""Messages through robots, with real workers and the vendors' real minute: how soon are they all there?"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any
from unittest.mock import patch

A_MINUTE, MINUTE = 20, 60.0


# How much longer than the limits make it last: the workers come up, and keep a margin of each minute.
ALLOWED = 1.2


@dataclass(frozen=True)
class Drained:
    """`seconds` from the first arrival to the last, `least` by the limit; `most` arrived within a minute."""

    messages: int
    robots: int
    workers: int
    arrived: int
    refused: int
    seconds: float
    least: float
    most: int

    def as_row(self) -> tuple[str, ...]:
        """Beside the other comparisons: what the limits allow is the bare act."""
        sent = f"{self.messages:,} messages, {self.robots} robots, {self.workers} workers"
        name = f"{sent}: {self.arrived:,} arrived, {self.refused} refused, {self.most} a minute"
        milliseconds = (f"{seconds * 1000:.2f}" for seconds in (self.seconds, self.least))
        return (name, *milliseconds, f"{self.seconds / self.least:.2f}", f"{ALLOWED:.1f}", "-")


def run(*, messages: int = 1000, robots: int = 10, workers: int = 4, within: float = 900) -> Drained:
    """Send so many messages through so many robots of WeCom and DingTalk, in turns."""
    from notifications import reminders
    from notifications.models import Notification
    from tests.faults.robots import an_office_with_nodes_due, robot, settled, without_mail
    from tests.faults.stack import wait_for, wait_until_ready
    from tests.mornings import DUE
    from tests.vendors import open_vendors

    each = ceil(messages / robots)
    Notification.objects.filter(state="pending").update(state="lapsed")  # what else was measured
    with open_vendors() as vendors, _stack() as stack:
        office = an_office_with_nodes_due(each)
        without_mail(office)
        for number in range(robots):
            robot(office, vendors, ("wecom_robot", "dingtalk_robot")[number % 2], number)
        started = [stack.start_worker(**vendors.environment) for _ in range(workers)]
        wait_until_ready(*started)
        reminders.scan(office, DUE)
        wait_for(settled, within=within)
        calls = sorted(one.at for one in vendors.arrivals)
        return Drained(
            messages=each * robots,
            robots=robots,
            workers=workers,
            arrived=sum(one.taken for one in vendors.arrivals),
            refused=sum(not one.taken for one in vendors.arrivals),
            seconds=calls[-1] - calls[0],
            least=(ceil(each / A_MINUTE) - 1) * MINUTE,
            most=max(vendors.most_in(vendor, MINUTE) for vendor in ("wecom", "dingtalk")),
        )


@contextmanager
def _stack() -> Iterator[Any]:
    """Processes of their own, for which this one rings meanwhile."""
    from django.test import override_settings

    from notifications import doorbell
    from tests.faults.nursery import Nursery
    from tests.faults.stack import Stack
    from tests.post_office import open_post_office

    with ExitStack() as last:
        folder = Path(last.enter_context(tempfile.TemporaryDirectory()))
        nursery = last.enter_context(closing(Nursery(folder / "nursery.log")))
        last.enter_context(override_settings(CELERY_TASK_DEFAULT_QUEUE="bench_rates"))
        stack = Stack(folder, last.enter_context(open_post_office()), nursery)
        last.callback(stack.end)
        last.enter_context(override_settings(CELERY_BROKER_URL=stack.redis_url))
        last.enter_context(patch.object(doorbell, "current_app", stack.bell()))
        last.callback(doorbell.wait)
        stack.start_redis()
        yield stack
