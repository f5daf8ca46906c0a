"""PostgreSQL itself refuses a state that no service made."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from approvals.models import Decision, DeferralRequest
from nodes.models import DeadlineChange, State, WorkNode
from tests import builders
from tests.builders import start, submit_evidence, work_node
from workflow import audit


@contextmanager
def refused(words: str):
    """The block's statements, and what waits for the end of its transaction, are refused in these words."""
    with pytest.raises(IntegrityError, match=words), transaction.atomic():  # noqa: PT012
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def execute(sql: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_the_databases_table_of_transitions_is_the_declared_one(db):
    declared = {(one.source, one.target) for one in WorkNode().get_all_state_transitions()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, target FROM nodes_transition")
        assert set(cursor.fetchall()) == declared


@pytest.mark.parametrize("state", [state for state in State if state != State.PLANNED])
def test_a_state_cannot_be_written_over(office, state):
    node = work_node(office)
    with refused("cannot go from planned|changes by its services only"):
        WorkNode.objects.filter(pk=node.pk).update(state=state)


def test_not_even_along_a_legal_transition(office):
    node = work_node(office)
    with refused("changes by its services only"):
        execute("UPDATE nodes_worknode SET state = 'in_progress' WHERE id = %s", node.pk)


@pytest.mark.parametrize("step", [0, 2])
def test_nor_with_a_version_that_skips(office, step):
    node = work_node(office)
    with refused("changes by its services only"):
        WorkNode.objects.filter(pk=node.pk).update(state=State.IN_PROGRESS, version=F("version") + step)


def test_nor_with_the_right_version_and_no_audit_entry(office):
    node = work_node(office)
    with refused(f"work node {node.pk} changed state without an audit entry"):
        execute("UPDATE nodes_worknode SET state = 'in_progress', version = 1 WHERE id = %s", node.pk)


def test_nor_with_an_audit_entry_that_says_something_else(office):
    node = work_node(office)
    with refused("without an audit entry"):
        execute("UPDATE nodes_worknode SET state = 'in_progress', version = 1 WHERE id = %s", node.pk)
        audit.record(None, "x", node, from_state=State.PLANNED, to_state=State.DEFERRED)
        audit.record(None, "x", work_node(office, 2), from_state=State.PLANNED, to_state=State.IN_PROGRESS)


def test_a_transition_the_table_does_not_know_is_refused_with_audit_entry_and_version(office):
    node = work_node(office, state=State.APPROVED)
    with refused(f"work node {node.pk} cannot go from approved to deferred"):
        audit.record(None, "x", node, from_state=State.APPROVED, to_state=State.DEFERRED)
        execute("UPDATE nodes_worknode SET state = 'deferred', version = version + 1 WHERE id = %s", node.pk)


@pytest.mark.django_db(transaction=True)
def test_an_audit_entry_of_an_earlier_transaction_does_not_count():
    node = work_node(builders.office())
    audit.record(None, "x", node, from_state=State.PLANNED, to_state=State.IN_PROGRESS)
    with refused("without an audit entry"):
        execute("UPDATE nodes_worknode SET state = 'in_progress', version = 1 WHERE id = %s", node.pk)


@pytest.mark.parametrize("values", [{"state": State.APPROVED}, {"version": 1}])
def test_a_node_begins_as_planned(office, values):
    node = work_node(office)
    with refused("a work node begins as planned"):
        WorkNode.objects.create(
            office=office,
            cycle=node.cycle,
            indicator=node.indicator,
            number=2,
            title="抢跑",
            lead_division=node.lead_division,
            baseline_deadline=date(2021, 6, 30),
            **values,
        )


def test_a_node_that_has_begun_is_not_deleted(office):
    node = start(work_node(office))
    with refused(f"work node {node.pk} has begun and cannot be deleted"):
        execute("DELETE FROM nodes_worknode WHERE id = %s", node.pk)


def test_a_planned_node_may_go(office):
    node = work_node(office)
    WorkNode.objects.filter(pk=node.pk).delete()
    assert not WorkNode.objects.exists()


def test_the_baseline_of_a_begun_node_is_fixed(office):
    node = start(work_node(office))
    with refused(f"dates and counts of work node {node.pk} change by its services only"):
        WorkNode.objects.filter(pk=node.pk).update(baseline_deadline=date(2021, 12, 31))


def test_a_second_pending_round_is_refused(office):
    node = work_node(office, state=State.EVIDENCE_SUBMITTED)
    submission = node.current_submission
    submission.pk, submission.round = None, 2
    with refused("one_pending_submission_a_node"):
        submission.save()


def test_a_service_that_fails_half_way_leaves_nothing(office, monkeypatch):
    node = start(work_node(office))

    def fail(*_args, **_kw):
        raise RuntimeError("power cut")

    monkeypatch.setattr("nodes.services.acting.audit.record", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        submit_evidence(node)
    node.refresh_from_db()
    assert (node.state, node.version, node.submissions.count()) == (State.IN_PROGRESS, 1, 0)
    assert not DeadlineChange.objects.exists()


@pytest.mark.parametrize(
    "forgery", [{"completed_on": date(2021, 2, 1)}, {"returns": 0}, {"current_deadline": date(2021, 12, 31)}]
)
def test_the_dates_and_counts_of_a_begun_node_are_not_retouched(office, forgery):
    node = work_node(office, state=State.IN_PROGRESS)
    submit_evidence(node)
    builders.return_evidence(node)
    submit_evidence(node)
    builders.approve_evidence(node)
    with refused("change by its services only"):
        WorkNode.objects.filter(pk=node.pk).update(**forgery)


def test_what_was_submitted_asked_and_decided_stays_as_it_was_written(office):
    node = work_node(office, state=State.IN_PROGRESS)
    request = builders.defer(node)
    submission = submit_evidence(work_node(office, 2, state=State.IN_PROGRESS))
    with refused("approvals_decision .* stays as it is"):
        Decision.objects.filter(sign_off__request=request).update(outcome="reject")
    with refused("approvals_decision .* stays as it is"):
        execute("DELETE FROM approvals_decision")
    with refused("approvals_deferralrequest .* stays as it is"):
        DeferralRequest.objects.filter(pk=request.pk).update(justification="另有原因。")
    with refused("nodes_evidencesubmission .* stays as it is"):
        type(submission).objects.filter(pk=submission.pk).update(statement="另有说法。")
    with refused("nodes_deadlinechange .* stays as it is"):
        DeadlineChange.objects.update(new=date(2021, 12, 1))
