"""The light of a node on a day: what a person sees at a glance."""

from __future__ import annotations

from datetime import date

import pytest

from nodes.light import Light, with_light
from nodes.models import State, WorkNode
from tests import builders
from tests.builders import approve_evidence, defer, submit_evidence, work_node
from workflow.models import CalendarDay
from workflow.selectors import working_days

# Due on Friday the 25th of June 2021; five working days before it is Friday the 18th.
DUE = date(2021, 6, 25)


def light(office, day: date) -> str:
    return with_light(WorkNode.objects.all(), day, working_days(office)).get().light


@pytest.mark.parametrize(
    ("state", "day", "shows"),
    [
        (State.PLANNED, date(2021, 6, 17), Light.NOT_STARTED),
        (State.IN_PROGRESS, date(2021, 6, 17), Light.ON_TRACK),
        (State.PLANNED, date(2021, 6, 18), Light.DUE_SOON),
        (State.IN_PROGRESS, date(2021, 6, 18), Light.DUE_SOON),
        (State.IN_PROGRESS, DUE, Light.DUE_SOON),
        (State.IN_PROGRESS, date(2021, 6, 26), Light.OVERDUE),
        (State.PLANNED, date(2021, 6, 26), Light.OVERDUE),
        (State.EVIDENCE_SUBMITTED, date(2021, 7, 30), Light.ON_TRACK),
        (State.APPROVED, date(2021, 7, 30), Light.DONE_ON_TIME),
        (State.DEFERRED, date(2021, 7, 30), Light.SUSPENDED),
    ],
)
def test_what_a_node_shows(office, state, day, shows):
    work_node(office, state=state, deadline=DUE)
    assert light(office, day) == shows


@pytest.mark.parametrize(
    ("completed_on", "waiting", "done"),
    [
        (DUE, Light.ON_TRACK, Light.DONE_ON_TIME),
        (date(2021, 6, 26), Light.OVERDUE, Light.DONE_LATE),
    ],
)
def test_the_day_of_completion_counts_and_not_that_of_the_review(office, completed_on, waiting, done):
    node = work_node(office, state=State.IN_PROGRESS, deadline=DUE)
    submit_evidence(node, on=date(2021, 7, 1), completed_on=completed_on)
    assert light(office, date(2021, 7, 2)) == waiting
    approve_evidence(node, on=date(2021, 8, 1))
    assert light(office, date(2021, 8, 2)) == done


def test_a_deferral_within_the_year_puts_the_light_back(office):
    node = work_node(office, state=State.IN_PROGRESS, deadline=DUE)
    defer(node, date(2021, 7, 20))
    assert light(office, date(2021, 7, 1)) == Light.ON_TRACK
    assert light(office, date(2021, 7, 21)) == Light.OVERDUE


def test_the_offices_holidays_bring_the_warning_forward(office):
    work_node(office, state=State.IN_PROGRESS, deadline=DUE)
    CalendarDay.objects.create(office=office, day=date(2021, 6, 21), is_workday=False)
    assert light(office, date(2021, 6, 17)) == Light.DUE_SOON


def test_the_light_agrees_with_the_figures_about_who_is_overdue(office):
    states = (State.PLANNED, State.IN_PROGRESS, State.APPROVED, State.DEFERRED)
    for number, state in enumerate(states, 1):
        work_node(office, number, state=state, deadline=DUE)
    day = date(2021, 7, 30)
    late = with_light(WorkNode.objects.all(), day, working_days(office)).filter(light=Light.OVERDUE)
    assert sorted(late.values_list("state", flat=True)) == [State.IN_PROGRESS, State.PLANNED]
    (row,) = builders.figures_of(office, as_of=day)["by_division"]
    assert row["overdue"] == 2
