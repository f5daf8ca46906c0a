"""A long walk over the services, whoever tries whatever: what must always hold, holds."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from approvals.models import Decision, DeferralRequest
from nodes.figures import facts
from nodes.models import EvidenceSubmission, State, WorkNode
from nodes.selectors import cycle_of
from tests import builders
from tests.builders import APPROVE, REJECT, RETURN, trail
from workflow import audit
from workflow.refusals import Refusal

NUMBERS = st.sampled_from([1, 2])
PEOPLE = st.sampled_from(
    ["xinwen1", "xinwen0", "mishu1", "jixiao1", "jixiao2", "fuzhuren2", "zhuren", "admin"]
)
DATES = st.sampled_from([None, date(2021, 11, 20), date(2021, 12, 31), date(2022, 6, 30)])
DECISIONS = st.sampled_from([APPROVE, APPROVE, APPROVE, RETURN, REJECT])


class Walk(RuleBasedStateMachine):
    """Two nodes of one office, and everybody who may or may not do something to them."""

    @initialize()
    def begin(self) -> None:
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        builders.story.begin()
        self.office = builders.office()
        self.baselines = {n: builders.work_node(self.office, n).baseline_deadline for n in (1, 2)}
        self.steps = 0

    def teardown(self) -> None:
        if hasattr(self, "transaction"):
            audit.seal()
            assert audit.verify().flaws == []
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def node(self, number: int) -> WorkNode:
        return WorkNode.objects.get(number=number)

    def request(self, number: int) -> DeferralRequest | None:
        return DeferralRequest.objects.filter(node__number=number).first()

    def attempt(self, act, *arguments, **facts) -> None:
        """Do it if it may be done; a refusal changes nothing at all."""
        before = self.everything()
        try:
            with transaction.atomic():
                act(*arguments, **facts)
        except Refusal:
            assert self.everything() == before
        else:
            self.steps += 1

    def everything(self) -> tuple:
        nodes = tuple(WorkNode.objects.order_by("number").values_list("state", "version", "current_deadline"))
        return nodes, DeferralRequest.objects.count(), Decision.objects.count(), len(self.trails())

    def trails(self) -> list:
        return [entry for number in (1, 2) for entry in trail(self.node(number))]

    @rule(number=NUMBERS, by=PEOPLE)
    def start(self, number, by):
        self.attempt(builders.start, self.node(number), by=by)

    @rule(number=NUMBERS)
    def work(self, number):
        """The usual next step, so that a walk gets somewhere."""
        node = self.node(number)
        usual = {State.PLANNED: builders.start, State.IN_PROGRESS: builders.submit_evidence}
        self.attempt(usual.get(node.state, builders.approve_evidence), node)

    @rule(number=NUMBERS, by=PEOPLE, days=st.integers(-3, 1))
    def submit(self, number, by, days):
        day = builders.story.now.date() + timedelta(days=days)
        self.attempt(builders.submit_evidence, self.node(number), by=by, completed_on=day)

    @rule(number=NUMBERS, by=PEOPLE)
    def withdraw(self, number, by):
        self.attempt(builders.withdraw_evidence, self.node(number), by=by)

    @rule(number=NUMBERS, by=PEOPLE)
    def approve(self, number, by):
        self.attempt(builders.approve_evidence, self.node(number), by=by)

    @rule(number=NUMBERS, by=PEOPLE)
    def give_back(self, number, by):
        self.attempt(builders.return_evidence, self.node(number), by=by)

    @rule(number=NUMBERS, by=PEOPLE)
    def reopen(self, number, by):
        self.attempt(builders.reopen, self.node(number), by=by)

    @rule(number=NUMBERS, by=PEOPLE, new_due=DATES)
    def resume(self, number, by, new_due):
        self.attempt(builders.resume, self.node(number), by=by, new_due=new_due)

    @rule(number=NUMBERS, by=st.sampled_from([None, "mishu1"]), new_due=DATES)
    def ask(self, number, by, new_due):
        self.attempt(builders.file_deferral, self.node(number), by=by, new_due=new_due)

    @rule(number=NUMBERS, by=PEOPLE, decision=DECISIONS)
    def sign(self, number, by, decision):
        if request := self.request(number):
            self.attempt(builders.sign_off, request, by=by, decision=decision)

    @rule(number=NUMBERS, decision=DECISIONS)
    def sign_as_expected(self, number, decision):
        for by in ("fuzhuren2", "zhuren"):
            self.sign(number, by, decision)
        if request := self.request(number):
            self.attempt(builders.record_sign_off, request, decision=decision)

    @rule(number=NUMBERS)
    def take_back_the_request(self, number):
        if request := self.request(number):
            self.attempt(builders.withdraw_deferral, request)

    @rule(day=st.dates(date(2021, 3, 1), date(2021, 12, 31)))
    def time_passes(self, day):
        if day > builders.story.now.date():
            builders.story.moment(day)

    @rule()
    def seal(self):
        audit.seal()

    @invariant()
    def the_trail_is_the_path_of_the_node(self):
        for node in self.nodes():
            moves = [(entry.from_state, entry.to_state) for entry in trail(node) if entry.to_state]
            path = [State.PLANNED, *(target for _source, target in moves)]
            assert [source for source, _target in moves] == path[:-1]
            assert (node.state, node.version) == (path[-1], len(moves))

    @invariant()
    def deadlines_move_by_their_chain_only(self):
        for node in self.nodes():
            assert node.baseline_deadline == self.baselines[node.number]
            chain = [(change.previous, change.new) for change in node.deadline_changes.all()]
            dates = [node.baseline_deadline, *(new for _previous, new in chain)]
            assert [previous for previous, _new in chain] == dates[:-1]
            assert node.current_deadline == dates[-1]

    @invariant()
    def a_node_waits_for_one_thing_at_a_time(self):
        for node in self.nodes():
            rounds = node.submissions.filter(outcome=EvidenceSubmission.Outcome.PENDING)
            assert rounds.count() == (node.state == State.EVIDENCE_SUBMITTED)
            waiting = node.deferral_requests.filter(status="pending").count()
            assert waiting <= (node.state in (State.PLANNED, State.IN_PROGRESS))
            assert node.returns == node.submissions.filter(outcome="returned").count()
            assert (node.completed_on is not None) == (node.state == State.APPROVED)

    @invariant()
    def what_is_deferred_was_approved(self):
        for node in self.nodes():
            approved = node.deferral_requests.filter(status="approved")
            assert approved.exists() or node.state != State.DEFERRED
            for request in approved:
                assert {sign_off.decision.outcome for sign_off in request.sign_offs.all()} == {APPROVE}

    @invariant()
    def figures_add_up_now_and_at_the_end_of_today(self):
        if not hasattr(self, "office"):
            return
        now = builders.figures_of(self.office)
        ends = ("done_on_time", "done_late", "deferred", "not_done")
        assert sum(now[end] for end in ends) == sum(now["states"].values()) == now["nodes"] == 2
        today = builders.story.now.date()
        assert self.facts(today) == self.facts(None)
        later = builders.figures_of(self.office, as_of=today)
        for key in (*ends, "states", "returned_once_or_more", "calendar_slack_days", "deferrals"):
            assert later[key] == now[key]

    def facts(self, as_of: date | None) -> list[tuple]:
        found = facts(cycle_of(self.office, 2021), as_of)
        return [(one.state, one.deadline, one.completed_on, one.returned) for one in found]

    @invariant()
    def the_database_agrees(self):
        if hasattr(self, "office"):
            connection.check_constraints()

    def nodes(self) -> list[WorkNode]:
        return list(WorkNode.objects.order_by("number")) if hasattr(self, "office") else []


def test_a_walk_never_leaves_the_rails(db):
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
