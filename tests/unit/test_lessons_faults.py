"""Why evidence comes back, told by the reviewer's words; and the pictures of the lessons."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from approvals.drawings.svg import svg
from approvals.lessons import drawings
from approvals.lessons.waits import Step, Wait, wait_rows
from approvals.reviewing import PHRASES
from nodes.lessons.bunching import rhythm
from nodes.lessons.faults import Fault, Return, acknowledged, by_fault, faults
from nodes.lessons.margins import histogram, measured
from nodes.lessons.spread import spread
from tests.unit.works import CALENDAR, work

HOSTILE = '<script>alert("1")</script>&]]>'


@pytest.mark.parametrize(
    ("opinion", "kinds"),
    [
        ("附件缺签到表，请补充。", {Fault.MISSING}),
        ("活动人数与附件不一致，请核实后重新提交。", {Fault.FIGURES}),
        ("完成时间与附件不符。", {Fault.DATE}),
        ("附件2打不开。", {Fault.UNREADABLE}),
        ("概述中“新增会员 个”未填，数据请核实。", {Fault.BLANK, Fault.FIGURES, Fault.WORDING}),
        ("工作尚未完成，不予通过。", {Fault.UNFINISHED}),
        ("不同意。", {Fault.OTHER}),
        ("", {Fault.OTHER}),
    ],
)
def test_an_opinion_names_its_faults(opinion, kinds):
    assert set(faults(opinion)) == kinds


def test_what_reviewers_write_by_a_click_is_recognised():
    with translation.override("zh-hans"):
        assert not [phrase for phrase in map(str, PHRASES) if faults(phrase) == (Fault.OTHER,)]


def back(number: int, opinion: str, *rules: str) -> Return:
    return Return(number, f"节点{number}", "秘书处", opinion, date(2021, 3, number), number, rules)


def test_returns_are_grouped_with_the_newest_as_examples():
    found = [back(n, "附件缺签到表。", "no_date") for n in range(1, 6)] + [
        back(6, "不同意。", "no_date", "no_date")
    ]
    missing, other = by_fault(found)
    assert (missing.fault, missing.number, missing.share) == (Fault.MISSING, 5, 83.3)
    assert [one.node for one in missing.examples] == [5, 4, 3]
    assert (other.fault, other.number) == (Fault.OTHER, 1)
    assert acknowledged(found) == {"no_date": 6}
    assert by_fault([]) == []


def test_waits_are_told_step_by_step_the_longest_first():
    rows = wait_rows(
        [
            Wait(Step.CORRECTION, "秘书处", 16),
            Wait(Step.SIGN_OFF, "办主任", 4),
            Wait(Step.SIGN_OFF, "分管副省长", 80),
        ]
    )
    assert [(row.whom, row.days.median, row.longest) for row in rows] == [
        ("分管副省长", 10.0, 10.0),
        ("办主任", 0.5, 0.5),
        ("秘书处", 2.0, 2.0),
    ]


@given(st.lists(st.integers(-300, 300), max_size=30))
def test_every_spread_can_be_drawn_within_its_picture(leads):
    one = drawings.Named(HOSTILE, spread(leads))
    drawing = drawings.spreads("lesson-x", "x", [one, drawings.Named("空", None)])
    for shape in drawing.shapes:
        for left, _top, width, _height in getattr(shape, "boxes", ()):
            assert left >= -0.01
            assert left + width <= drawing.width + 2.01
        for x, _y in [*getattr(shape, "points", ()), *getattr(shape, "centres", ())]:
            assert -0.01 <= x <= drawing.width + 0.01
    painted = svg(drawing)
    assert "<script>" not in painted
    assert "NaN" not in painted


def test_pictures_say_the_same_numbers_as_their_tables():
    found = measured([work(number=n, ahead=lead) for n, lead in enumerate((0, 4, 60, -2))], CALENDAR)
    bars = svg(drawings.histogram(histogram(found)))
    assert "<desc>late: 1; 0–2: 1; 3–5: 1; 6–10: 0; 11–20: 0; 21–40: 0; 41 or more: 1</desc>" in bars
    months = svg(drawings.months(rhythm(2021, found, [date(2021, 12, 30)])))
    assert "12: 0/0/1" in months
    empty = drawings.months(rhythm(2021, [], []))
    assert svg(empty)
    assert "&lt;0.1" in svg(drawings.waits("lesson-w", "x", [("甲", spread([0.01]))]))
    assert "100%" in svg(drawings.shares("lesson-s", "x", [("甲", 100.0)]))
