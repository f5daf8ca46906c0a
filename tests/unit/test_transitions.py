"""The work node's transitions as they are declared, against the agreed table."""

from __future__ import annotations

from datetime import date

import pytest
from django_fsm import TransitionNotAllowed

from nodes.models import State, WorkNode

P, I, S, A, D = State.PLANNED, State.IN_PROGRESS, State.EVIDENCE_SUBMITTED, State.APPROVED, State.DEFERRED  # noqa: E741
AGREED = {
    "start": {(P, I)},
    "submit_evidence": {(I, S)},
    "withdraw_evidence": {(S, I)},
    "return_evidence": {(S, I)},
    "approve_evidence": {(S, A)},
    "defer": {(P, D), (I, D)},
    "resume": {(D, I)},
    "reopen": {(A, I)},
}
ARGUMENTS = {
    "submit_evidence": [None],
    "approve_evidence": [date(2021, 3, 1)],
    "defer": [None],
    "resume": [date(2021, 10, 31)],
}


def test_the_declared_transitions_are_the_agreed_ones():
    declared: dict[str, set[tuple[str, str]]] = {}
    for one in WorkNode().get_all_state_transitions():
        declared.setdefault(one.name, set()).add((one.source, one.target))
    assert declared == AGREED


def test_there_are_exactly_five_states():
    assert State.values == ["planned", "in_progress", "evidence_submitted", "approved", "deferred"]


@pytest.mark.parametrize("act", AGREED)
@pytest.mark.parametrize("state", State)
def test_a_transition_happens_from_its_sources_only(state, act):
    node = WorkNode(state=state)
    targets = dict(AGREED[act])
    transition = getattr(node, act)
    if state in targets:
        transition(*ARGUMENTS.get(act, []))
        assert node.state == targets[state]
    else:
        with pytest.raises(TransitionNotAllowed):
            transition(*ARGUMENTS.get(act, []))
        assert node.state == state


def test_a_state_cannot_be_assigned():
    node = WorkNode()
    with pytest.raises(AttributeError):
        node.state = State.APPROVED
    assert node.state == State.PLANNED


def test_a_return_is_counted_and_a_withdrawal_is_not():
    returned, withdrawn = WorkNode(state=S), WorkNode(state=S)
    returned.return_evidence()
    withdrawn.withdraw_evidence()
    assert (returned.returns, withdrawn.returns) == (1, 0)


def test_reopening_forgets_that_the_node_was_done():
    node = WorkNode(state=A, completed_on=date(2021, 6, 1))
    node.reopen()
    assert node.completed_on is None
