"""Two hands at once on real connections: one decides, the other is told who was first and when."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections, transaction

from approvals import services as approvals
from approvals import timers
from approvals.models import Decision, DeferralRequest, EvidenceReview, ReplayedEvent
from approvals.replay import replay
from nodes import services as nodes
from nodes.models import EvidenceSubmission, State, WorkNode
from nodes.selectors import cycle_of
from tests import builders, events
from tests.builders import DEMO, figures_of, file_deferral, person, submit_evidence, work_node
from workflow import audit
from workflow.models import AuditEntry, User
from workflow.refusals import Conflict, Refusal, WrongState

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200
PATIENCE = 60


class Together:
    """Runs acts at the same moment, each on a connection of its own, which lasts for all rounds."""

    def __init__(self, hands: int) -> None:
        self.barrier = Barrier(hands, timeout=PATIENCE)
        self.pool = ThreadPoolExecutor(hands)

    def __call__(self, *acts: Callable[[], Any]) -> list[Any]:
        """What each act returned, or the Refusal it met, in the order of `acts`."""
        futures = [self.pool.submit(self._one, act) for act in acts]
        return [future.result(PATIENCE) for future in futures]

    def _one(self, act: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        self.barrier.wait()
        try:
            return act()
        except Refusal as refusal:
            return refusal

    def close(self) -> None:
        hands = self.barrier.parties
        for future in [self.pool.submit(self._leave) for _hand in range(hands)]:
            future.result(PATIENCE)
        self.pool.shutdown()

    def _leave(self) -> None:
        self.barrier.wait()
        connections.close_all()


@pytest.fixture
def together():
    groups: list[Together] = []

    def hands(number: int) -> Together:
        groups.append(Together(number))
        return groups[-1]

    yield hands
    for group in groups:
        group.close()


def won_and_lost(results: list[Any]) -> tuple[list[Any], list[Refusal]]:
    lost = [result for result in results if isinstance(result, Refusal)]
    return [result for result in results if result not in lost], lost


def signing(actor: User, request: DeferralRequest, outcome: str) -> Callable[[], Decision]:
    at = builders.story.moment()
    return partial(
        approvals.sign_off, actor=actor, request_id=request.pk, outcome=outcome, opinion="阅。", at=at
    )


def test_of_two_who_sign_the_same_step_one_decides_and_the_other_learns_who(together):
    office = builders.office(
        deferral_routing=[{"sign_off": [{"any_of": ["leader_in_charge", "head_of_unit"]}]}]
    )
    node = work_node(office, state=State.IN_PROGRESS)
    at_once = together(2)
    leaders = [person("fuzhuren2"), person("zhuren")]
    first_to_sign = set()
    for _round in range(ROUNDS):
        request = file_deferral(node)
        results = at_once(
            signing(leaders[0], request, builders.RETURN), signing(leaders[1], request, builders.REJECT)
        )
        ((decision,), (refusal,)) = won_and_lost(results)
        assert isinstance(refusal, Conflict)
        assert (refusal.decided_by, refusal.decided_at) == (decision.actor, decision.at)
        assert str(decision.actor) in str(refusal)
        assert decision.at.astimezone(office.zone).strftime("%Y-%m-%d %H:%M") in str(refusal)
        assert Decision.objects.filter(sign_off__request=request).count() == 1
        request.refresh_from_db()
        assert request.status == ("returned" if decision.outcome == builders.RETURN else "rejected")
        first_to_sign.add(decision.actor.username)
    assert Decision.objects.count() == ROUNDS
    assert AuditEntry.objects.filter(action="deferral.signed").count() == ROUNDS
    assert first_to_sign == {"fuzhuren2", "zhuren"}


def test_approve_return_and_withdraw_at_once_are_one_decision(together):
    office = builders.office()
    node = work_node(office, state=State.IN_PROGRESS)
    at_once = together(3)
    reviewer, colleague, handler = person("jixiao1"), person("jixiao2"), person("xinwen1")
    for number in range(1, ROUNDS + 1):
        submission = submit_evidence(node)
        facts = {"node_id": node.pk, "submission_id": submission.pk, "at": builders.story.moment()}
        results = at_once(
            partial(nodes.approve_evidence, actor=reviewer, **facts),
            partial(nodes.return_evidence, actor=colleague, opinion="补充。", **facts),
            partial(nodes.withdraw_evidence, actor=handler, **facts),
        )
        winners, refusals = won_and_lost(results)
        assert (len(winners), len(refusals)) == (1, 2)
        submission.refresh_from_db()
        assert submission.decided_by in (reviewer, colleague, handler)
        for refusal in refusals:
            assert isinstance(refusal, Conflict)
            assert (refusal.decided_by, refusal.decided_at) == (submission.decided_by, submission.decided_at)
            assert str(submission.decided_by) in str(refusal)
        node.refresh_from_db()
        assert node.submissions.filter(outcome=EvidenceSubmission.Outcome.PENDING).count() == 0
        assert node.submissions.count() == number
        if node.state == State.APPROVED:
            builders.reopen(node)
    reviews = EvidenceReview.objects.exclude(process__status__in=["DONE", "CANCELED"])
    assert not reviews.exists()
    decided = ["evidence.approved", "evidence.returned", "evidence.withdrawn"]
    assert AuditEntry.objects.filter(action__in=decided).count() == ROUNDS


def test_a_double_click_files_one_request(together):
    office = builders.office()
    node = work_node(office, state=State.IN_PROGRESS)
    at_once = together(2)
    for _round in range(20):
        draft = approvals.DeferralDraft("疫情。", None)
        facts = {"node_id": node.pk, "draft": draft, "at": builders.story.moment()}
        handler, head = person("xinwen1"), person("xinwen0")
        (won,), (lost,) = won_and_lost(
            at_once(
                partial(approvals.request_deferral, actor=handler, **facts),
                partial(approvals.request_deferral, actor=head, **facts),
            )
        )
        assert isinstance(lost, WrongState)
        assert node.deferral_requests.filter(status="pending").get() == won
        builders.withdraw_deferral(DeferralRequest.objects.get(pk=won.pk))


def test_evidence_and_a_deferral_request_at_once_never_both_wait(together):
    office = builders.office()
    node = work_node(office, state=State.IN_PROGRESS)
    at_once = together(2)
    handler, head = person("xinwen1"), person("xinwen0")
    for _round in range(20):
        at = builders.story.moment()
        evidence = nodes.EvidenceDraft(builders.STATEMENT, at.date(), (builders.evidence_file(),))
        asked, facts = approvals.DeferralDraft("疫情。", None), {"node_id": node.pk, "at": at}
        won, lost = won_and_lost(
            at_once(
                partial(nodes.submit_evidence, actor=handler, draft=evidence, **facts),
                partial(approvals.request_deferral, actor=head, draft=asked, **facts),
            )
        )
        assert (len(won), len(lost)) == (1, 1)
        if isinstance(won[0], DeferralRequest):
            builders.withdraw_deferral(DeferralRequest.objects.get(pk=won[0].pk))
        else:
            node.refresh_from_db()
            builders.withdraw_evidence(node)


def test_a_sign_off_and_a_withdrawal_at_once_are_one_of_them(together):
    office = builders.office()
    node = work_node(office, state=State.IN_PROGRESS)
    at_once = together(2)
    leader, handler = person("fuzhuren2"), person("xinwen1")
    for _round in range(20):
        request = file_deferral(node)
        at = builders.story.moment()
        won, lost = won_and_lost(
            at_once(
                signing(leader, request, builders.REJECT),
                partial(approvals.withdraw_deferral, actor=handler, request_id=request.pk, at=at),
            )
        )
        assert (len(won), len(lost)) == (1, 1)
        assert isinstance(lost[0], Conflict)
        request.refresh_from_db()
        decided = Decision.objects.filter(sign_off__request=request).exists()
        assert request.status == ("rejected" if decided else "withdrawn")


def test_two_replays_of_one_file_apply_each_event_once(together):
    office = builders.office()
    for number in range(1, 9):
        work_node(office, number)
    text = events.in_time_order(
        *(
            event
            for n in range(1, 9)
            for event in events.done(n, builders.DIVISION, "2021-03-01", f"2021-04-0{n}")
        )
    )
    cycle = cycle_of(office, 2021)
    at_once = together(2)
    one, two = at_once(lambda: replay(cycle, text, folder=DEMO), lambda: replay(cycle, text, folder=DEMO))
    assert one.applied + two.applied == 24
    assert one.applied + one.applied_before == two.applied + two.applied_before == 24
    assert ReplayedEvent.objects.count() == 24
    assert set(WorkNode.objects.values_list("state", "version")) == {("approved", 3)}
    assert figures_of(office)["done_on_time"] == 8
    assert AuditEntry.objects.filter(subject_type="worknode").count() == 24


def test_two_sealers_seal_everything_once(together):
    office = builders.office()
    at_once = together(2)
    for number in range(1, 11):
        work_node(office, number)
        assert sum(at_once(audit.seal, audit.seal)) >= 1
    verdict = audit.verify()
    assert verdict.flaws == []
    assert not AuditEntry.objects.filter(seal=None).exists()


def test_an_entry_that_commits_late_is_in_the_next_seal(together):
    """Its number is lower than those sealed already; it is neither lost nor taken for an insertion."""
    office = builders.office()
    audit.seal()
    slow, quick = work_node(office, 1), work_node(office, 2)
    audit.seal()
    elsewhere = together(1)
    with transaction.atomic():
        builders.start(slow)
        late = builders.last_audit(slow)
        elsewhere(lambda: builders.start(quick))
        assert elsewhere(audit.seal) == [1]
    early = builders.last_audit(quick)
    assert late.pk < early.pk
    assert audit.seal() == 1
    late.refresh_from_db()
    assert late.seal.number == early.seal.number + 1
    assert audit.verify().flaws == []


def test_a_timer_that_fires_never_stands_in_the_way_of_who_signs(together):
    """The timer holds the process and names the node; the signer holds the node and needs the process."""
    office, both = builders.office(), together(2)
    signer = person("fuzhuren2", office)
    for number in range(1, 21):
        request = file_deferral(
            work_node(office, number, state=State.IN_PROGRESS), new_due=date(2021, 11, 20)
        )
        fired, decision = both(
            partial(timers.fire_due, datetime(2030, 1, 1, tzinfo=UTC)),
            partial(approvals.sign_off, actor=signer, request_id=request.pk, outcome="approve"),
        )
        assert isinstance(decision, Decision)
        assert fired in (0, 1, 2)
