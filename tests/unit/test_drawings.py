"""Drawings: what they say as SVG and on paper."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pymupdf
import pytest

from approvals.dashboard.curves import Curve
from approvals.dashboard.deadlines import Day, Month
from approvals.dashboard.standings import Count, per_cent
from approvals.drawings import calendar, curve, lights
from approvals.drawings.gantt import Field
from approvals.drawings.looks import LOOKS
from approvals.drawings.paper import paint
from approvals.drawings.shapes import TONES, Boxes, Dots, Drawing, Line, Link, Words, breadth, fitted
from approvals.drawings.svg import svg
from approvals.drawings.tables import Column, table
from nodes.light import Light

SHEET = Path(__file__).resolve().parents[2] / "config/static/css/charts.css"


def sample(**more: object) -> Drawing:
    drawing = Drawing("one", "各灯 <b>", "76 & 75", 100, 50)
    drawing.add(
        Boxes("green", [(0, 0, 10, 10)]),
        Boxes("amber", [(10, 0, 10, 10)], "hatched"),
        Boxes("grey", [(20, 0, 10, 10)], "outlined"),
        Boxes("ink", [(30, 0, 10, 10)], "framed"),
        Line("line", [(0, 20), (100, 20)], dashed=True),
        Dots("ink", [(5, 30)]),
        Dots("ink", [(15, 30)], hollow=True),
        Words(0, 45, "<script>新闻", 12, bold=True),
    )
    return drawing


def curve_of(day: date) -> Curve:
    due = (date(2021, 3, 31), date(2021, 6, 30), date(2021, 12, 31))
    return Curve(date(2021, 1, 1), date(2021, 12, 31), day, due, due[:2], (date(2021, 3, 1),), 3)


def month_of(*due: int, overdue: bool = False) -> Month:
    standing = SimpleNamespace(done=False, light=Light.OVERDUE if overdue else Light.ON_TRACK)
    days = tuple(
        Day(date(2021, 10, day), day > 7, tuple([standing] * due.count(day))) for day in range(1, 32)
    )
    return Month(date(2021, 10, 1), days, date(2021, 10, 9), "/nodes/?month=2021-10")


def test_a_drawing_is_xml_with_a_title_and_a_description():
    root = ElementTree.fromstring(svg(sample()))
    assert root.get("role") == "img"
    assert root.find("title").text == "各灯 <b>"
    assert root.find("desc").text == "76 & 75"


def test_a_drawing_names_its_tones_and_the_style_sheet_knows_them_all():
    drawn = [svg(sample()), svg(curve.rising(curve_of(date(2021, 4, 15)))), svg(calendar.month(month_of(4)))]
    named = set(" ".join(re.findall(r'class="([fs]-[^"]+)"', "".join(drawn))).split())
    assert {"f-green", "s-amber", "f-grey-wash", "s-strong", "f-soft", "s-blue"} <= named
    sheet = SHEET.read_text(encoding="utf-8")
    assert {name for name in named if f".{name} {{" not in sheet} == set()
    assert "style=" not in "".join(drawn)


def test_single_signs_on_one_line_are_one_text_each_at_its_place():
    drawing = Drawing("three", "t", "d", 10, 10, [Words(2, 5, "一"), Words(6, 5, "二"), Words(6, 9, "三")])
    assert '<text x="2 6" y="5">一二</text><text x="6" y="9">三</text>' in svg(drawing)


def test_what_is_not_told_by_colour_alone_is_hatched_or_outlined():
    looks = list(LOOKS.values())
    assert len(set(looks)) == len(Light)
    assert 'fill="url(#one-amber)"' in svg(sample())
    assert 'id="one-amber"' in svg(sample())


def test_a_drawing_that_leads_somewhere_is_a_group_of_links():
    drawing = Drawing("two", "t", "d", 10, 10, [Link((0, 0, 5, 5), "#due-0601", "1", "6月1日 & 到期")])
    root = ElementTree.fromstring(svg(drawing))
    assert root.get("role") == "group"
    link = root.find(".//a")
    assert link.get("href") == "#due-0601"
    assert link.find("title").text == "6月1日 & 到期"


def test_every_tone_of_a_wash_is_known():
    assert {f"{tone}-wash" for tone, look in LOOKS.values() if look == "outlined"} <= set(TONES)


@pytest.mark.parametrize(
    ("text", "width", "short"), [("节点", 24, "节点"), ("工作节点", 40, "工作…"), ("", 5, "")]
)
def test_long_words_are_shortened_to_their_room(text, width, short):
    assert fitted(text, width, 12) == short
    assert breadth(short, 12) <= width


def test_paper_says_what_the_screen_says():
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=200)
        assert paint(page, sample(), 10, 10, 100) == 50
        assert "<script>新闻" in page.get_text()
        assert len(page.get_drawings()) >= 6


def test_a_table_keeps_its_columns_apart():
    drawn = table([Column("序号", 40, "end"), Column("节点", 60)], [["59", "举行汤显祖戏剧节活动"]])
    cells = [shape for shape in drawn.shapes if isinstance(shape, Words)]
    assert [cell.text for cell in cells][:3] == ["序号", "节点", "59"]
    assert cells[3].text.endswith("…")


@pytest.mark.parametrize(
    ("done", "nodes", "share"),
    [(0, 0, 0), (0, 76, 0), (75, 76, 98.7), (76, 76, 100), (9999, 10000, 99.9), (1, 10000, 0.1)],
)
def test_per_cent_are_100_only_when_all_is_done(done, nodes, share):
    assert per_cent(done, nodes) == share


def test_the_shares_fill_the_bar():
    counts = [Count("按期完成", 75, "/a", "done_on_time"), Count("暂缓", 1, "/b", "suspended")]
    drawn = lights.shares(counts)
    bar = [shape.boxes[0] for shape in drawn.shapes if isinstance(shape, Boxes)][:2]
    wide = sorted(box[2] for box in bar if box[3] == lights.BAR)
    assert wide[0] < 10 < 300 < wide[-1]
    assert "按期完成 75" in drawn.description


def test_the_actual_line_stops_today_and_the_plan_goes_on():
    drawn = curve.rising(curve_of(date(2021, 4, 15)))
    ends = [line.points[-1][0] for line in drawn.shapes if isinstance(line, Line) and len(line.points) > 2]
    assert ends[0] == ends[1] == curve.RIGHT
    assert ends[2] < curve.RIGHT / 2
    assert "04-15" in [words.text for words in drawn.shapes if isinstance(words, Words)]


def test_a_year_that_has_not_begun_has_a_plan_and_nothing_done():
    drawn = curve.rising(curve_of(date(2020, 12, 1)))
    assert len([line for line in drawn.shapes if isinstance(line, Line) and len(line.points) > 2]) == 2


def test_a_year_without_deadlines_can_be_drawn():
    empty = Curve(date(2021, 1, 1), date(2021, 12, 31), date(2021, 5, 1), (), (), (), 0)
    assert "<svg" in svg(curve.rising(empty))
    assert "<svg" in svg(lights.by_division([]))
    assert "<svg" in svg(lights.shares([]))


def test_a_busy_day_has_a_dot_for_each_node_or_a_bar():
    few, many = calendar.month(month_of(11, 11, 11)), calendar.month(month_of(*[11] * 9))
    dots = [shape for shape in few.shapes if isinstance(shape, Dots) and not shape.hollow]
    assert sum(len(one.centres) for one in dots) == 3
    assert not any(shape.centres for shape in many.shapes if isinstance(shape, Dots))
    (link,) = [shape for shape in many.shapes if isinstance(shape, Link)]
    assert (link.href, link.text) == ("#due-1011", "11")
    assert "9" in link.says


def test_the_first_of_a_month_stands_below_its_weekday():
    left, top, _width, _height = calendar.cell(date(2021, 10, 1))  # a Friday
    assert (left // calendar.CELL, (top - calendar.HEAD) // calendar.CELL) == (4, 0)
    assert (calendar.cell(date(2021, 10, 31))[1] - calendar.HEAD) // calendar.CELL == 4


@pytest.mark.parametrize("year", [2021, 2024])
def test_the_years_bars_begin_and_end_with_the_year(year):
    field = Field(year, 100, 600)
    assert field.begin(date(year, 1, 1)) == 100
    assert round(field.end(date(year, 12, 31)), 6) == 700
