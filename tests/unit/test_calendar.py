"""Working days as an office counts them: make-up days, holidays, its own changes, unpublished years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.calendar import WorkingDays

NATIONAL_DAY_2026 = [date(2026, 10, day) for day in range(1, 8)]

days = st.dates(date(2003, 6, 1), date(2030, 6, 1))
calendars = st.dictionaries(days, st.booleans(), max_size=20).map(WorkingDays)
a_few = st.integers(1, 60)


@pytest.fixture
def calendar():
    return WorkingDays()


def test_five_working_days_before_the_end_of_the_national_holiday_week(calendar):
    assert calendar.before(date(2026, 10, 10), 5) == date(2026, 9, 28)


def test_nobody_works_on_national_day(calendar):
    assert not any(calendar.is_workday(day) for day in NATIONAL_DAY_2026)


@pytest.mark.parametrize(
    "saturday_or_sunday", [date(2026, 1, 4), date(2026, 2, 14), date(2026, 9, 20), date(2021, 9, 18)]
)
def test_a_weekend_day_may_make_up_for_a_holiday(calendar, saturday_or_sunday):
    assert saturday_or_sunday.weekday() >= 5
    assert calendar.is_workday(saturday_or_sunday)
    assert calendar.before(saturday_or_sunday + timedelta(days=1), 1) == saturday_or_sunday


def test_the_deadline_itself_is_not_one_of_the_days_before_it(calendar):
    assert calendar.before(date(2021, 6, 30), 1) == date(2021, 6, 29)
    assert calendar.after(date(2021, 6, 30), 1) == date(2021, 7, 1)
    assert calendar.before(date(2021, 6, 30), 0) == date(2021, 6, 30)


def test_a_deadline_on_a_day_off_is_urged_on_the_last_working_day(calendar):
    assert calendar.on_or_before(date(2021, 10, 3)) == date(2021, 9, 30)
    assert calendar.on_or_before(date(2021, 9, 30)) == date(2021, 9, 30)


def test_counting_leaves_the_first_day_out_and_takes_the_last_in(calendar):
    friday, monday = date(2021, 6, 18), date(2021, 6, 21)
    assert calendar.between(friday, monday) == 1
    assert calendar.between(friday, friday) == 0
    assert calendar.between(monday, friday) == 0


def test_next_year_is_monday_to_friday_and_says_it_is_provisional(calendar):
    assert calendar.is_provisional(date(2027, 1, 4))
    assert calendar.is_workday(date(2027, 1, 4))
    assert not calendar.is_workday(date(2027, 1, 3))
    assert not calendar.is_provisional(date(2026, 12, 31))


def test_a_count_may_run_into_a_year_not_yet_published(calendar):
    assert calendar.after(date(2026, 12, 31), 1) == date(2027, 1, 1)
    assert calendar.before(date(2027, 1, 4), 2) == date(2026, 12, 31)


def test_what_the_office_declares_wins_and_is_no_longer_provisional():
    calendar = WorkingDays({date(2027, 1, 1): False, date(2021, 6, 30): False, date(2021, 6, 26): True})
    assert calendar.after(date(2026, 12, 31), 1) == date(2027, 1, 4)
    assert not calendar.is_provisional(date(2027, 1, 1))
    assert calendar.before(date(2021, 7, 1), 1) == date(2021, 6, 29)
    assert calendar.before(date(2021, 6, 28), 1) == date(2021, 6, 26)


def test_a_year_without_any_working_day_is_stepped_over():
    calendar = WorkingDays({date(2028, 1, 1) + timedelta(days=n): False for n in range(366)})
    assert calendar.after(date(2027, 12, 31), 1) == date(2029, 1, 1)
    assert calendar.before(date(2029, 1, 1), 1) == date(2027, 12, 31)


def test_a_calendar_has_two_ends_and_neither_raises(calendar):
    assert calendar.before(date.min, 3) == date.min
    assert calendar.after(date.max, 3) == date.max
    assert calendar.before(date.max, 1) == date(9999, 12, 30)
    assert calendar.between(date(9990, 12, 31), date.max) == 9 * 261 - 0
    assert calendar.is_provisional(date.max)


def test_a_negative_number_of_days_is_a_mistake(calendar):
    with pytest.raises(ValueError, match="negative"):
        calendar.before(date(2021, 6, 30), -1)
    with pytest.raises(ValueError, match="negative"):
        calendar.after(date(2021, 6, 30), -1)


@given(calendars, days, a_few)
def test_before_is_a_working_day_with_n_minus_one_others_up_to_the_deadline(calendar, deadline, n):
    found = calendar.before(deadline, n)
    assert calendar.is_workday(found)
    assert calendar.between(found, deadline - timedelta(days=1)) == n - 1


@given(calendars, days, a_few)
def test_after_is_the_working_day_that_completes_the_count(calendar, day, n):
    found = calendar.after(day, n)
    assert calendar.is_workday(found)
    assert calendar.between(day, found) == n


@given(calendars, days, a_few)
def test_from_a_working_day_there_and_back_again(calendar, day, n):
    start = calendar.on_or_before(day)
    assert calendar.before(calendar.after(start, n), n) == start
    assert calendar.after(calendar.before(start, n), n) == start


@given(calendars, days, days, a_few)
def test_a_later_deadline_is_never_urged_earlier(calendar, one, other, n):
    earlier, later = sorted((one, other))
    assert calendar.before(earlier, n) <= calendar.before(later, n)
    assert calendar.after(earlier, n) <= calendar.after(later, n)


@given(calendars, days, days)
def test_counting_agrees_with_going_through_the_calendar(calendar, one, other):
    start, end = sorted((one, other))
    walked = sum(calendar.is_workday(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))
    assert calendar.between(start, end) == walked
