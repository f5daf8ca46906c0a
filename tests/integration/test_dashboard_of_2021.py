"""The board of the reference year: 8/13/71, 76 nodes, 75 done on time, one deferred; on screen and paper."""

from __future__ import annotations

from datetime import date

import pymupdf
import pytest

from tests.boards import answered, links, numbers, seen_by, text_of, visit

pytestmark = pytest.mark.django_db


def test_2021_is_8_13_71_indicators_76_nodes_75_on_time_and_one_deferred(year_2021):
    page = visit("zhuren", year=2021)
    assert "8 / 13 / 71" in page
    found = numbers(page)
    assert (found["节点"], found["按期完成"], found["逾期完成"], found["延期"]) == (76, 75, 0, 1)
    assert "办结率 98.7%" in page
    assert "戏剧节" in page


def test_the_board_counts_what_the_figures_command_prints(year_2021):
    figures, found = year_2021.figures(), seen_by("zhuren", year=2021)
    assert found.outcomes == {key: figures[key] for key in found.outcomes}
    assert {row.division.name: row.nodes for row in found.divisions} == {
        row["division"]: row["nodes"] for row in figures["by_division"]
    }
    assert len(found.returned) == figures["returned_once_or_more"]
    assert found.indicators == figures["indicators"]


def test_the_curve_ends_at_76_promised_75_due_and_75_done(year_2021):
    drawn = seen_by("zhuren", year=2021).curve
    assert drawn.now == (76, 75, 75)
    december = seen_by("zhuren", year=2021).month_rows[11]
    assert (december.promised_by, december.due_by, december.done_by) == (76, 75, 75)


def test_a_day_in_the_past_shows_the_year_as_it_stood_and_leads_to_no_list(year_2021):
    page = visit("zhuren", year=2021, as_of="2021-06-30")
    assert "截至 2021-06-30" in page
    assert numbers(page)["按期完成"] == year_2021.figures(date(2021, 6, 30))["done_on_time"]
    assert not links(page)
    rows = seen_by("zhuren", year=2021, as_of="2021-06-30").month_rows
    assert rows[5].done_by is not None
    assert rows[6].done_by is None


@pytest.mark.parametrize("day", ["", "yesterday", "2021-02-30", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_or_not_over_means_today(year_2021, day):
    assert seen_by("zhuren", year=2021, as_of=day).scope.as_of is None


def test_the_pdf_of_2021_says_the_same(year_2021):
    answer = answered("zhuren", "/dashboard.pdf", year=2021)
    assert answer["Content-Type"] == "application/pdf"
    text = text_of(answer.content)
    for words in (
        "省外办 2021",
        "全办",
        "76",
        "75",
        "8 / 13 / 71",
        "戏剧节",
        "计划与实际",
        "到期日历",
    ):
        assert words in text
    assert "第 1 页" in text
    with pymupdf.open(stream=answer.content, filetype="pdf") as document:
        assert [round(side) for side in document[0].rect[2:]] == [595, 842]
        assert len(document) <= 6


def test_the_picture_holds_all_pages_one_below_the_other(year_2021):
    answer = answered("zhuren", "/dashboard.png", year=2021)
    assert answer["Content-Type"] == "image/png"
    pages = text_of(answered("zhuren", "/dashboard.pdf", year=2021).content).count("第 ")
    picture = pymupdf.Pixmap(answer.content)
    assert picture.height > picture.width
    assert round(picture.height / picture.width / (842 / 595)) == pages
