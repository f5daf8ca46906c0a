"""A decision that waits is urged, then escalated; one that was made in time is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from approvals import timers
from approvals.events import ReviewUrged, SignOffEscalated, SignOffUrged
from nodes.models import State
from tests import builders
from tests.builders import (
    ZONE,
    actions,
    approve_evidence,
    file_deferral,
    post,
    record_sign_off,
    return_evidence,
    sign_off,
    submit_evidence,
    withdraw_deferral,
    withdraw_evidence,
)
from workflow import events
from workflow.models import CalendarDay

# A Thursday: the second working day after it is Monday the 8th, the fifth Thursday the 11th.
FILED = date(2021, 3, 4)
URGED = datetime(2021, 3, 8, 8, 47, tzinfo=ZONE)
ESCALATED = datetime(2021, 3, 11, 8, 47, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def told() -> Iterator[list]:
    """Every urging and escalation that is published."""
    heard: list = []
    kinds = (SignOffUrged, SignOffEscalated, ReviewUrged)
    for kind in kinds:
        events.subscribe(kind, heard.append)
    yield heard
    for kind in kinds:
        events._subscribers[kind].remove(heard.append)


@pytest.fixture
def request_(office, drama_festival):
    return file_deferral(drama_festival, on=FILED)


def test_nothing_happens_before_its_time(request_, told):
    assert timers.fire_due(URGED - MINUTE) == 0
    assert told == []


def test_a_sign_off_is_urged_after_two_working_days(request_, told):
    assert timers.fire_due(URGED) == 1
    (urged,) = told
    waiting = request_.sign_offs.order_by("step")[0]
    assert (type(urged), urged.request, urged.sign_offs) == (SignOffUrged, request_, (waiting,))
    assert actions(request_) == ["deferral.requested", "deferral.urged"]


def test_and_escalated_after_five_to_the_post_above(request_, told):
    assert timers.fire_due(ESCALATED) == 2
    escalated = told[1]
    assert type(escalated) is SignOffEscalated
    assert escalated.above == (post("办主任"),)
    assert actions(request_)[-1] == "deferral.escalated"


def test_each_happens_once_however_often_the_sweep_comes(request_, told):
    for _sweep in range(3):
        timers.fire_due(ESCALATED)
    assert len(told) == 2


def test_the_request_still_waits_and_can_be_signed_afterwards(request_, told):
    timers.fire_due(ESCALATED)
    sign_off(request_, by="fuzhuren2", on=date(2021, 3, 12))
    record_sign_off(request_)
    assert (request_.status, request_.node.state) == ("approved", State.DEFERRED)


def test_what_was_decided_in_time_is_not_urged(office, drama_festival, told):
    request = file_deferral(drama_festival, on=FILED, new_due=date(2021, 11, 20))
    sign_off(request, by="fuzhuren2", on=date(2021, 3, 5))
    assert timers.fire_due(ESCALATED) == 0
    assert told == []


def test_what_was_withdrawn_is_not_urged(request_, told):
    withdraw_deferral(request_)
    assert timers.fire_due(ESCALATED) == 0
    assert told == []


def test_the_next_step_has_its_own_patience(request_, told):
    sign_off(request_, by="fuzhuren2", on=date(2021, 3, 9))
    assert timers.fire_due(ESCALATED - MINUTE) == 0
    assert timers.fire_due(datetime(2021, 3, 11, 8, 47, tzinfo=ZONE)) == 1
    governor = request_.sign_offs.order_by("step")[1]
    assert told[0].sign_offs == (governor,)


def test_above_the_governor_there_is_nobody_to_tell(request_, told):
    sign_off(request_, by="fuzhuren2", on=date(2021, 3, 9))
    timers.fire_due(datetime(2021, 3, 16, 8, 47, tzinfo=ZONE))
    assert told[-1].above == ()


def test_the_offices_own_holidays_and_policy_count(db, told):
    policy = {
        "sign_off": {"urge_after_working_days": 1, "escalate_after_working_days": 2},
        "send_at": "09:30",
    }
    office = builders.office(reminder_policy=policy)
    CalendarDay.objects.create(office=office, day=date(2021, 3, 5), is_workday=False)
    file_deferral(builders.work_node(office), on=FILED)
    assert timers.fire_due(datetime(2021, 3, 8, 9, 29, tzinfo=ZONE)) == 0
    assert timers.fire_due(datetime(2021, 3, 8, 9, 30, tzinfo=ZONE)) == 1
    assert timers.fire_due(datetime(2021, 3, 9, 9, 30, tzinfo=ZONE)) == 1


def test_a_review_is_urged_and_escalated(office, drama_festival, told):
    submission = submit_evidence(drama_festival, on=FILED)
    timers.fire_due(URGED)
    timers.fire_due(ESCALATED)
    assert [(type(one), one.submission, one.escalated) for one in told] == [
        (ReviewUrged, submission, False),
        (ReviewUrged, submission, True),
    ]
    assert actions(drama_festival)[-2:] == ["evidence.urged", "evidence.escalated"]
    approve_evidence(drama_festival)
    assert drama_festival.state == State.APPROVED


@pytest.mark.parametrize("decide", [approve_evidence, return_evidence, withdraw_evidence])
def test_a_review_that_ended_is_not_urged(office, drama_festival, told, decide):
    submit_evidence(drama_festival, on=FILED)
    decide(drama_festival)
    assert timers.fire_due(ESCALATED) == 0
    assert told == []


def test_one_that_fails_keeps_no_other_waiting(office, drama_festival, told, monkeypatch, caplog):
    broken = file_deferral(drama_festival, on=FILED)
    other = file_deferral(builders.work_node(office, 2), on=FILED)

    def fail(event: SignOffUrged) -> None:
        if event.request == broken:
            raise RuntimeError("no such desk")

    monkeypatch.setitem(events._subscribers, SignOffUrged, [fail, told.append])
    timers.fire_due(URGED)
    assert [urged.request for urged in told] == [other]


def test_one_that_fails_is_tried_again_at_the_next_sweep(request_, told, monkeypatch, caplog):
    working = list(events._subscribers[SignOffUrged])

    def fail(event: SignOffUrged) -> None:
        raise RuntimeError("the desk is closed today")

    monkeypatch.setitem(events._subscribers, SignOffUrged, [*working, fail])
    assert timers.fire_due(URGED) == 0
    assert actions(request_) == ["deferral.requested"]

    monkeypatch.setitem(events._subscribers, SignOffUrged, working)
    assert timers.fire_due(URGED + MINUTE) == 1
    assert actions(request_) == ["deferral.requested", "deferral.urged"]


def test_many_sweeps_at_once_urge_each_once(transactional_db):
    office = builders.office()
    requests = [file_deferral(builders.work_node(office, number), on=FILED) for number in (1, 2, 3)]
    together = Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        fired = list(pool.map(_sweep_on_a_connection_of_its_own, [together] * 3))
    assert sum(fired) == 6
    for request in requests:
        assert actions(request) == ["deferral.requested", "deferral.urged", "deferral.escalated"]


def _sweep_on_a_connection_of_its_own(together: Barrier) -> int:
    try:
        together.wait(10)
        return timers.fire_due(ESCALATED)
    finally:
        connection.close()
