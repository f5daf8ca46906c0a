"""The ledger: who is told of what happens, when the mail may go, and what is never written or sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from approvals import timers
from approvals.replay import replay
from approvals.services.urging import urge_review, urge_sign_off, urge_work
from approvals.urging import COOL_DOWN
from nodes.models import State, WorkNode
from nodes.services.talking import comment
from nodes.services.watching import watch
from notifications import delivery
from notifications.letters import SENTENCES, address, headline
from notifications.models import ChannelKind, Notification
from tests import builders, events
from tests.builders import (
    REJECT,
    RETURN,
    ZONE,
    appoint,
    approve_evidence,
    defer,
    delegate,
    file_deferral,
    person,
    record_sign_off,
    reopen,
    resume,
    return_evidence,
    sign_off,
    start,
    story,
    submit_evidence,
    withdraw_deferral,
    withdraw_evidence,
    work_node,
)
from tests.organisation import DIVISION, LEADER, OTHER_DIVISION, organisation
from workflow.models import Office
from workflow.refusals import Invalid

NEXT_YEAR, THIS_YEAR, FAR_THIS_YEAR = date(2022, 3, 1), date(2021, 11, 20), date(2021, 12, 31)
FILED = date(2021, 3, 4)  # a Thursday: urged on Monday the 8th, escalated on Thursday the 11th
URGED, ESCALATED = (datetime(2021, 3, day, 8, 47, tzinfo=ZONE) for day in (8, 11))
OF_THE_MORNING = {"before", "due_day", "overdue", "escalated"}
DIVISION_OF_TWO = {"handlers": ["xinwen1", "successor"]}


def told(rule: str, channel: str = ChannelKind.IN_APP) -> set[str]:
    """Who was told under this rule."""
    rows = Notification.objects.filter(rule=rule, channel=channel)
    return set(rows.values_list("recipient__username", flat=True))


def rules() -> set[str]:
    return set(Notification.objects.values_list("rule", flat=True))


@pytest.fixture
def division_of_two(db) -> Office:
    """An office whose 新闻文化处 has two handlers."""
    file = organisation()
    file["divisions"][0] |= DIVISION_OF_TWO
    return builders.office(divisions=file["divisions"])


# Evidence


def test_the_performance_office_is_told_of_evidence_to_review(drama_festival):
    submit_evidence(drama_festival)
    assert told("evidence_submitted") == {"jixiao1", "jixiao2"}
    assert told("evidence_submitted", ChannelKind.EMAIL) == {"jixiao1", "jixiao2"}


def test_each_round_is_told_anew(drama_festival):
    for _round in range(2):
        submit_evidence(drama_festival)
        return_evidence(drama_festival)
    assert Notification.objects.filter(rule="evidence_submitted", recipient__username="jixiao1").count() == 4
    assert Notification.objects.filter(rule="evidence_returned", recipient__username="xinwen1").count() == 4


@pytest.mark.parametrize(
    ("decide", "rule"), [(return_evidence, "evidence_returned"), (approve_evidence, "evidence_approved")]
)
def test_the_division_and_whoever_submitted_are_told_of_the_decision(division_of_two, decide, rule):
    node = work_node(division_of_two, state=State.IN_PROGRESS)
    submit_evidence(node, by="xinwen0")
    decide(node)
    assert told(rule) == {"xinwen0", "xinwen1", "successor"}


def test_a_reopened_node_is_told_to_its_handlers_and_their_head(office):
    reopen(work_node(office, state=State.APPROVED))
    assert told("node_reopened") == {"xinwen0", "xinwen1"}


def test_the_supporting_division_sees_that_work_began_and_gets_no_mail(office):
    start(work_node(office, supporting_divisions=(OTHER_DIVISION,)))
    assert told("work_started") == {"mishu1"}
    assert told("work_started", ChannelKind.EMAIL) == set()


def test_a_supporting_division_without_handlers_hears_it_through_its_head(db):
    divisions = organisation()["divisions"]
    divisions[1]["handlers"] = []
    start(work_node(builders.office(divisions=divisions), supporting_divisions=(OTHER_DIVISION,)))
    assert told("work_started") == {"mishu0"}


def test_work_without_support_is_told_to_nobody(office):
    start(work_node(office))
    assert rules() == set()


# Deferrals


def test_the_leader_in_charge_is_asked_to_sign(drama_festival):
    request = file_deferral(drama_festival, new_due=NEXT_YEAR)
    assert told("sign_off_opened") == {"fuzhuren2"}
    asked = Notification.objects.filter(rule="sign_off_opened").first()
    assert address(asked) == f"/deferrals/{request.pk}/"


def test_the_next_to_sign_is_asked_only_when_it_is_their_turn(drama_festival):
    request = file_deferral(drama_festival, new_due=FAR_THIS_YEAR)
    assert told("sign_off_opened") == {"fuzhuren2"}
    sign_off(request, by="fuzhuren2")
    assert told("sign_off_opened") == {"fuzhuren2", "zhuren"}


def test_what_the_governor_signs_on_paper_the_performance_office_is_asked_to_record(drama_festival):
    request = file_deferral(drama_festival, new_due=NEXT_YEAR)
    sign_off(request, by="fuzhuren2")
    assert told("sign_off_to_record") == {"jixiao1", "jixiao2"}


def test_a_delegate_is_asked_besides_the_holder(office, drama_festival):
    delegate(LEADER, to="successor", starts=date(2021, 3, 1), ends=date(2021, 3, 31))
    file_deferral(drama_festival, new_due=NEXT_YEAR)
    assert told("sign_off_opened") == {"fuzhuren2", "successor"}


def test_an_approved_deferral_is_told_to_the_division_and_the_performance_office(division_of_two):
    node = work_node(division_of_two)
    request = file_deferral(node, new_due=NEXT_YEAR, by="xinwen0")
    sign_off(request, by="fuzhuren2")
    record_sign_off(request, by="jixiao1")
    assert told("deferral_approved") == {"xinwen0", "xinwen1", "successor", "jixiao2"}


@pytest.mark.parametrize(("decision", "rule"), [(RETURN, "deferral_returned"), (REJECT, "deferral_rejected")])
def test_one_that_is_not_granted_is_told_to_the_division_alone(drama_festival, decision, rule):
    sign_off(file_deferral(drama_festival), by="fuzhuren2", decision=decision)
    assert told(rule) == {"xinwen1"}


def test_whoever_withdraws_a_request_is_not_told_so(division_of_two):
    withdraw_deferral(file_deferral(work_node(division_of_two)))
    assert told("deferral_withdrawn") == {"successor"}


def test_nobody_is_told_of_their_own_act(office, drama_festival):
    # The reviewer has become the division's handler too: what they return they know already.
    appoint("新闻文化处:handler", to="jixiao2", from_=date(2021, 5, 1))
    submit_evidence(drama_festival, by="jixiao2", on=date(2021, 5, 2))
    assert told("evidence_submitted") == {"jixiao1"}


# Waiting


def test_who_lets_a_sign_off_wait_is_urged_and_then_the_next_one_up_hears_of_it(drama_festival):
    file_deferral(drama_festival, on=FILED)
    timers.fire_due(URGED)
    assert told("sign_off_urged") == {"fuzhuren2"}
    assert told("sign_off_escalated") == set()
    timers.fire_due(ESCALATED)
    assert told("sign_off_escalated") == {"fuzhuren2", "zhuren"}


def test_the_successor_is_urged_for_what_the_predecessor_left(office, drama_festival):
    file_deferral(drama_festival, on=FILED)
    appoint(LEADER, to="successor", from_=date(2021, 3, 5))
    timers.fire_due(URGED)
    assert told("sign_off_urged") == {"successor"}


def test_a_signature_on_paper_is_urged_at_the_performance_office(drama_festival):
    request = file_deferral(drama_festival, on=FILED)
    sign_off(request, by="fuzhuren2", on=FILED)
    timers.fire_due(URGED)
    assert told("sign_off_to_record_urged") == {"jixiao1", "jixiao2"}
    assert told("sign_off_urged") == set()
    timers.fire_due(ESCALATED)
    assert told("sign_off_to_record_escalated") == {"jixiao1", "jixiao2"}


def test_a_signature_that_moved_up_is_asked_of_whoever_can_give_it(office, drama_festival):
    file_deferral(drama_festival, on=FILED)
    appoint(LEADER, to="xinwen1", from_=date(2021, 3, 5))  # the applicant
    timers.fire_due(URGED)
    assert told("sign_off_urged") == {"zhuren"}


def test_either_signature_is_asked_for_in_its_own_words(db):
    office = _routed({"any_of": ["leader_in_charge", "provincial_leader"]})
    file_deferral(work_node(office), on=FILED)
    assert told("sign_off_opened") == {"fuzhuren2"}
    assert told("sign_off_to_record") == {"jixiao1", "jixiao2"}


def test_a_leader_outside_who_only_stands_above_gives_nothing_to_record(db):
    file_deferral(work_node(_routed("head_of_unit")), on=FILED)
    timers.fire_due(ESCALATED)
    assert told("sign_off_escalated") == {"zhuren"}
    assert not {rule for rule in rules() if rule.startswith("sign_off_to_record")}


def _routed(step: Any) -> Office:
    return builders.office(deferral_routing=[{"sign_off": [step]}])


def test_a_review_that_waits_is_urged_and_then_the_head_of_the_unit_hears_of_it(drama_festival):
    submit_evidence(drama_festival, on=FILED)
    timers.fire_due(URGED)
    assert told("review_urged") == {"jixiao1", "jixiao2"}
    timers.fire_due(ESCALATED)
    assert told("review_escalated") == {"jixiao1", "jixiao2", "zhuren"}


# What it says


def test_every_rule_has_its_words_and_an_address(office):
    """All that can be told, as its reader sees it: the node by name and a page to go to."""
    _live_through_everything(office)
    assert rules() == SENTENCES.keys() - OF_THE_MORNING
    for row in Notification.objects.select_related("node__cycle", "node__lead_division", "request"):
        assert row.node.title in headline(row)
        assert address(row).startswith(("/nodes/", "/deferrals/"))


def _live_through_everything(office: Office) -> None:
    waiting, on_paper, granted, refused, returned, withdrawn, done = (
        work_node(office, number, supporting_divisions=(OTHER_DIVISION,), state=State.IN_PROGRESS)
        for number in range(1, 8)
    )
    file_deferral(waiting, on=FILED)
    sign_off(file_deferral(on_paper), by="fuzhuren2")
    defer(granted, NEXT_YEAR)
    sign_off(file_deferral(refused), by="fuzhuren2", decision=REJECT)
    sign_off(file_deferral(returned), by="fuzhuren2", decision=RETURN)
    withdraw_deferral(file_deferral(withdrawn), by="xinwen0")
    submit_evidence(done)
    return_evidence(done)
    submit_evidence(done, on=FILED)
    timers.fire_due(ESCALATED)
    approve_evidence(done)
    reopen(done)
    _talk_watch_and_urge(work_node(office, 8))


def _talk_watch_and_urge(node: WorkNode) -> None:
    """The auditor watches everything that can happen to a node, while people talk and urge each other."""
    watch(actor=person("shenji"), node=node, at=story.moment())
    start(node)
    comment(actor=person("jixiao1"), node_id=node.pk, text="@xinwen0 请抓紧。", at=story.moment())
    urge_work(actor=person("jixiao1"), node_id=node.pk, at=story.moment())
    withdraw_evidence(_handed_in(node))
    return_evidence(_handed_in(node))
    approve_evidence(_handed_in(node))
    reopen(node)
    request = file_deferral(node)
    urge_sign_off(actor=person("xinwen1"), request_id=request.pk, at=story.moment())
    sign_off(request, by="fuzhuren2")
    urge_sign_off(actor=person("xinwen1"), request_id=request.pk, at=story.moment() + 2 * COOL_DOWN)
    record_sign_off(request)
    resume(node, new_due=date(2021, 12, 31))


def _handed_in(node: WorkNode) -> WorkNode:
    """A round whose review is urged at once."""
    submission = submit_evidence(node)
    urge_review(actor=person("xinwen1"), submission_id=submission.pk, at=story.moment())
    return node


# When the mail goes


def test_in_the_quiet_hours_the_mail_waits_for_the_morning_and_the_inbox_does_not(db):
    office = builders.office(reminder_policy={"quiet_hours": ["20:00", "08:00"]})
    late = datetime(2021, 5, 6, 21, 30, tzinfo=ZONE)
    file_deferral(work_node(office, state=State.IN_PROGRESS), on=late)
    due = dict(Notification.objects.filter(recipient__username="fuzhuren2").values_list("channel", "due_at"))
    assert due.pop(ChannelKind.IN_APP) == late
    (mail,) = due.values()
    minutes = (mail - datetime(2021, 5, 7, 8, tzinfo=ZONE)) / timedelta(minutes=1)
    assert 2 <= minutes < 9, "soon after the night, and not all on the hour"


def test_what_happens_now_is_to_be_sent(drama_festival):
    submit_evidence(drama_festival, on=timezone.now())
    assert _mail_states() == {"pending"}


@pytest.fixture
def rung(monkeypatch) -> list[list[int]]:
    """For which rows a worker was woken."""
    heard: list[list[int]] = []
    monkeypatch.setattr("notifications.doorbell.ring_deliver", heard.append)
    return heard


def test_a_worker_is_woken_once_it_is_committed(drama_festival, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        file_deferral(drama_festival, on=timezone.now())
        assert rung == []
    mails = Notification.objects.filter(channel=ChannelKind.EMAIL).values_list("id", flat=True)
    assert [sorted(ids) for ids in rung] == [sorted(mails)]


def test_a_bell_that_breaks_does_not_reach_who_acted(
    drama_festival, monkeypatch, django_capture_on_commit_callbacks
):
    def break_(_ids: list[int]) -> None:
        raise RuntimeError("no bell")

    monkeypatch.setattr("notifications.doorbell.ring_deliver", break_)
    with django_capture_on_commit_callbacks(execute=True):
        file_deferral(drama_festival, on=timezone.now())
    assert _mail_states() == {"pending"}


def test_nobody_is_woken_for_what_waits_for_the_digest(
    drama_festival, rung, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        submit_evidence(drama_festival, on=timezone.now())
    assert rung == []


def test_nobody_is_woken_for_what_is_long_past(drama_festival, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        file_deferral(drama_festival)
    assert rung == []


@pytest.mark.parametrize(("ago", "state"), [(timedelta(days=2), "pending"), (timedelta(days=4), "lapsed")])
def test_what_arose_some_days_ago_is_sent_and_what_arose_earlier_is_not(drama_festival, ago, state):
    submit_evidence(drama_festival, on=timezone.now() - ago)
    assert _mail_states() == {state}


def test_a_replay_of_last_year_stands_in_the_ledger_and_is_sent_to_nobody(office, mailoutbox):
    node = work_node(office, supporting_divisions=(OTHER_DIVISION,))
    lived = events.written(*events.done(1, DIVISION, "2021-03-01", "2021-04-01"))
    replay(node.cycle, lived, folder=Path())
    assert rules() == {"work_started", "evidence_submitted", "evidence_approved"}
    assert _mail_states() == {"lapsed"}
    assert delivery.sweep() == 0
    assert mailoutbox == []


def _mail_states() -> set[str]:
    return set(Notification.objects.filter(channel=ChannelKind.EMAIL).values_list("state", flat=True))


# What did not happen was not told


def test_an_act_that_is_undone_leaves_no_word(drama_festival):
    with transaction.atomic():
        submit_evidence(drama_festival)
        assert Notification.objects.exists()
        transaction.set_rollback(True)
    assert not Notification.objects.exists()


def test_a_refused_act_leaves_no_word(drama_festival):
    with pytest.raises(Invalid):
        submit_evidence(drama_festival, files=[])
    assert not Notification.objects.exists()


def test_who_left_is_told_nothing(office, drama_festival):
    office.users.filter(username="jixiao2").update(is_active=False)
    submit_evidence(drama_festival)
    assert told("evidence_submitted") == {"jixiao1"}
