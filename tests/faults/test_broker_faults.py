"""Redis stopped, hung, emptied and restarted: people go on as ever, and every message goes out by itself."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable, Iterable
from itertools import count, islice
from typing import Any

from django.urls import reverse
from django.utils import timezone

from approvals.models import DeferralRequest
from nodes.models import State, WorkNode
from notifications import doorbell, reminders
from tests import builders
from tests.builders import file_deferral, person, work_node
from tests.faults.reconciling import reconcile, wait_until_settled
from tests.faults.stack import Process, Stack, wait_for, wait_until_ready
from tests.mornings import DUE
from tests.post_office import HOST, text
from workflow.models import Office


def an_office_awake() -> Office:
    """An office without quiet hours, whatever time it is."""
    return builders.office(reminder_policy={"quiet_hours": None})


def within_a_second(act: Callable[[WorkNode], object], nodes: Iterable[WorkNode]) -> bool:
    """Whether somebody who is the first to meet the silent broker goes on within a second.

    The machine may be busy with another test at one moment, hence not just one try.
    """
    return any(_seconds(act, node) < 1 for node in nodes)


def _seconds(act: Callable[[WorkNode], object], node: WorkNode) -> float:
    doorbell.wait()
    doorbell._quiet_until = 0.0
    begun = time.monotonic()
    act(node)
    return time.monotonic() - begun


def _asks(node: WorkNode) -> DeferralRequest:
    return file_deferral(node, on=timezone.now())


def _asks_on_the_page(client: Any) -> Callable[[WorkNode], None]:
    def act(node: WorkNode) -> None:
        page = reverse("node-defer", args=[node.number])
        answer = client.post(page, {"justification": builders.PANDEMIC, "new_due": "", "category": "other"})
        assert answer.status_code == 302

    return act


def test_redis_hung_emptied_and_restarted_three_times_stops_nobody_and_loses_nothing(
    stack, post_office, client
):
    office = an_office_awake()
    nodes = (work_node(office, number, state=State.IN_PROGRESS) for number in count(1))
    redis, worker = stack.processes[0], stack.start_worker()
    stack.start_beat()
    wait_until_ready(worker)
    client.force_login(person("xinwen1"))

    for once_more in range(3):
        work_node(office, 100 + once_more, deadline=DUE)
        redis.signal(signal.SIGSTOP)  # it takes connections and answers nothing
        assert within_a_second(_asks, islice(nodes, 4))
        reminders.scan(office, DUE)
        assert within_a_second(_asks_on_the_page(client), islice(nodes, 4))
        doorbell.wait()  # given up, before the broker would hear it after all
        redis.signal(signal.SIGCONT)
        _empty(stack)
        redis.kill()
        assert within_a_second(_asks_on_the_page(client), islice(nodes, 4))
        redis = stack.start_redis()
        wait_until_settled()

    assert reconcile(post_office).repeats == 0
    requests = list(DeferralRequest.objects.filter(status="pending"))
    letters = [text(letter) for letter in post_office.to("fuzhuren2")]
    assert len(letters) == len(requests) >= 9
    for request in requests:
        assert sum(f"节点 {request.node.number}“" in letter for letter in letters) == 1


def _empty(stack: Stack) -> None:
    with socket.create_connection((HOST, stack.redis_port), 5) as link:
        link.sendall(b"FLUSHALL\r\n")
        assert link.recv(16) == b"+OK\r\n"


def test_a_broker_that_goes_away_in_mid_letter_stops_none_and_repeats_none(stack, post_office):
    office = builders.office()
    for number in range(1, 4):
        work_node(office, number, deadline=DUE)
    post_office.gate.clear()
    worker = stack.start_worker()
    wait_until_ready(worker)
    reminders.scan(office, DUE)
    wait_for(lambda: post_office.letters)
    stack.processes[0].kill()
    wait_for(lambda: worker.said("Connection to broker lost"))
    post_office.gate.set()
    wait_until_settled()
    stack.start_redis()
    assert _does_more(worker)
    assert reconcile(post_office).repeats == 0


def _does_more(worker: Process) -> bool:
    """Whether it hears the bell again."""

    def rung() -> int:
        doorbell._quiet_until = 0.0
        doorbell.ring_sweep()
        doorbell.wait()
        return worker.said(r"notifications.sweep\[.* succeeded")

    before = rung()
    wait_for(lambda: rung() > before)
    return True
