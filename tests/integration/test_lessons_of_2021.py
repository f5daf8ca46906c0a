"""The reference year: its lessons agree with its figures."""

from __future__ import annotations

import pytest

from nodes.lessons import proposals
from nodes.lessons.calibration import Verdict
from nodes.lessons.margins import measured, row
from nodes.lessons.reading import works
from tests.boards import visit
from workflow.selectors import working_days

pytestmark = pytest.mark.django_db


def test_the_reference_year_agrees_with_its_figures(year_2021):
    calendar = working_days(year_2021.office)
    (found,) = works(year_2021.office, [2021]).values()
    whole, figures = row("", measured(found, calendar)), year_2021.figures()
    slack = figures["calendar_slack_days"]
    assert (whole.on_time, whole.late) == (figures["done_on_time"], figures["done_late"])
    assert (whole.deferred, whole.not_done) == (figures["deferred"], figures["not_done"])
    days = whole.calendar_days
    assert (days.median, days.p10, days.p90) == (slack["median"], slack["p10"], slack["p90"])
    assert f"{slack['median']:.1f}" in visit("jixiao1", "/analysis/", year=2021)


def test_one_year_speaks_for_itself_alone_and_the_deferred_festival_for_nothing(year_2021):
    found = proposals.for_next_year(year_2021.cycle)
    assert {one.years for one in found.values()} == {(2021,), ()}
    assert found[59].verdict == Verdict.UNKNOWN
    calendar = working_days(year_2021.office)
    days = [one.day for one in found.values() if one.day]
    assert len(days) == 75
    assert all(day.year == 2022 and calendar.is_workday(day) for day in days)


def test_the_forecast_of_a_good_year_does_not_praise_itself(year_2021):
    page = visit("jixiao1", "/analysis/forecast/", year=2021, as_of="2021-06-30")
    assert "未按时完成的太少，无法判断预测是否准确" in page
    assert "没有往年数据" in page
