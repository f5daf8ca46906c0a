"""Urging by hand: who may urge whom about what, how often, and what stays visible of it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from approvals import waiting
from approvals.services.urging import urge_review, urge_sign_off, urge_work
from approvals.urging import COOL_DOWN, urgings
from nodes.models import State
from notifications.models import Notification
from notifications.selectors import unread
from tests import builders
from tests.browsing import logged_in
from tests.builders import (
    approve_evidence,
    file_deferral,
    person,
    return_evidence,
    sign_off,
    story,
    submit_evidence,
    work_node,
)
from workflow.refusals import Conflict, NotAllowed, NotFound, WrongState

pytestmark = pytest.mark.django_db


@pytest.fixture
def overdue(office):
    """A node in progress, long overdue today."""
    return work_node(office, 59, title="举行汤显祖戏剧节", state=State.IN_PROGRESS)


def urges(node, by="jixiao1", at=None):
    return urge_work(actor=person(by, node.office), node_id=node.pk, at=at or story.moment())


def told(rule):
    return set(Notification.objects.filter(rule=rule).values_list("recipient__username", flat=True))


def words(response):
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("by", ["jixiao1", "zhuren", "fuzhuren2", "xinwen0"])
def test_who_stands_above_urges_the_division(overdue, by):
    assert urges(overdue, by) == 1
    assert told("work_urged") == {"xinwen0", "xinwen1"} - {by}
    entry = builders.last_audit(overdue)
    assert (entry.action, entry.actor.username, entry.data) == ("node.urged", by, {"time": 1})


@pytest.mark.parametrize("by", ["xinwen1", "mishu0", "mishu1", "shenji", "admin"])
def test_nobody_else_does(overdue, office, by):
    with pytest.raises(NotAllowed):
        urges(overdue, by)
    visitor = logged_in(by, office)
    assert "催办处室" not in words(visitor.get("/nodes/59/"))
    assert visitor.post("/nodes/59/urge/").status_code == 403


def test_a_leader_urges_only_the_divisions_they_answer_for(office):
    node = work_node(office, 7, lead_division=builders.OTHER_DIVISION, state=State.IN_PROGRESS)
    with pytest.raises(NotAllowed):
        urges(node, "fuzhuren2")


def test_a_second_time_within_a_day_is_refused_with_the_time(overdue):
    at = story.moment()
    urges(overdue, at=at)
    with pytest.raises(Conflict, match=r"绩效专班甲 urged this .* can be urged again from 2021-03-02"):
        urges(overdue, "zhuren", at=at + COOL_DOWN - timedelta(minutes=1))
    assert urges(overdue, "zhuren", at=at + COOL_DOWN) == 2
    assert urgings(overdue).times == 2
    assert Notification.objects.filter(rule="work_urged", recipient__username="xinwen1").count() == 4


def test_the_page_says_who_urged_and_when_it_is_possible_again(overdue, office):
    reviewer, leader = logged_in("jixiao1", office), logged_in("zhuren", office)
    page = words(reviewer.get("/nodes/59/"))
    assert "催办处室" in page
    assert "已超期" in page
    page = words(reviewer.post("/nodes/59/urge/", follow=True))
    assert "已催办新闻文化处。" in page
    assert "已催办 1 次，最近一次由绩效专班甲于" in page
    assert "起可再次催办" in page
    assert "催办责任处室" in page
    assert ">催办处室<" not in page
    again = words(reviewer.post("/nodes/59/urge/", follow=True))
    assert "您已办理过" in again
    assert "起可再次催办" in again
    refused = leader.post("/nodes/59/urge/")
    assert refused.status_code == 409
    assert "绩效专班甲 已于" in words(refused)
    assert urgings(overdue).times == 1


def test_only_what_presses_is_urged(office):
    done = work_node(office, 2, state=State.APPROVED)
    waits = work_node(office, 3, state=State.EVIDENCE_SUBMITTED)
    for node in (done, waits):
        with pytest.raises(WrongState):
            urges(node)


def test_what_was_returned_is_urged_before_it_is_due(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    return_evidence(node)
    assert urges(node) == 1


def test_the_division_is_not_urged_while_a_deferral_waits(overdue):
    file_deferral(overdue)
    with pytest.raises(WrongState):
        urges(overdue)


def test_urging_is_no_news_once_the_work_is_handed_in(overdue, office):
    urges(overdue, at=timezone.now())
    assert [one.rule for one in unread(person("xinwen1", office))] == ["work_urged"]
    submit_evidence(overdue)
    assert [one.rule for one in unread(person("xinwen1", office))] == []


def test_the_division_urges_the_review_that_waits(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    submission = node.current_submission
    handler = person("xinwen1", office)
    assert urge_review(actor=handler, submission_id=submission.pk, at=story.moment()) == 1
    assert told("review_urged_by_hand") == {"jixiao1", "jixiao2"}
    with pytest.raises(Conflict):
        urge_review(actor=person("xinwen0", office), submission_id=submission.pk, at=story.moment())
    with pytest.raises(NotAllowed):
        urge_review(actor=person("jixiao1", office), submission_id=submission.pk, at=story.moment())
    with pytest.raises(NotFound):
        urge_review(actor=person("mishu1", office), submission_id=submission.pk, at=story.moment())


def test_a_new_round_can_be_urged_at_once(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    handler = person("xinwen1", office)
    urge_review(actor=handler, submission_id=node.current_submission_id, at=story.moment())
    return_evidence(node)
    submit_evidence(node)
    assert urge_review(actor=handler, submission_id=node.current_submission_id, at=story.moment()) == 1


def test_a_decided_review_is_not_urged(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    pk = node.current_submission_id
    approve_evidence(node)
    with pytest.raises(WrongState):
        urge_review(actor=person("xinwen1", office), submission_id=pk, at=story.moment())


@pytest.mark.parametrize("by", ["xinwen1", "xinwen0", "jixiao1"])
def test_the_signers_of_a_deferral_are_urged(overdue, by):
    request = file_deferral(overdue)
    assert urge_sign_off(actor=person(by), request_id=request.pk, at=story.moment()) == 1
    assert told("sign_off_urged_by_hand") == {"fuzhuren2"}
    assert builders.last_audit(request).action == "deferral.urged"


def test_for_a_signature_on_paper_the_performance_office_is_urged(overdue):
    request = file_deferral(overdue)
    sign_off(request, by="fuzhuren2")
    urge_sign_off(actor=person("xinwen1"), request_id=request.pk, at=story.moment())
    assert told("sign_off_to_record_urged_by_hand") == {"jixiao1", "jixiao2"}


def test_a_settled_deferral_is_not_urged_and_a_stranger_urges_none(overdue):
    request = file_deferral(overdue, new_due=date(2021, 11, 20))
    with pytest.raises(NotAllowed):
        urge_sign_off(actor=person("mishu1"), request_id=request.pk, at=story.moment())
    sign_off(request, by="fuzhuren2")
    with pytest.raises(Conflict):
        urge_sign_off(actor=person("xinwen1"), request_id=request.pk, at=story.moment())


def test_the_systems_own_urging_is_another_thing(overdue):
    request = file_deferral(overdue)
    waiting.urge_sign_off(request, story.moment())
    assert urgings(request).times == 0
    assert urge_sign_off(actor=person("xinwen1"), request_id=request.pk, at=story.moment()) == 1
    entries = builders.trail(request)
    assert [(one.action, bool(one.actor)) for one in entries[-2:]] == [
        ("deferral.urged", False),
        ("deferral.urged", True),
    ]


def test_what_another_office_does_is_not_to_be_urged(overdue):
    request = file_deferral(overdue)
    other = builders.office("other")
    stranger = logged_in("jixiao1", other)
    assert stranger.post("/nodes/59/urge/").status_code == 404
    assert stranger.post(f"/deferrals/{request.pk}/urge/").status_code == 404
    assert stranger.post("/reviews/1/urge/").status_code == 404


def test_looking_urges_nobody(overdue, office):
    request = file_deferral(overdue)
    visitor = logged_in("xinwen1", office)
    assert visitor.get("/nodes/59/urge/").status_code == 302
    assert visitor.get(f"/deferrals/{request.pk}/urge/").status_code == 302
    assert urgings(request).times == 0
