"""What events have overtaken: no news in the inbox, and no letter any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from nodes.models import Cycle, State, WorkNode
from notifications import delivery, reminders
from notifications.selectors import unread
from tests import builders
from tests.builders import (
    REJECT,
    approve_evidence,
    defer,
    file_deferral,
    person,
    return_evidence,
    sign_off,
    submit_evidence,
    withdraw_deferral,
    withdraw_evidence,
    work_node,
)
from tests.mornings import DUE, later, mails
from tests.organisation import OTHER_DIVISION
from tests.post_office import text
from workflow.models import Office
from workflow.services import deactivate


def hand_in(node: WorkNode) -> None:
    submit_evidence(node, on=DUE)


def finish(node: WorkNode) -> None:
    submit_evidence(node, on=DUE)
    approve_evidence(node)


def defer_within_the_year(node: WorkNode) -> None:
    defer(node, date(2021, 6, 4), on=DUE)


def defer_without_a_date(node: WorkNode) -> None:
    defer(node, on=DUE)


def close_the_year(node: WorkNode) -> None:
    Cycle.objects.update(status=Cycle.Status.CLOSED)


def news(username: str) -> list[str]:
    return [row.rule for row in unread(person(username))]


def mail_states(rule: str) -> list[str]:
    return list(mails(rule=rule).values_list("state", flat=True))


@pytest.fixture
def awake(db) -> Office:
    """An office without quiet hours: what is told now may go out now."""
    return builders.office(reminder_policy={"quiet_hours": None})


# Reminders


@pytest.mark.parametrize(
    "happens", [hand_in, finish, defer_within_the_year, defer_without_a_date, close_the_year]
)
def test_a_reminder_is_not_sent_once_there_is_nothing_to_remind_of(office, post_office, happens):
    node = work_node(office, deadline=DUE, state=State.IN_PROGRESS)
    reminders.scan(office, DUE)
    assert news("xinwen1") == ["due_day"]
    happens(node)
    assert delivery.sweep() == 0
    assert mail_states("due_day") == ["lapsed"]
    assert "due_day" not in news("xinwen1")


def test_the_rest_of_the_digest_goes_out(office, post_office):
    done = work_node(office, 7, deadline=DUE, state=State.IN_PROGRESS)
    work_node(office, 8, deadline=DUE)
    reminders.scan(office, DUE)
    hand_in(done)
    assert delivery.sweep() == 1
    (letter,) = post_office.letters
    assert "节点 8“" in text(letter)
    assert "节点 7“" not in text(letter)
    assert dict(mails(rule="due_day").values_list("node__number", "state")) == {7: "lapsed", 8: "sent"}


def test_what_is_done_after_a_worker_took_its_letter_is_not_mentioned(office, post_office):
    done = work_node(office, 7, deadline=DUE, state=State.IN_PROGRESS)
    work_node(office, 8, deadline=DUE)
    reminders.scan(office, DUE)
    claim = delivery.claim_due()
    finish(done)
    assert delivery.send(claim) == 1
    (letter,) = post_office.letters
    assert "节点 8“" in text(letter)
    assert "节点 7“" not in text(letter)
    lapsed = mails(node=done, rule="due_day").get()
    assert (lapsed.state, lapsed.attempts, lapsed.claim_token) == ("lapsed", 0, None)


def test_a_letter_of_which_nothing_is_left_after_a_worker_took_it_is_not_sent(office, post_office):
    nodes = [work_node(office, n, deadline=DUE, state=State.IN_PROGRESS) for n in (7, 8)]
    reminders.scan(office, DUE)
    claim = delivery.claim_due()
    for node in nodes:
        finish(node)
    assert delivery.send(claim) == 0
    assert post_office.letters == []
    assert mail_states("due_day") == ["lapsed", "lapsed"]


def test_what_lapses_keeps_nothing_behind_it_waiting(office, post_office, monkeypatch):
    monkeypatch.setattr("notifications.claims.MESSAGES_A_CLAIM", 1)
    node = work_node(office, 1, deadline=DUE, state=State.IN_PROGRESS)
    reminders.scan(office, DUE)
    hand_in(node)
    work_node(office, 2, deadline=date(2021, 5, 11))
    reminders.scan(office, date(2021, 5, 11))
    assert delivery.sweep() == 1


def test_whoever_left_meanwhile_gets_no_letter(office, post_office):
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=DUE, lead_division=OTHER_DIVISION)
    reminders.scan(office, DUE)
    deactivate(actor=person("admin"), person=person("xinwen1"))
    assert delivery.sweep() == 1
    (letter,) = post_office.letters
    assert letter["To"] == "mishu1@waiban.example"
    states = dict(mails(rule="due_day").values_list("recipient__username", "state"))
    assert states == {"xinwen1": "lapsed", "mishu1": "sent"}


def test_whoever_left_after_a_worker_took_their_letter_gets_none(office, post_office):
    work_node(office, 1, deadline=DUE)
    reminders.scan(office, DUE)
    claim = delivery.claim_due()
    deactivate(actor=person("admin"), person=person("xinwen1"))
    assert delivery.send(claim) == 0
    assert post_office.letters == []
    assert mail_states("due_day") == ["lapsed"]


# Questions


def test_nobody_is_asked_to_sign_what_was_withdrawn(awake, post_office):
    request = file_deferral(work_node(awake), on=timezone.now())
    assert news("fuzhuren2") == ["sign_off_opened"]
    withdraw_deferral(request, on=timezone.now())
    assert news("fuzhuren2") == []
    assert send_now() == 0
    assert mail_states("sign_off_opened") == ["lapsed"]


def test_nobody_is_asked_to_sign_beside_a_rejection(post_office, db):
    together = [{"sign_off": [{"all_of": ["leader_in_charge", "head_of_unit"]}]}]
    office = builders.office(reminder_policy={"quiet_hours": None}, deferral_routing=together)
    request = file_deferral(work_node(office), on=timezone.now())
    assert news("zhuren") == ["sign_off_opened"]
    sign_off(request, by="fuzhuren2", decision=REJECT, on=timezone.now())
    assert news("zhuren") == []
    send_now()
    assert post_office.to("zhuren") == []
    assert mail_states("sign_off_opened") == ["lapsed", "lapsed"]


@pytest.mark.parametrize("ends", [withdraw_evidence, return_evidence])
def test_nobody_is_asked_to_review_what_no_longer_waits(awake, post_office, ends: Callable):
    node = work_node(awake, state=State.IN_PROGRESS)
    submit_evidence(node, on=timezone.now())
    ends(node, on=timezone.now())
    assert news("jixiao1") == []
    send_now()
    assert post_office.to("jixiao1") == []
    assert mail_states("evidence_submitted") == ["lapsed", "lapsed"]


def test_the_answer_itself_is_news_and_is_sent(awake, post_office):
    node = work_node(awake, state=State.IN_PROGRESS)
    submit_evidence(node, on=timezone.now())
    return_evidence(node, on=timezone.now())
    assert news("xinwen1") == ["evidence_returned"]
    send_now()
    assert post_office.received() == {"xinwen1": 1}


def send_now() -> int:
    later()
    return delivery.sweep()
