"""Clocks tripled, workers woken and workers away: every message arrives, and once (docs/architecture.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from nodes.catalogue import Catalogue
from nodes.models import State, WorkNode
from nodes.services.catalogue import import_catalogue
from notifications import doorbell, reminders
from notifications.models import Notification
from tests import builders
from tests.builders import actions, file_deferral, work_node
from tests.faults.reconciling import reconcile, wait_until_settled
from tests.faults.stack import Process, wait_for, wait_until_ready
from tests.mornings import mails, many_divisions
from tests.organisation import DIVISION, OTHER_DIVISION, organisation
from tests.post_office import PostOffice, text
from workflow import audit
from workflow.models import AuditEntry, CalendarDay, Office


def told(post_office: PostOffice) -> dict[str, int]:
    """Letters by reader, without the administrator's: they say what was late before the clocks began."""
    return {name: count for name, count in post_office.received().items() if name != "admin"}


def an_office_awake() -> Office:
    """An office without quiet hours, whatever time it is."""
    return builders.office(reminder_policy={"quiet_hours": None})


# Many clocks


def test_three_clocks_and_parallel_sweeps_tell_everybody_once(stack, post_office):
    stack.environment["CONSTANTS"] = "notifications.claims.MESSAGES_A_CLAIM=2"
    workers = [stack.start_worker() for _ in range(2)]
    beats = [stack.start_beat() for _ in range(3)]
    office = an_office_at_noon("00:00", **many_divisions(12))
    today = office.day(timezone.now())
    dues = [(today + timedelta(days=offset), f"第{n}处") for offset in (-1, 0, 1) for n in range(12)]
    nodes_due(office, *dues)
    for _ in range(12):
        doorbell.ring_sweep()
    wait_for(lambda: mails().exists())
    wait_until_settled()
    _wait_for_more(6, "notifications.scan_reminders", *workers)
    wait_for(lambda: all(beat.said("Sending due task scan-reminders") for beat in beats))

    handlers = [f"u{n}" for n in range(12)]
    assert told(post_office) == dict.fromkeys([*handlers, "xinwen0"], 1)
    for handler in handlers:
        assert text(post_office.to(handler)[0]).count("/a/") == 2
    assert reconcile(post_office).arrived == 13
    assert Notification.objects.filter(office=office).count() == 2 * mails().count() == 2 * 36
    assert all(worker.said(r"notifications.sweep\[.* succeeded") for worker in workers)


def _wait_for_more(times: int, task: str, *workers: Process) -> None:
    """Wait until the workers have done `task` so many times more."""

    def done() -> int:
        return sum(worker.said(rf"{task}\[.* succeeded") for worker in workers)

    so_far = done()
    wait_for(lambda: done() >= so_far + times)


def an_office_at_noon(send_at: str, **sections: Any) -> Office:
    """It is about noon of a working day there; its reminders go out at `send_at`."""
    ahead = 12 - datetime.now(UTC).hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"  # by POSIX, what lies east is minus
    today = (datetime.now(UTC) + timedelta(hours=ahead)).date()
    described = organisation()["office"] | {"time_zone": zone}
    policy = {"send_at": send_at, "quiet_hours": None}
    office = builders.office(year=today.year, office=described, reminder_policy=policy, **sections)
    for offset in range(-3, 4):
        CalendarDay.objects.create(office=office, day=today + timedelta(days=offset), is_workday=True)
    return office


def nodes_due(office: Office, *dues: tuple[date, str]) -> list[WorkNode]:
    """Nodes due that day and led by that division, in one cycle."""
    year = office.day(timezone.now()).year
    rows = [
        builders.row(number, deadline=day, lead_division=division)
        for number, (day, division) in enumerate(dues, 1)
    ]
    import_catalogue(actor=None, office=office, year=year, catalogue=Catalogue(rows, []))
    return list(WorkNode.objects.filter(office=office).order_by("number"))


# Workers that were away


@pytest.mark.parametrize("since", ["before the morning's scan", "after the morning's scan"])
def test_after_six_hours_without_workers_everybody_has_one_message_of_what_is_still_to_do(
    stack, post_office, since
):
    office = an_office_at_noon("06:00")
    today = office.day(timezone.now())
    nodes = nodes_due(office, *[(today, DIVISION)] * 4, (today, OTHER_DIVISION), (today, OTHER_DIVISION))
    if since.startswith("after"):
        reminders.scan(office, today)
    builders.story.moment(timezone.now() - timedelta(days=5))  # of which nobody is told any more
    for finished in (nodes[1], nodes[4], nodes[5]):
        builders.start(finished)
        builders.submit_evidence(finished)
        builders.approve_evidence(finished)
    builders.defer(nodes[3])

    stack.start_worker()
    stack.start_beat()
    wait_for(lambda: post_office.to("xinwen1"))
    wait_until_settled()
    assert told(post_office) == {"xinwen1": 1}
    (letter,) = post_office.to("xinwen1")
    assert [number for number in range(1, 7) if f"节点 {number}“" in text(letter)] == [1, 3]
    assert reconcile(post_office).repeats == 0


# Workers that are woken


def test_asking_for_a_sign_off_wakes_a_worker_and_the_mail_goes_without_a_sweep(stack, post_office):
    node = work_node(an_office_awake(), 7, state=State.IN_PROGRESS)
    worker = stack.start_worker()
    wait_until_ready(worker)
    file_deferral(node, on=timezone.now())
    wait_until_settled()
    assert reconcile(post_office).arrived == 1
    assert post_office.received() == {"fuzhuren2": 1}
    assert "/a/" in text(post_office.letters[0])
    assert worker.said("Task notifications.sweep") == 0


def test_clocks_drive_the_seal_of_the_audit_and_the_urging_of_what_waits(stack, post_office):
    node = work_node(an_office_awake(), state=State.IN_PROGRESS)
    request = file_deferral(node, on=timezone.now() - timedelta(days=30))
    stack.start_beat()
    stack.start_worker()
    wait_for(lambda: Notification.objects.filter(rule="sign_off_escalated").exists())
    wait_until_settled()
    assert reconcile(post_office).arrived == 3
    assert told(post_office) == {"fuzhuren2": 2, "zhuren": 1}

    wait_for(lambda: not AuditEntry.objects.filter(seal=None).exists())
    verdict = audit.verify()
    assert verdict.flaws == []
    assert verdict.seals > 0
    assert actions(request) == ["deferral.requested", "deferral.urged", "deferral.escalated"]
