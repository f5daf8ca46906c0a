"""A deferral from the request to what it does to its node."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from approvals.models import Decision
from nodes.models import Cycle, State
from tests import builders
from tests.builders import (
    APPROVE,
    PANDEMIC,
    REJECT,
    RETURN,
    actions,
    appoint,
    evidence_file,
    file_deferral,
    last_audit,
    paper,
    person,
    record_sign_off,
    sign_off,
    start,
    submit_evidence,
    trail,
    withdraw_deferral,
    work_node,
)
from workflow.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongState

WITHIN, LATER = date(2021, 11, 20), date(2022, 3, 31)


def test_a_successor_signs_what_the_predecessor_left(office, drama_festival):
    request = file_deferral(drama_festival, reason=PANDEMIC, new_due=WITHIN)
    appoint("分管副主任（二）", to="successor", from_=date(2021, 8, 17))
    with pytest.raises(NotAllowed):
        sign_off(request, by="fuzhuren2")
    sign_off(request, by="successor", decision=APPROVE)
    assert drama_festival.state == State.IN_PROGRESS
    assert last_audit(drama_festival).actor.username == "successor"


def test_a_date_within_the_year_resumes_the_node_at_once(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    sign_off(request, by="fuzhuren2")
    assert request.status == "approved"
    assert (drama_festival.state, drama_festival.current_deadline) == (State.IN_PROGRESS, WITHIN)
    assert drama_festival.baseline_deadline == date(2021, 10, 31)
    assert actions(drama_festival)[-2:] == ["node.deferred", "node.resumed"]
    assert len({entry.transaction for entry in trail(drama_festival)[-2:]}) == 1


@pytest.mark.parametrize("new_due", [LATER, None])
def test_a_later_date_or_none_leaves_the_node_deferred(office, drama_festival, new_due):
    request = file_deferral(drama_festival, new_due=new_due)
    sign_off(request, by="fuzhuren2")
    assert (request.status, drama_festival.state) == ("pending", State.IN_PROGRESS)
    record_sign_off(request)
    assert (request.status, drama_festival.state) == ("approved", State.DEFERRED)
    assert drama_festival.current_deadline == new_due
    assert builders.figures_of(office)["deferred"] == 1


def test_a_node_that_has_not_begun_can_be_deferred_and_begins_with_its_date(office):
    node = work_node(office)
    builders.defer(node, WITHIN)
    assert (node.state, node.current_deadline) == (State.IN_PROGRESS, WITHIN)


def test_two_leaders_sign_in_their_order(office, drama_festival):
    request = file_deferral(drama_festival, new_due=date(2021, 12, 20))
    with pytest.raises(
        NotAllowed, match="办主任 cannot sign: the deferral of node 59 waits for 分管副主任（二）"
    ):
        sign_off(request, by="zhuren")
    sign_off(request, by="fuzhuren2")
    sign_off(request, by="zhuren")
    assert [decision.actor.username for decision in Decision.objects.order_by("at")] == [
        "fuzhuren2",
        "zhuren",
    ]
    assert request.status == "approved"


@pytest.mark.parametrize(("decision", "status"), [(RETURN, "returned"), (REJECT, "rejected")])
def test_a_refused_request_leaves_the_node_alone_and_another_may_follow(
    office, drama_festival, decision, status
):
    request = file_deferral(drama_festival, new_due=LATER)
    sign_off(request, by="fuzhuren2", decision=decision, opinion="理由不足。")
    assert request.status == status
    assert (drama_festival.state, drama_festival.version) == (State.IN_PROGRESS, 1)
    again = file_deferral(drama_festival, new_due=WITHIN)
    assert (again.times_deferred, again.status) == (0, "pending")
    sign_off(again, by="fuzhuren2")
    assert drama_festival.current_deadline == WITHIN


def test_a_governor_who_refuses_ends_it_though_the_leader_agreed(office, drama_festival):
    request = file_deferral(drama_festival, new_due=LATER)
    sign_off(request, by="fuzhuren2")
    record_sign_off(request, decision=REJECT, opinion="不同意。")
    assert (request.status, drama_festival.state) == ("rejected", State.IN_PROGRESS)


@pytest.mark.parametrize("decision", [RETURN, REJECT])
@pytest.mark.parametrize("on_paper", [False, True])
def test_a_refusal_says_why(office, drama_festival, decision, on_paper):
    request = file_deferral(drama_festival)
    if on_paper:
        sign_off(request, by="fuzhuren2")
    act = record_sign_off if on_paper else partial(sign_off, by="fuzhuren2")
    with pytest.raises(Invalid) as refusal:
        act(request, decision=decision, opinion=" ")
    assert list(refusal.value.errors) == ["opinion"]


def test_a_decision_is_one_of_three(office, drama_festival):
    with pytest.raises(Invalid) as refusal:
        sign_off(file_deferral(drama_festival), by="fuzhuren2", decision="maybe")
    assert list(refusal.value.errors) == ["outcome"]


def test_a_withdrawn_request_waits_for_nobody_and_another_may_follow(office, drama_festival):
    request = file_deferral(drama_festival)
    withdraw_deferral(request)
    assert (request.status, request.process.status) == ("withdrawn", "CANCELED")
    with pytest.raises(Conflict, match="withdrawn"):
        sign_off(request, by="fuzhuren2")
    assert file_deferral(drama_festival, new_due=WITHIN).status == "pending"


def test_a_colleague_withdraws_but_no_other_division(office, drama_festival):
    request = file_deferral(drama_festival, by="xinwen1")
    with pytest.raises(NotAllowed):
        withdraw_deferral(request, by="mishu1")
    assert withdraw_deferral(request, by="xinwen0").status == "withdrawn"


def test_what_was_decided_cannot_be_withdrawn(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    sign_off(request, by="fuzhuren2", on=date(2021, 4, 1))
    with pytest.raises(Conflict, match=r"副主任（二） \(分管副主任（二）\) at 2021-04-01 10:00"):
        withdraw_deferral(request)


def test_one_request_at_a_time(office, drama_festival):
    file_deferral(drama_festival)
    with pytest.raises(WrongState, match="新闻文化处经办人 that waits for sign-off"):
        file_deferral(drama_festival, by="xinwen0")


def test_evidence_waits_while_a_deferral_is_asked_for(office, drama_festival):
    request = file_deferral(drama_festival)
    with pytest.raises(WrongState, match="withdraw it first"):
        submit_evidence(drama_festival)
    assert not drama_festival.submissions.exists()
    withdraw_deferral(request)
    submit_evidence(drama_festival)
    assert drama_festival.state == State.EVIDENCE_SUBMITTED


def test_a_planned_node_begins_while_a_deferral_is_asked_for_and_is_deferred_then(office):
    node = work_node(office)
    request = file_deferral(node, new_due=WITHIN)
    start(node)
    sign_off(request, by="fuzhuren2")
    assert (node.state, node.current_deadline) == (State.IN_PROGRESS, WITHIN)


@pytest.mark.parametrize(("on", "late"), [(date(2021, 10, 31), False), (date(2021, 11, 1), True)])
def test_a_request_is_late_from_the_day_after_the_deadline(office, drama_festival, on, late):
    assert file_deferral(drama_festival, new_due=WITHIN, on=on).late is late


def test_the_second_deferral_counts_the_first_and_goes_further_up(office, drama_festival):
    sign_off(file_deferral(drama_festival, new_due=WITHIN), by="fuzhuren2")
    second = file_deferral(drama_festival, new_due=date(2021, 12, 1))
    assert (second.times_deferred, second.rule, second.previous_due) == (1, 2, WITHIN)
    sign_off(second, by="fuzhuren2")
    sign_off(second, by="zhuren")
    moves = [(change.previous, change.new) for change in drama_festival.deadline_changes.all()]
    assert moves == [(date(2021, 10, 31), WITHIN), (WITHIN, date(2021, 12, 1))]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reason": "  "}, "justification"),
        ({"category": "weather"}, "category"),
        ({"new_due": date(2021, 10, 31)}, "new_due"),
        ({"new_due": date(2021, 2, 1)}, "new_due"),
    ],
)
def test_a_request_needs_a_reason_and_a_later_date(office, drama_festival, facts, field):
    with pytest.raises(Invalid) as refusal:
        file_deferral(drama_festival, **facts)
    assert list(refusal.value.errors) == [field]
    assert not drama_festival.deferral_requests.exists()


def test_the_same_step_is_not_decided_twice(office, drama_festival):
    request = file_deferral(drama_festival)
    sign_off(request, by="fuzhuren2", on=date(2021, 4, 1))
    with pytest.raises(Conflict, match="“approve” was decided by 副主任（二）") as conflict:
        sign_off(request, by="fuzhuren2", decision=REJECT)
    assert conflict.value.decided_by.username == "fuzhuren2"
    assert conflict.value.decided_at == Decision.objects.get().at
    assert Decision.objects.count() == 1


def test_the_signature_that_was_looked_at_is_the_one_that_is_given(office, drama_festival):
    request = file_deferral(drama_festival, new_due=date(2021, 12, 20))
    first = request.sign_offs.order_by("step")[0]
    sign_off(request, by="fuzhuren2", sign_off_id=first.pk)
    with pytest.raises(Conflict, match="副主任（二）"):
        sign_off(request, by="zhuren", sign_off_id=first.pk)


def test_a_settled_request_tells_who_settled_it(office, drama_festival):
    request = file_deferral(drama_festival)
    sign_off(request, by="fuzhuren2")
    record_sign_off(request, on=date(2021, 4, 2))
    with pytest.raises(Conflict, match=r"分管副省长 .* at 2021-04-02 10:00") as conflict:
        record_sign_off(request)
    assert conflict.value.decided_by.username == "jixiao1"


def test_every_decision_is_recorded_with_post_and_words(office, drama_festival):
    request = file_deferral(drama_festival)
    sign_off(request, by="fuzhuren2", opinion="同意延期。")
    record_sign_off(request, opinion="同意。")
    assert actions(request) == ["deferral.requested", "deferral.signed", "deferral.recorded"]
    signed, recorded = trail(request)[1:]
    assert (signed.data["post"], signed.reason, signed.to_state) == (
        "分管副主任（二）",
        "同意延期。",
        "approve",
    )
    assert (recorded.actor.username, recorded.data["document_number"]) == ("jixiao1", "示例〔2021〕15号")


@pytest.mark.parametrize("status", [Cycle.Status.CLOSED, Cycle.Status.DRAFT])
def test_a_year_that_is_not_open_refuses_to_ask_sign_record_and_withdraw(office, drama_festival, status):
    request = file_deferral(drama_festival)
    other = work_node(office, 2)
    Cycle.objects.update(status=status)
    for act in (
        lambda: file_deferral(other),
        lambda: sign_off(request, by="fuzhuren2"),
        lambda: record_sign_off(request),
        lambda: withdraw_deferral(request),
    ):
        with pytest.raises(WrongState, match="2021"):
            act()


def test_another_office_does_not_see_the_request(office, drama_festival):
    request = file_deferral(drama_festival)
    request.office = builders.office("gd-fao")
    for act in (sign_off, record_sign_off):
        with pytest.raises(NotFound):
            act(request, by="fuzhuren2" if act is sign_off else "jixiao1")


# A leader outside the system


@pytest.fixture
def at_the_governor(office, drama_festival):
    request = file_deferral(drama_festival)
    sign_off(request, by="fuzhuren2")
    return request


def test_a_recorded_sign_off_keeps_all_its_proofs(at_the_governor):
    decision = record_sign_off(at_the_governor, signature=paper(leader_name="张副省长"))
    assert (decision.leader_name, decision.document_number) == ("张副省长", "示例〔2021〕15号")
    assert [scan.name for scan in decision.scans.all()] == ["省领导签批件.txt"]
    (_leader, governor) = builders.figures_of(at_the_governor.office)["deferrals"][0]["sign_offs"]
    assert (governor["by"], governor["recorded_by"]) == ("张副省长", "jixiao1")


@pytest.mark.parametrize(
    ("missing", "field"),
    [
        ({"leader_name": " "}, "leader_name"),
        ({"document_number": ""}, "document_number"),
        ({"signed_on": None}, "signed_on"),
        ({"scans": ()}, "scans"),
    ],
)
def test_each_of_the_four_proofs_is_required(at_the_governor, missing, field):
    with pytest.raises(Invalid) as refusal:
        record_sign_off(at_the_governor, signature=paper(**missing))
    assert list(refusal.value.errors) == [field]
    assert Decision.objects.filter(recorded=True).count() == 0


def test_nothing_is_signed_on_a_day_to_come(at_the_governor):
    tomorrow = date(2021, 4, 2)
    with pytest.raises(Invalid) as refusal:
        record_sign_off(at_the_governor, on=date(2021, 4, 1), signature=paper(signed_on=tomorrow))
    assert list(refusal.value.errors) == ["signed_on"]


def test_only_the_performance_office_records(at_the_governor):
    for by in ("xinwen1", "fuzhuren2", "zhuren", "admin", "shenji"):
        with pytest.raises(NotAllowed, match="may not"):
            record_sign_off(at_the_governor, by=by)


def test_the_applicant_records_nothing_on_their_own_request(office, drama_festival):
    appoint("绩效专班", to="xinwen1", from_=date(2021, 3, 2))
    request = file_deferral(drama_festival, by="xinwen1")
    sign_off(request, by="fuzhuren2")
    with pytest.raises(NotAllowed):
        record_sign_off(request, by="xinwen1")


def test_a_leader_in_the_system_is_not_signed_for_on_paper(office, drama_festival):
    request = file_deferral(drama_festival)
    with pytest.raises(NotAllowed, match="分管副主任（二）, who sign in the system"):
        record_sign_off(request)


def test_nobody_signs_in_the_governors_place(at_the_governor):
    for by in ("zhuren", "jixiao1", "admin"):
        with pytest.raises(NotAllowed, match="waits for 分管副省长"):
            sign_off(at_the_governor, by=by)


def test_the_scan_is_looked_at_like_any_file(at_the_governor):
    program = replace(evidence_file("批件.exe", "MZ\0\0"), name="批件.exe")
    with pytest.raises(Invalid) as refusal:
        record_sign_off(at_the_governor, signature=paper(scans=(program,)))
    assert list(refusal.value.errors) == ["files"]


def test_the_applicant_is_told_apart_from_a_stranger(office, drama_festival):
    request = file_deferral(drama_festival, by="xinwen0")
    with pytest.raises(
        NotAllowed, match="新闻文化处处长 asked for the deferral of node 59 and cannot sign it"
    ):
        sign_off(request, by="xinwen0")
    assert person("xinwen0").pk == request.applicant_id
