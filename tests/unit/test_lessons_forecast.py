"""Which nodes are likely to slip, and what that would have been worth."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.lessons.backtest import Judgement, evaluate, judgements, look_outs, rates
from nodes.lessons.forecast import Experience, Reason, experience, prospects
from nodes.lessons.words import says
from tests.unit.works import CALENDAR, course, deferred, undone, work

NOBODY = Experience()
TODAY = date(2021, 9, 20)


def reasons(*courses, known: Experience = NOBODY, on: date = TODAY) -> list[set[Reason]]:
    return [{factor.reason for factor in one.factors} for one in prospects(courses, on, known, CALENDAR)]


def test_work_well_under_way_has_nothing_against_it():
    assert reasons(course(undone())) == [set()]


def test_what_has_not_begun_shortly_before_its_deadline_is_a_worry():
    late_starter = course(undone(), started=date(2021, 9, 29))
    (one,) = prospects([late_starter], TODAY, NOBODY, CALENDAR)
    assert [factor.reason for factor in one.factors] == [Reason.NOT_STARTED]
    assert says(one.factors[0]) == f"Work has not begun, {one.days_left} working days are left."


def test_done_waiting_deferred_and_far_away_are_not_judged():
    waiting = course(work(completed_on=date(2021, 9, 10)))
    later = course(undone(number=3, promised=date(2021, 12, 31)))
    assert reasons(waiting, course(deferred(number=2)), later, on=date(2021, 9, 15)) == []


def test_a_division_with_much_at_work_and_a_bad_habit():
    five = [course(undone(number=n)) for n in range(1, 6)]
    known = Experience(rushing={1: 62})
    assert reasons(*five, known=known) == [{Reason.LOAD, Reason.RUSH}] * 5


def test_earlier_years_teach_usual_times_habits_and_lateness():
    past = [course(work(2020, n, ahead=0)) for n in range(1, 6)]
    same = {(2021, 1): [work(2020, 1, ahead=-4), work(2019, 1)], (2021, 2): [work(2020, 2)]}
    known = experience(past, same, CALENDAR)
    assert known.rushing == {1: 100}
    assert known.late_before == {(2021, 1): 1}
    assert set(known.usual) == {"meeting"}
    (one,) = prospects([course(undone(), started=date(2021, 9, 17))], TODAY, known, CALENDAR)
    assert {factor.reason for factor in one.factors} == {Reason.SHORT, Reason.LATE_BEFORE, Reason.RUSH}
    assert one.flagged


def test_every_reason_has_its_words():
    returned = course(undone(), returned=(date(2021, 9, 1), date(2021, 9, 10)))
    (one,) = prospects([returned], TODAY, NOBODY, CALENDAR)
    assert (one.points, one.factors[0].numbers) == (2, (2,))
    assert "returned 2" in says(one.factors[0])


def test_a_past_year_is_judged_with_the_deadlines_of_its_days():
    put_off = course(work(due=date(2021, 12, 20), completed_on=date(2021, 12, 15)))
    found = judgements(2021, [put_off], NOBODY, CALENDAR)
    assert [one.slipped for one in found] == [True, False, False]  # by September's deadline; then December's
    assert len(look_outs(2021, CALENDAR)) == 12
    assert look_outs(2021, CALENDAR)[0] == date(2021, 1, 4)


JUDGED = st.lists(st.builds(Judgement, st.just(2020), st.integers(0, 9), st.booleans()), min_size=1)


@given(JUDGED, JUDGED)
def test_numbers_of_an_evaluation_hold_together(one, other):
    found = evaluate({2020: one, 2021: other})
    assert found.hits <= min(found.flagged, found.slipped)
    assert found.judged == len(one) + len(other)
    assert 0 <= found.brier <= 1
    assert 0 <= found.brier_of_base <= 1
    assert all(0 <= rate <= 1 for rate in rates(one).values())


def test_a_single_year_has_no_probabilities_and_none_no_evaluation():
    assert evaluate({}) is None
    assert evaluate({2020: []}) is None
    assert evaluate({2020: [Judgement(2020, 3, True)]}).brier is None


def test_points_that_tell_are_better_than_chance():
    good = [Judgement(2020, 4, True)] * 6 + [Judgement(2020, 0, False)] * 54
    found = evaluate({2020: good, 2021: good})
    assert (found.precision, found.recall, found.base_rate) == (100.0, 100.0, 10.0)
    assert found.better
    assert found.brier < found.brier_of_base


@pytest.mark.parametrize("points", [0, 5])
def test_few_slips_are_not_enough_to_praise_oneself(points):
    found = evaluate({2020: [Judgement(2020, points, True)] + [Judgement(2020, 0, False)] * 75})
    assert not found.enough
    assert not found.better
