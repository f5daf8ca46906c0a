"""What a statement is warned about before it embarrasses anybody."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from nodes.checks import SHORT, check_statement, look_over, mentions
from nodes.kinds import kind_of

DEMO = Path(__file__).resolve().parents[2] / "demo"


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


# Beyond slips: does a statement say when, and does it have to do with its node?


def looked_over(text: str, title: str, kind: str | None = None, **more) -> list[str]:
    return [finding.rule for finding in look_over(text, title, kind=kind or kind_of(title), **more)]


def test_a_statement_about_its_node_is_not_warned_about():
    text = "2021年6月16日在南昌举办外事翻译技能竞赛，120人参加。"
    assert looked_over(text, "举办外事翻译技能竞赛") == []


@pytest.mark.parametrize(
    "when", ["6月", "六月", "2021年", "上半年", "第三季度", "年内", "2021-06-16", "当月"]
)
def test_what_happens_on_a_day_says_when(when):
    title = "举办外事翻译技能竞赛"
    assert looked_over(f"{when}举办外事翻译技能竞赛，成效良好。", title) == []
    assert looked_over("举办外事翻译技能竞赛，成效良好，已归档。", title) == ["no_date"]
    given = {"date": "2026-05-01"}
    assert looked_over("举办外事翻译技能竞赛，成效良好，已归档。", title, details=given) == []


def test_what_does_not_happen_on_a_day_need_not():
    assert looked_over("编制出台友城发展“十四五”规划，已印发。", "编制《江西省友城发展“十四五”规划》") == []


def test_a_statement_about_something_else_is_noticed():
    assert looked_over("6月完成车辆采购，手续齐全，已入账。", "举办外事翻译技能竞赛") == ["off_topic"]


def test_a_title_without_a_subject_of_its_own_says_nothing():
    assert looked_over("6月完成车辆采购，手续齐全，已入账。", "做好相关工作") == []


def test_a_text_too_short_to_judge_is_only_told_so():
    assert looked_over("已完成。", "举办外事翻译技能竞赛") == ["too_short"]


def test_the_reference_year_is_hardly_ever_suspected_of_another_subject():
    statements = reference_statements()
    suspected = [title for title, text in statements if "off_topic" in looked_over(text, title)]
    assert len(statements) == 77
    assert suspected == ["举办“Talk and Show江西”活动"]  # it tells of films, and does not name the series


def test_but_nearly_always_when_it_tells_of_another_node():
    statements = [one for one in reference_statements() if len(one[1]) >= SHORT]
    titles = {title for title, _ in statements}
    strange = [(text, title) for own, text in statements for title in titles if title != own]
    noticed = [one for one in strange if not mentions(*one)]
    assert len(noticed) / len(strange) > 0.9


def test_the_summary_is_not_stopped_by_what_only_its_author_is_asked():
    assert check_statement("成立议事机构，成立文件已经印发。") == []


def reference_statements() -> list[tuple[str, str]]:
    """The statements of 2021, each with the title of its node."""
    with (DEMO / "catalogue-2021.csv").open(encoding="utf-8-sig") as lines:
        titles = {row["节点序号"]: row["工作节点"] for row in csv.DictReader(lines)}
    events = map(json.loads, (DEMO / "events-2021.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        (titles[str(event["node"])], event["statement"])
        for event in events
        if event["event"] == "submit_evidence"
    ]
