"""What a statement is warned about before it embarrasses anybody."""

from __future__ import annotations

import pytest

from nodes.checks import check_statement


def rules(text: str) -> list[str]:
    return [finding.rule for finding in check_statement(text)]


@pytest.mark.parametrize(
    "text",
    [
        "已于当月完成全部工作，形成报告并上报省绩效办备案。",
        "接待来访团组12批、136人次，签署协议3项。",
        "组织 20 人参加培训，覆盖率达到 100 %。",
        "组织培训 3 次，参加人员 20  人，效果良好。",
    ],
)
def test_a_good_statement_is_not_warned_about(text):
    assert rules(text) == []


@pytest.mark.parametrize(
    ("text", "rule", "quote"),
    [
        ("接待来访团组12批、  人次，签署协议3项。", "blank_figure", "人次"),
        ("共组织培训  次，参加人员踊跃，效果良好。", "blank_figure", "次"),
        ("接待XX国代表团来访，签署合作协议3项。", "placeholder", "XX"),
        ("参加人数待定，其余工作已经全部完成。", "placeholder", "待定"),
        ("已于当月完成全部工作。。形成报告并上报。", "doubled_mark", "。。"),
        ("会议纪要，，签到表均已归档备查并上报。", "doubled_mark", "，，"),
    ],
)
def test_a_slip_is_found_with_the_words_around_it(text, rule, quote):
    (finding,) = check_statement(text)
    assert finding.rule == rule
    assert quote in finding.quote
    assert finding.message


def test_a_statement_too_short_to_show_anything_is_told():
    assert rules("已完成。") == ["too_short"]


def test_several_slips_are_all_found():
    assert rules("共  人。。") == ["blank_figure", "doubled_mark", "too_short"]
