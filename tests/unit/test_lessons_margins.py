"""Planned against actual: percentiles, margins in working days, and how works are grouped."""

from __future__ import annotations

import statistics
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.lessons.bunching import rhythm, rushes
from nodes.lessons.hours import working_hours
from nodes.lessons.margins import grouped, histogram, measured, row
from nodes.lessons.spread import percentile, share_of, spread
from nodes.lessons.works import margin
from tests.unit.works import CALENDAR, deferred, undone, work

DAYS = st.dates(date(2015, 1, 1), date(2026, 12, 31))
NUMBERS = st.lists(st.integers(-300, 300), min_size=1, max_size=60)


@given(NUMBERS, st.floats(0, 1), st.floats(0, 1))
def test_a_percentile_lies_among_its_values_and_rises_with_its_share(values, one, other):
    low, high = sorted([one, other])
    assert min(values) - 1e-9 <= percentile(values, low) <= percentile(values, high) + 1e-9
    assert percentile(values, high) <= max(values) + 1e-9
    assert percentile(values, 0.5) == pytest.approx(statistics.median(values))


@given(st.lists(st.integers(-300, 300), min_size=2, max_size=60))
def test_percentiles_agree_with_those_of_the_figures(values):
    tenths = statistics.quantiles(values, n=10, method="inclusive")
    assert percentile(values, 0.1) == pytest.approx(tenths[0])
    assert percentile(values, 0.9) == pytest.approx(tenths[8])


def test_nothing_is_said_about_nothing():
    assert spread([]) is None
    assert share_of(0, 0) is None
    with pytest.raises(ValueError, match="percentile"):
        percentile([], 0.5)


@given(DAYS, DAYS)
def test_a_margin_is_negative_only_when_late_and_never_more_than_the_days_between(completed, due):
    days = margin(CALENDAR, completed, due)
    assert abs(days) <= abs((due - completed).days)
    assert days >= 0 if completed <= due else days <= 0
    counted = sum(
        CALENDAR.is_workday(min(completed, due) + timedelta(n + 1))
        for n in range(abs((due - completed).days))
    )
    assert abs(days) == counted


def test_the_spring_festival_is_no_working_time():
    # 11 to 17 February 2021 were off, 7 and 20 February were worked.
    assert margin(CALENDAR, date(2021, 2, 10), date(2021, 2, 18)) == 1
    assert margin(CALENDAR, date(2021, 2, 19), date(2021, 2, 20)) == 1


def test_a_group_adds_up_and_measures_what_was_done():
    found = measured(
        [work(number=1, ahead=10), work(number=2, ahead=-3), deferred(number=3), undone(number=4)], CALENDAR
    )
    one = row("x", found)
    assert (one.nodes, one.on_time, one.late, one.deferred, one.not_done) == (4, 1, 1, 1, 1)
    assert one.working_days.count == 2
    assert one.working_days.median == 3.5


def test_works_are_grouped_by_whatever_one_asks():
    found = measured([work(number=1), work(number=2, division_id=2), work(number=3)], CALENDAR)
    assert [(r.key, r.nodes) for r in grouped(found, lambda w: w.division_id)] == [(1, 2), (2, 1)]
    assert [r.key for r in grouped(found, lambda w: w.kind)] == ["meeting"]


@given(st.lists(st.integers(-80, 120), max_size=40))
def test_every_measured_work_stands_in_one_bar(leads):
    found = measured([work(number=n, ahead=lead) for n, lead in enumerate(leads)], CALENDAR)
    assert sum(bar.number for bar in histogram(found)) == len(leads)
    assert histogram(found)[0].number == sum(lead < 0 for lead in leads)


def test_what_was_done_in_the_last_three_working_days_is_a_rush():
    leads = [0, 1, 2, 3, 30, -1]
    found = measured([work(number=n, ahead=lead) for n, lead in enumerate(leads)], CALENDAR)
    (one,) = rushes(found, lambda m: m.work.division)
    assert (one.done, one.last_days, one.late, one.share) == (6, 3, 1, 50.0)


def test_december_has_its_share():
    year_end = date(2021, 12, 31)
    found = measured([work(number=n, promised=year_end) for n in range(3)] + [work(number=9)], CALENDAR)
    submitted = [year_end] * 4 + [date(2021, 9, 30), date(2022, 1, 4)]
    told = rhythm(2021, found, submitted)
    assert (told.december_done, told.december_due) == (75.0, 75.0)
    assert told.busiest[0] == (year_end, 4)
    assert (told.submitted, told.days, told.a_day) == (5, 2, 2.5)


@given(
    st.datetimes(datetime.fromisoformat("2021-01-01"), datetime.fromisoformat("2021-12-01")),
    st.integers(0, 60 * 24 * 20),
    st.integers(0, 60 * 24 * 20),
)
def test_working_hours_add_up(since, first, second):
    middle, end = since + timedelta(minutes=first), since + timedelta(minutes=first + second)
    whole = working_hours(CALENDAR, since, end)
    assert whole == pytest.approx(
        working_hours(CALENDAR, since, middle) + working_hours(CALENDAR, middle, end)
    )
    assert 0 <= whole <= (first + second) / 60 + 1e-6


@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2021-03-01 10:00", "2021-03-01 11:30", 1.5),
        ("2021-03-01 16:00", "2021-03-02 10:00", 2),
        ("2021-03-05 16:00", "2021-03-08 10:00", 2),  # a weekend between
        ("2021-03-01 18:00", "2021-03-02 08:00", 0),
        ("2021-03-02 10:00", "2021-03-01 10:00", 0),
    ],
)
def test_only_working_time_counts(since, until, hours):
    found = working_hours(CALENDAR, datetime.fromisoformat(since), datetime.fromisoformat(until))
    assert found == pytest.approx(hours)
