"""Every act in every state by every role: allowed exactly as the table of the state machine says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from approvals import services as approvals
from nodes import services as nodes
from nodes.models import Cycle, State, WorkNode
from tests import builders
from tests.builders import (
    approve_evidence,
    file_deferral,
    reopen,
    resume,
    return_evidence,
    start,
    submit_evidence,
    withdraw_evidence,
    work_node,
)
from workflow.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal, WrongState

DIVISION = {"xinwen0", "xinwen1"}
OFFICE = {"jixiao1", "jixiao2"}
EVERYBODY = [user["username"] for user in builders.ORGANISATION["users"]]


def in_may(act: Callable[..., Any], **facts: Any) -> Callable[[WorkNode, str], Any]:
    return lambda node, by: act(node, by=by, on=date(2021, 5, 1), **facts)


# What may be done from which states, and by whom.
TABLE = {
    "start": (in_may(start), {State.PLANNED}, DIVISION),
    "submit_evidence": (in_may(submit_evidence), {State.IN_PROGRESS}, DIVISION),
    "withdraw_evidence": (in_may(withdraw_evidence), {State.EVIDENCE_SUBMITTED}, DIVISION),
    "return_evidence": (in_may(return_evidence), {State.EVIDENCE_SUBMITTED}, OFFICE),
    "approve_evidence": (in_may(approve_evidence), {State.EVIDENCE_SUBMITTED}, OFFICE),
    "ask for a deferral": (in_may(file_deferral), {State.PLANNED, State.IN_PROGRESS}, DIVISION),
    "resume": (in_may(resume, new_due=date(2021, 12, 1)), {State.DEFERRED}, DIVISION),
    "reopen": (in_may(reopen), {State.APPROVED}, OFFICE),
}


def attempt(act: Callable[[WorkNode, str], Any], node: WorkNode, by: str) -> type[Refusal] | None:
    """What `by` is refused with, None where it works; undone either way."""
    with transaction.atomic():
        try:
            act(node, by)
        except Refusal as refusal:
            return type(refusal)
        finally:
            transaction.set_rollback(True)
    return None


def expected(act: str, state: State, by: str) -> set[type[Refusal] | None]:
    _do, states, people = TABLE[act]
    if by in people:
        return {None} if state in states else {WrongState, Conflict}
    return {NotAllowed}


@pytest.mark.parametrize("state", State)
def test_every_act_by_everybody(office, state):
    node = work_node(office, state=state)
    surprises = {
        (act, by): met
        for act, (do, _states, _people) in TABLE.items()
        for by in EVERYBODY
        if (met := attempt(do, node, by)) not in expected(act, state, by)
    }
    assert surprises == {}


@pytest.mark.parametrize("state", State)
def test_another_office_finds_nothing_there_to_act_on(office, state):
    node = work_node(office, state=state)
    abroad = builders.office("gd-fao")
    for username in ("xinwen1", "jixiao1", "admin"):
        stranger = builders.person(username, abroad)
        for service in _services(node, stranger):
            with pytest.raises(NotFound):
                service()


def _services(node: WorkNode, actor: Any) -> list[Callable[[], Any]]:
    facts = {"actor": actor, "node_id": node.pk, "at": builders.story.moment(date(2021, 5, 1))}
    draft = nodes.EvidenceDraft("说明", date(2021, 5, 1), (builders.evidence_file(),))
    return [
        partial(nodes.start, **facts),
        partial(nodes.submit_evidence, draft=draft, **facts),
        partial(nodes.withdraw_evidence, **facts),
        partial(nodes.return_evidence, opinion="补充", **facts),
        partial(nodes.approve_evidence, **facts),
        partial(nodes.resume, **facts),
        partial(nodes.reopen, opinion="整改", **facts),
        partial(approvals.request_deferral, draft=approvals.DeferralDraft("理由", None), **facts),
    ]


@pytest.mark.parametrize("status", [Cycle.Status.CLOSED, Cycle.Status.DRAFT])
@pytest.mark.parametrize("state", State)
def test_a_year_that_is_not_open_refuses_everything(office, state, status):
    node = work_node(office, state=state)
    Cycle.objects.update(status=status)
    for do, _states, people in TABLE.values():
        assert attempt(do, node, sorted(people)[0]) is WrongState


def test_an_act_on_a_node_that_is_not_there_finds_nothing(office):
    ghost = work_node(office)
    WorkNode.objects.filter(pk=ghost.pk).delete()
    assert attempt(TABLE["start"][0], ghost, "xinwen1") is NotFound


def test_nobody_reviews_what_they_submitted_even_with_both_posts(office):
    builders.appoint("绩效专班", to="xinwen1", from_=date(2021, 3, 2))
    node = work_node(office, state=State.EVIDENCE_SUBMITTED)
    with pytest.raises(NotAllowed, match="新闻文化处经办人 submitted the evidence of node 1"):
        approve_evidence(node, by="xinwen1")
    with pytest.raises(NotAllowed):
        return_evidence(node, by="xinwen1")
    with pytest.raises(NotAllowed):
        approve_evidence(node, by="jixiao1")


def test_a_reviewer_of_both_posts_may_review_what_a_colleague_submitted(office):
    builders.appoint("绩效专班", to="xinwen0", from_=date(2021, 3, 2))
    node = work_node(office, state=State.EVIDENCE_SUBMITTED)
    assert approve_evidence(node, by="xinwen0").state == State.APPROVED


def test_whoever_was_stood_in_for_cannot_review_either(office):
    """乙 submits 代 甲; 甲, who sits in the performance office too, does not review it."""
    builders.appoint("绩效专班", to="xinwen1", from_=date(2021, 3, 2))
    builders.delegate("新闻文化处:handler", to="successor", starts=date(2021, 3, 3), ends=date(2021, 3, 9))
    node = work_node(office, state=State.IN_PROGRESS)
    submission = submit_evidence(node, by="successor", on=date(2021, 3, 4))
    assert submission.on_behalf_of.username == "xinwen1"
    with pytest.raises(NotAllowed):
        approve_evidence(node, by="xinwen1")


def test_somebody_who_left_does_nothing_more(office):
    node = work_node(office)
    leaver = builders.person("xinwen1")
    leaver.is_active = False
    leaver.save()
    with pytest.raises(NotAllowed):
        start(node, by="xinwen1")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"statement": "  "}, "statement"),
        ({"files": ()}, "files"),
        ({"completed_on": date(2021, 5, 2)}, "completed_on"),
    ],
)
def test_evidence_needs_words_a_file_and_a_day_that_has_come(office, facts, field):
    node = work_node(office, state=State.IN_PROGRESS)
    with pytest.raises(Invalid) as refusal:
        submit_evidence(node, on=date(2021, 5, 1), **facts)
    assert list(refusal.value.errors) == [field]


def test_every_field_that_is_wrong_is_told_at_once(office):
    node = work_node(office, state=State.IN_PROGRESS)
    with pytest.raises(Invalid) as refusal:
        submit_evidence(node, statement="", files=(), completed_on=date(2031, 1, 1))
    assert sorted(refusal.value.errors) == ["completed_on", "files", "statement"]


@pytest.mark.parametrize(
    ("state", "act"), [(State.EVIDENCE_SUBMITTED, return_evidence), (State.APPROVED, reopen)]
)
def test_a_return_and_a_reopening_need_a_reason(office, state, act):
    with pytest.raises(Invalid) as refusal:
        act(work_node(office, state=state), opinion="  ")
    assert list(refusal.value.errors) == ["opinion"]


def test_slips_in_a_statement_are_kept_for_the_reviewer_and_block_nothing(office):
    node = work_node(office, state=State.IN_PROGRESS)
    submission = submit_evidence(node, statement="全年共接待来访团组  人次，均已归档。。")
    assert [warning["rule"] for warning in submission.warnings] == ["blank_figure", "doubled_mark"]
    assert node.state == State.EVIDENCE_SUBMITTED


def test_rounds_and_returns_are_counted(office):
    node = work_node(office, state=State.EVIDENCE_SUBMITTED)
    return_evidence(node)
    submit_evidence(node)
    withdraw_evidence(node)
    submit_evidence(node, completed_on=date(2021, 2, 20))
    approve_evidence(node)
    outcomes = [(s.round, s.outcome) for s in node.submissions.order_by("round")]
    assert outcomes == [(1, "returned"), (2, "withdrawn"), (3, "approved")]
    assert (node.returns, node.completed_on) == (1, date(2021, 2, 20))


def test_the_round_that_was_read_is_the_round_that_is_decided(office):
    """A page left open over a return and a new round decides nothing by mistake."""
    node = work_node(office, state=State.EVIDENCE_SUBMITTED)
    first = node.current_submission_id
    return_evidence(node)
    submit_evidence(node)
    with pytest.raises(Conflict, match="绩效专班甲") as conflict:
        approve_evidence(node, by="jixiao2", submission_id=first)
    assert conflict.value.decided_by.username == "jixiao1"
    node.refresh_from_db()
    assert node.state == State.EVIDENCE_SUBMITTED


def test_who_comes_second_is_told_who_decided_and_when(office):
    node = work_node(office, state=State.EVIDENCE_SUBMITTED)
    read = node.current_submission_id
    approve_evidence(node, on=date(2021, 5, 1))
    with pytest.raises(
        Conflict, match=r"“approved” was decided by 绩效专班甲 at 2021-05-01 10:00"
    ) as conflict:
        return_evidence(node, by="jixiao2", submission_id=read)
    assert conflict.value.decided_at == builders.last_audit(node).at


def test_a_deferred_node_keeps_its_date_or_moves_it_forward(office):
    node = work_node(office)
    builders.defer(node, date(2022, 3, 31))
    for wrong in (date(2022, 4, 1), date(2021, 1, 1)):
        with pytest.raises(Invalid) as refusal:
            resume(node, new_due=wrong)
        assert list(refusal.value.errors) == ["new_due"]
    resume(node, new_due=date(2021, 12, 20))
    assert (node.state, node.current_deadline) == (State.IN_PROGRESS, date(2021, 12, 20))


def test_a_deferred_node_resumes_with_the_date_that_was_approved(office):
    node = work_node(office)
    builders.defer(node, date(2022, 3, 31))
    assert resume(node).current_deadline == date(2022, 3, 31)
    assert node.deadline_changes.count() == 1


def test_a_reopened_node_can_be_done_again(office):
    node = work_node(office, state=State.APPROVED)
    reopen(node)
    assert (node.state, node.completed_on) == (State.IN_PROGRESS, None)
    submit_evidence(node)
    assert approve_evidence(node).state == State.APPROVED
    assert [s.round for s in node.submissions.all()] == [1, 2]
