"""The proof of a month of what happened: asked, returned, decided, urged, said."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest
from django.db import transaction
from django.utils import timezone

from approvals.services.urging import urge_review, urge_sign_off, urge_work
from nodes.models import Watch
from nodes.services.talking import comment
from nodes.services.watching import watch
from notifications import proof_words
from notifications.models import Notification
from notifications.proof import Proof, proof
from notifications.proof_table import rows
from tests import builders, reference
from tests.builders import (
    HEAD,
    LEADER,
    REJECT,
    RETURN,
    ZONE,
    appoint,
    approve_evidence,
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
from tests.changed_routes import add_signer, pass_on
from tests.living_year import living_year
from tests.proving import (
    AFTER,
    ESCALATED,
    FILED,
    HANDS,
    MAY,
    URGED,
    WITHIN,
    lines_of,
    proven_both_ways,
    standard_rows,
    the_clock,
    told,
    watched_node,
)
from workflow import services as workflow
from workflow.models import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def a_busy_month(office) -> Office:
    """May 2021, in which everything happens of which anybody is told."""
    story.moment(date(2021, 5, 5))
    reviewed, granted, to_governor, returned, rejected, withdrawn, late = (
        watched_node(office, number) for number in range(1, 8)
    )
    start(reviewed, on=FILED)
    submit_evidence(reviewed)
    asked = file_deferral(granted, new_due=WITHIN, on=FILED)
    on_paper = file_deferral(to_governor)
    sign_off(on_paper, by="fuzhuren2")
    sign_off(file_deferral(returned), by="fuzhuren2", decision=RETURN)
    sign_off(file_deferral(rejected), by="fuzhuren2", decision=REJECT)
    withdraw_deferral(file_deferral(withdrawn), by="xinwen0")
    comment(actor=person("xinwen1"), node_id=late.pk, text="@新闻文化处处长 请看。", at=story.moment(HANDS))
    urge_work(actor=person("jixiao1"), node_id=late.pk, at=story.moment())
    urge_review(actor=person("xinwen1"), submission_id=reviewed.submissions.get().pk, at=story.moment())
    for request in (asked, on_paper):
        urge_sign_off(actor=person("xinwen0"), request_id=request.pk, at=story.moment())
    the_clock(URGED)
    the_clock(ESCALATED)
    return_evidence(reviewed, on=AFTER)
    submit_evidence(reviewed)
    withdraw_evidence(reviewed)
    submit_evidence(reviewed)
    approve_evidence(reviewed)
    reopen(reviewed)
    sign_off(asked, by="fuzhuren2")
    record_sign_off(on_paper)
    resume(to_governor, new_due=date(2021, 12, 1))
    return office


def test_everything_that_happened_is_proven_told(a_busy_month):
    found = proof(a_busy_month, MAY)
    assert {line.due.rule for line in found.lines if line.told} == set(proof_words.WORDS)
    proven_both_ways(a_busy_month, found)


def test_each_thing_that_nobody_was_told_is_missing_without_a_cause(a_busy_month):
    lost = {}
    for rule in proof_words.WORDS:
        with transaction.atomic():
            Notification.objects.filter(rule=rule).delete()
            found = proof(a_busy_month, MAY)
            count = len(found.unexplained)
            lost[rule] = {line.due.rule for line in found.unexplained}
            assert found.lines[:count] == found.unexplained  # shown first
            transaction.set_rollback(True)
    assert lost == {rule: {rule} for rule in proof_words.WORDS}


def test_whoever_left_since_then_was_told_all_the_same(office):
    node = work_node(office, 1)
    start(node, on=FILED)
    submit_evidence(node, on=FILED)
    workflow.deactivate(actor=person("admin"), person=person("jixiao2"), at=story.moment(AFTER))
    return_evidence(node, on=AFTER)
    submit_evidence(node, on=AFTER)
    found = proof(office, MAY)
    proven_both_ways(office, found)
    days = {(line.person, line.due.day) for line in lines_of(found, "evidence_submitted") if line.told}
    assert days == {("绩效专班甲", FILED), ("绩效专班乙", FILED), ("绩效专班甲", AFTER)}


def test_who_held_the_post_then_had_to_be_told_and_who_holds_it_now_had_not(office):
    first, second = work_node(office, 1), work_node(office, 2)
    file_deferral(first, new_due=WITHIN, on=FILED)
    appoint(LEADER, to="successor", from_=HANDS)
    file_deferral(second, new_due=WITHIN, on=AFTER)
    the_clock(URGED)  # the first has waited; its successor is asked again
    found = proof(office, MAY)
    assert {one for one in told(found) if one[0].startswith("sign_off")} == {
        ("sign_off_opened", "副主任（二）", 1),
        ("sign_off_opened", "新任副主任", 2),
        ("sign_off_urged", "新任副主任", 1),
    }
    assert found.unexplained == []


def test_who_held_the_post_that_morning_had_to_be_told_although_it_changed_hands_that_day(office):
    file_deferral(work_node(office, 1), new_due=WITHIN, on=FILED)
    appoint(LEADER, to="successor", from_=FILED)
    file_deferral(work_node(office, 2), new_due=WITHIN)
    found = proof(office, MAY)
    proven_both_ways(office, found)
    assert {one for one in told(found) if one[0] == "sign_off_opened"} == {
        ("sign_off_opened", "副主任（二）", 1),
        ("sign_off_opened", "新任副主任", 2),
    }


def test_a_delegate_was_told_until_the_delegation_was_revoked(office):
    given = delegate(LEADER, to="successor", starts=FILED, ends=date(2021, 5, 31), on=date(2021, 5, 5))
    file_deferral(work_node(office, 1), new_due=WITHIN, on=FILED)
    workflow.revoke_delegation(actor=person("admin"), delegation=given, at=story.moment(HANDS))
    file_deferral(work_node(office, 2), new_due=WITHIN, on=AFTER)
    found = proof(office, MAY)
    proven_both_ways(office, found)
    assert ("sign_off_opened", "新任副主任", 1) in told(found)
    assert ("sign_off_opened", "新任副主任", 2) not in told(found)


def test_added_signers_and_those_to_whom_it_was_passed_on_were_asked(office):
    first, second = work_node(office, 1), work_node(office, 2)
    added = file_deferral(first, new_due=WITHIN, on=FILED)
    add_signer(added, HEAD, by="fuzhuren2")
    passed = file_deferral(second, new_due=WITHIN)
    pass_on(passed, HEAD, by="fuzhuren2")
    found = proof(office, MAY)
    proven_both_ways(office, found)
    asked = {("sign_off_opened", name, number) for name in ("副主任（二）", "办主任") for number in (1, 2)}
    assert {one for one in told(found) if one[0] == "sign_off_opened"} == asked
    Notification.objects.filter(recipient__username="zhuren", node=second).delete()
    lost = proof(office, MAY).unexplained
    assert {(line.person, line.due.node.number, line.channel) for line in lost} == {
        ("办主任", 2, "in_app"), ("办主任", 2, "email"),
    }  # fmt: skip


def test_a_signer_who_was_passed_by_is_asked_after_the_step_before(office):
    request = file_deferral(work_node(office, 1), new_due=WITHIN, on=FILED)
    add_signer(request, HEAD, by="fuzhuren2", side_by_side=False)
    sign_off(request, by="fuzhuren2", on=AFTER)
    found = proof(office, MAY)
    proven_both_ways(office, found)
    (line,) = [one for one in lines_of(found, "sign_off_opened") if one.told and one.person == "办主任"]
    assert line.due.day == AFTER


def test_who_watches_since_later_and_who_may_not_read_had_to_hear_nothing(office):
    node = work_node(office, 1)
    Watch.objects.create(node=node, user=person("shenji"), since=datetime(2021, 5, 20, tzinfo=ZONE))
    watch(actor=person("mishu1"), node=node, at=datetime(2021, 4, 1, tzinfo=ZONE))  # reads no comments
    start(node, on=FILED)
    comment(actor=person("xinwen1"), node_id=node.pk, text="已启动。", at=story.moment())
    found = proof(office, MAY)
    assert told(found) == {("watched_started", "秘书处经办人", 1)}
    assert found.unexplained == []


def test_another_office_never_appears(office):
    other = builders.office("jx-jyt")
    node = work_node(other, 1)
    start(node, on=FILED)
    submit_evidence(node)
    file_deferral(work_node(other, 2), new_due=WITHIN)
    assert proof(office, MAY).lines == []
    assert {line.due.node.office_id for line in proof(other, MAY).lines} == {other.pk}


def test_a_month_in_which_nothing_happened(a_busy_month):
    found = proof(a_busy_month, date(2021, 2, 1))
    assert found.lines == []
    assert found.totals["due"] == found.totals["unexplained"] == 0
    assert len(list(rows(found))) > 0


def test_what_happens_after_now_is_not_asked(a_busy_month):
    found = proof(a_busy_month, MAY, datetime(2021, 5, 7, 9, tzinfo=ZONE))
    assert {line.due.day for line in found.lines if line.due.standard} == {FILED}


# A whole year


@pytest.mark.parametrize("build", ["living", "replayed"])
def test_a_years_months_are_proven_cheaply_and_know_every_row(db, build, django_assert_max_num_queries):
    if build == "living":
        office = reference.reference_office().office
        today = office.day(timezone.now())
        year = living_year(office, max(today, date(today.year, 7, 1))).year
    else:
        office, year = reference.reference_year().office, 2021
    known: Counter[tuple[str, int, int | None]] = Counter()
    for month in range(1, 13):
        with django_assert_max_num_queries(50):
            found = proof(office, date(year, month, 1))
        assert found.unexplained == []
        known.update(_in_app(found))
    ledger = standard_rows(office, channel="in_app").values_list("rule", "node__number", "recipient")
    assert known == Counter(ledger)


def _in_app(found: Proof) -> list[tuple[str, int, int | None]]:
    return [
        (line.due.rule, line.due.node.number, line.due.user_id)
        for line in found.lines
        if line.due.standard and line.channel == "in_app" and line.told
    ]
