"""The deadline that earlier years speak for, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.lessons.calibration import KEEP, Verdict, lineage, suggest
from nodes.lessons.likeness import likeness, matches, plain
from nodes.lessons.words import why
from tests.unit.works import CALENDAR, deferred, undone, work
from workflow.calendar import WorkingDays

HISTORIES = st.lists(
    st.tuples(st.integers(2018, 2021), st.integers(-250, 250), st.integers(0, 364)), max_size=4,
    unique_by=lambda one: one[0],
)  # fmt: skip
OVERRIDES = st.dictionaries(st.dates(date(2022, 1, 1), date(2022, 12, 31)), st.just(False), max_size=80)


def history(*leads: int, first: int = 2021):
    return [work(first - n, ahead=lead) for n, lead in enumerate(leads)]


@given(HISTORIES, OVERRIDES)
def test_a_suggestion_is_always_a_working_day_of_its_year(years, own_days):
    calendar = WorkingDays(own_days)
    past = [
        work(year, ahead=lead, promised=date.fromordinal(date(year, 1, 1).toordinal() + day))
        for year, lead, day in sorted(years, reverse=True)
    ]
    found = suggest(past, 2022, calendar)
    if any(year >= 2019 for year, *_rest in years):
        assert found.day is not None
        assert found.day.year == 2022
        assert calendar.is_workday(found.day)
    else:
        assert (found.day, found.verdict) == (None, Verdict.UNKNOWN)


@given(HISTORIES)
def test_what_was_done_earlier_is_never_suggested_later(years):
    past = [work(year, ahead=lead) for year, lead, _day in sorted(years, reverse=True)]
    found = suggest(past, 2022, CALENDAR)
    if found.day and found.unmoved and found.lead is not None:
        assert found.day <= found.unmoved if found.lead >= 0 else found.day >= found.unmoved


def test_three_years_at_the_eightieth_percentile():
    # Sorted 20, 25, 40: the 80th percentile from the early side lies at 22.
    found = suggest(history(25, 40, 20), 2022, CALENDAR)
    assert (found.verdict, found.lead, found.years) == (Verdict.LOOSE, 22, (2019, 2020, 2021))
    assert CALENDAR.between(found.day, date(2022, 9, 30)) == 22
    assert why(found) == "Over the last three years, 80th percentile: done 22 working days early"


def test_fewer_years_say_on_how_many_they_rest():
    assert why(suggest(history(30), 2022, CALENDAR)).startswith("Resting on 2021 alone:")
    assert "2020" in why(suggest(history(30, 20), 2022, CALENDAR))


@pytest.mark.parametrize("lead", [0, 1, KEEP])
def test_a_deadline_that_fits_stays_where_it_is(lead):
    found = suggest(history(lead, lead, lead), 2022, CALENDAR)
    assert (found.verdict, found.day) == (Verdict.FITS, date(2022, 9, 30))


def test_what_was_late_gets_more_time():
    found = suggest(history(-6, -6, -6), 2022, CALENDAR)
    assert found.verdict == Verdict.TIGHT
    assert found.day == CALENDAR.after(date(2022, 9, 30), 6)
    assert "6 working days late" in why(found)


def test_nothing_is_suggested_without_a_completion():
    found = suggest([deferred(2021), undone(2020)], 2022, CALENDAR)
    assert (found.verdict, found.day) == (Verdict.UNKNOWN, None)
    assert "deferred in 2021" in why(found)
    assert suggest([], 2022, CALENDAR).day is None


def test_a_deferral_within_the_year_is_measured_against_the_promise():
    late = work(2021, promised=date(2021, 6, 30), due=date(2021, 9, 30), completed_on=date(2021, 9, 1))
    assert suggest([late], 2022, CALENDAR).verdict == Verdict.TIGHT


def test_years_long_past_do_not_count():
    assert suggest([work(2018, ahead=30)], 2022, CALENDAR).verdict == Verdict.UNKNOWN


def test_a_leap_day_becomes_the_twenty_eighth():
    found = suggest([work(2024, promised=date(2024, 2, 29))], 2025, CALENDAR)
    assert found.day == date(2025, 2, 28)


# Which nodes are the same work


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2021年外事工作会议", "召开2020年度外事工作会议", True),
        ("举办第十三届汤显祖戏剧节", "举办第十四届汤显祖戏剧节", True),
        ("印发《外事工作要点》", "印发外事工作要点", True),
        ("上半年统计报告", "下半年统计报告", False),
        ("第一季度数据报送", "第二季度数据报送", False),
        ("工作节点1", "工作节点2", False),
        ("举办培训班", "印发管理办法", False),
    ],
)
def test_titles_that_say_the_same(one, other, same):
    assert (likeness(one, other) >= 0.75) is same


TITLES = st.text(alphabet="外事会议培训班年度2021第三届上半", max_size=8)
YEAR = st.lists(st.tuples(TITLES, st.integers(1, 2)), max_size=12)


@given(YEAR, YEAR)
def test_no_past_work_is_used_twice_and_the_same_year_again_finds_itself(one, other):
    ours = [work(2021, n, title=title, division_id=led) for n, (title, led) in enumerate(one)]
    theirs = [work(2020, n, title=title, division_id=led) for n, (title, led) in enumerate(other)]
    found = matches(ours, theirs)
    used = [match.key for match in found.values()]
    assert len(used) == len(set(used))
    assert set(found) <= {work.key for work in ours}
    again = matches(ours, [replace(work, year=2020) for work in ours])
    assert len(again) == len(ours)
    assert all(plain(match.title) == plain(ours[key[1]].title) for key, match in again.items())


def test_a_title_of_nothing_but_a_year_is_still_a_title():
    assert plain("2021年") == "2021年"
    assert plain("…") == "..."


def test_what_was_carried_over_is_the_same_work_whatever_it_is_called():
    new = work(2022, 80, title="全新的名称", origin=(2021, 59))
    old = work(2021, 59, title="举行汤显祖戏剧节")
    assert matches([new], [old]) == {(2022, 80): old}


def test_what_repeats_within_a_year_meets_its_own_like():
    spring, autumn = date(2021, 4, 1), date(2021, 10, 1)
    ours = [work(2021, 1, promised=autumn), work(2021, 2, promised=spring)]
    theirs = [work(2020, 5, promised=date(2020, 4, 2)), work(2020, 6, promised=date(2020, 9, 28))]
    found = matches(ours, theirs)
    assert {key: one.number for key, one in found.items()} == {(2021, 1): 6, (2021, 2): 5}


def test_two_thousand_nodes_of_one_division_take_no_time():
    def days(year: int) -> list[date]:
        return [date(year, 1, 1) + timedelta(days=number % 365) for number in range(2000)]

    ours = [work(2021, number, promised=day) for number, day in enumerate(days(2021), start=1)]
    theirs = [work(2019, number, promised=day) for number, day in enumerate(days(2019), start=1)]
    found = matches(ours, theirs)
    assert len(found) == 2000
    assert all(one.promised.timetuple().tm_yday == 1 + (key[1] - 1) % 365 for key, one in found.items())
    unlike = [replace(one, title=f"{chr(0x4E00 + one.number)}{'办理事项' * 70}") for one in ours]
    assert not matches(unlike, [replace(one, title=one.title * 30) for one in theirs])


def test_another_division_that_leads_the_same_title_is_followed():
    assert matches([work(2021, 1)], [work(2020, 1, division_id=9)])
    twice = [work(2020, 1, division_id=8), work(2020, 2, division_id=9)]
    assert not matches([work(2021, 1)], twice)


def test_a_lineage_goes_back_over_a_year_that_is_missing():
    past = {2021: [work(2021, 4, title="别的事")], 2020: [work(2020, 7)], 2019: [work(2019, 3)]}
    found = lineage([work(2022, 1)], past)
    assert [one.key for one in found[(2022, 1)]] == [(2020, 7), (2019, 3)]
