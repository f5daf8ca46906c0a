"""The annual summary, as its reader sees it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError

from nodes.models import State
from tests import builders
from tests.builders import (
    approve_evidence,
    delegate,
    file_deferral,
    return_evidence,
    sign_off,
    start,
    submit_evidence,
    work_node,
)
from tests.letters import Letter, export


@pytest.fixture
def office(db):
    """The smallest office, under a code of its own beside the reference year's."""
    return builders.office("small")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "summary.docx"


# The reference year


@pytest.fixture
def reference(year_2021, db, out: Path) -> Letter:
    return export(year_2021.office, out, draft=True)


def test_the_reference_year_is_refused_as_long_as_figures_are_blank(year_2021, db, out: Path):
    with pytest.raises(CommandError) as refused:
        export(year_2021.office, out)
    lines = str(refused.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["node 21", "node 21", "node 31", "node 31"]
    assert not out.parent.exists()


def test_the_scale_of_the_year_names_every_division(reference: Letter):
    assert (
        "一级指标8项，二级指标13项，三级指标71项，共76个工作节点，分别涉及秘书处、综合处、出境管理处、"
        "领事安全处、礼宾处、亚非处、欧美处、国际交流处、新闻文化处、港澳事务处、人事处、机关党委等12个业务处室。"
    ) in reference.text


def test_the_result_is_counted(reference: Letter):
    assert "全年76项节点工作如期完成75项，延期1项。" in reference.lines


def test_the_deferred_node_is_told_with_reason_date_and_every_signature(reference: Letter):
    told = reference.line("第59项节点“做好汤显祖戏剧节暨国际戏剧交流月活动相关工作”（新闻文化处负责")
    assert "原因：鉴于当前国外新冠疫情的诸多不确定性" in told
    assert "延期后时限：未定。" in told
    assert "分管副主任（二）（签批人副主任（二））于2021年8月18日同意" in told
    assert "分管副省长于2021年8月25日同意（文号：示例〔2021〕15号，签批件1份已上传至系统）" in told


def test_indicators_are_numbered_once_each(reference: Letter):
    headings = [line for line in reference.lines if "项三级指标：" in line]
    assert [heading.partition(". ")[0] for heading in headings] == [str(n) for n in range(1, 72)]
    assert headings[16] == "17. 第十七项三级指标：做好外籍人士新冠病毒疫苗接种工作"


def test_a_node_is_reported_with_its_deadline_and_its_completion(reference: Letter):
    assert "（第1项节点，秘书处负责；时限2021年6月30日，2021年6月18日完成，提前12天。）" in reference.text


def test_an_indicator_of_several_nodes_names_each(reference: Letter):
    assert reference.line("“召开第一次省委外事工作委员会办公室联席会议”：上半年召开")
    assert reference.line("“召开第二次省委外事工作委员会办公室联席会议”：下半年召开")


def test_the_sections_stand_in_their_order(reference: Letter):
    headings = [
        paragraph.text
        for paragraph in reference.document.paragraphs
        if paragraph.style.name in ("Heading 1", "Heading 2")
    ]
    assert headings == [
        "一、绩效管理工作基本情况",
        "二、绩效指标完成情况",
        "（一）职能职责方面",
        "（二）部门评价情况",
        "三、绩效管理工作开展情况",
        "四、存在的问题和不足",
        "五、意见建议",
    ]


def test_head_and_signature_are_those_of_a_letter(reference: Letter):
    shown = [line for line in reference.lines if line]
    assert shown[:4] == [
        "江西省人民政府外事办公室",
        "赣外办函〔2022〕  号",
        "省外办2021年度绩效管理工作总结",
        "省绩效办：",
    ]
    signature = shown.index("2022年1月13日")
    assert shown[signature - 1] == "江西省人民政府外事办公室"


def test_divisions_add_up(reference: Letter):
    rows = reference.table("处室")
    assert ["新闻文化处", "7", "6", "0", "1", "0", "0"] in rows
    assert rows[-1] == ["合计", "76", "75", "0", "1", "0", "2"]
    for column in range(1, 7):
        assert sum(int(line[column]) for line in rows[:-1]) == int(rows[-1][column])


def test_the_conduct_of_the_year_and_its_problems_are_computed(reference: Letter):
    assert "全年共报送佐证材料77次、文件77份，审核退回2次，73项节点一次审核通过。" in reference.lines
    assert "完成日期距时限的中位数为提前11天" in reference.text
    assert "全年共受理延期申请1件，批准1件。" in reference.lines
    problems = reference.line("存在的问题：")
    assert "一是1项节点未能按原定时限完成，经批准延期，即第59项" in problems
    assert "二是2项节点的佐证材料曾被退回补正" in problems


def test_the_annex_lists_every_node(reference: Letter):
    rows = reference.table("序号")
    assert [line[0] for line in rows] == [str(n) for n in range(1, 77)]
    assert rows[58][3:] == ["2021-10-31", "未定", "—", "延期"]
    assert rows[0][2:] == ["秘书处", "2021-06-30", "2021-06-30", "2021-06-18", "如期完成"]


def test_a_draft_says_so_on_every_page_and_ends_with_what_is_to_be_mended(reference: Letter):
    assert [header.replace("　", "") for header in reference.headers] == ["草稿", "草稿"]
    assert reference.lines[-2] == "待处理事项"
    listed = reference.table("级别")
    assert [(line[0], line[1]) for line in listed[:4]] == [("须改正", "21")] * 2 + [("须改正", "31")] * 2
    assert ("请核实", "59") in [(line[0], line[1]) for line in listed]
    assert not re.search("[A-Za-z]{3}", " ".join(line[2] for line in listed))


# Another office, another year

TOLD = "第{}项工作已于当月全部完成，形成报告并上报备案。"


@pytest.fixture
def other_year(db):
    """甘肃's 2022: on time, late, returned, deferred within the year, never finished, never begun."""
    office = builders.office(
        "gs-fao",
        year=2022,
        office={"name": "甘外办", "full_name": "甘肃省外事办公室", "document_prefix": "甘外函"},
    )
    due, begun = date(2022, 6, 30), {"planned_start": date(2022, 3, 1)}

    def node(number: int, **columns):
        return work_node(office, number, year=2022, **{"deadline": due, **begun, **columns})

    on_time, late, moved, open_, planned = (node(number) for number in (1, 2, 3, 4, 7))
    start(on_time, on=date(2022, 3, 1))
    submit_evidence(on_time, on=date(2022, 6, 1), completed_on=date(2022, 5, 1))
    return_evidence(on_time, on=date(2022, 6, 2))
    submit_evidence(on_time, on=date(2022, 6, 3), completed_on=date(2022, 5, 1), statement=TOLD.format(1))
    approve_evidence(on_time, on=date(2022, 6, 4))
    start(late, on=date(2022, 3, 1))
    submit_evidence(late, on=date(2022, 7, 5), completed_on=date(2022, 7, 4), statement=TOLD.format(2))
    approve_evidence(late, on=date(2022, 7, 6))
    start(open_, on=date(2022, 3, 1))
    delegate(
        "分管副主任（二）",
        to="successor",
        starts=date(2022, 6, 1),
        ends=date(2022, 6, 30),
        on=date(2022, 5, 30),
        office=office,
    )
    request = file_deferral(moved, new_due=date(2022, 7, 20), reason="展品晚到", on=date(2022, 6, 10))
    sign_off(request, by="successor")
    submit_evidence(moved, on=date(2022, 7, 20), statement=TOLD.format(3))
    approve_evidence(moved, on=date(2022, 7, 21))
    assert planned.state == State.PLANNED
    return office


@pytest.fixture
def other(other_year, out: Path) -> Letter:
    return export(other_year, out, year=2022, issued_on=date(2023, 2, 5), number=12)


def test_only_what_happened_is_counted(other: Letter):
    assert "全年5项节点工作如期完成2项，逾期完成1项，未完成2项。" in other.lines
    assert "共5个工作节点，分别涉及新闻文化处等1个业务处室。" in other.text
    assert "2021" not in other.text
    assert "省外办" not in other.text


def test_the_number_is_that_of_the_year_of_issue(other: Letter):
    assert "甘外函〔2023〕12号" in other.lines
    assert other.lines[other.lines.index("2023年2月5日") - 1] == "甘肃省外事办公室"


def test_late_and_unfinished_nodes_are_reported_and_named_as_problems(other: Letter):
    assert "（第2项节点，新闻文化处负责；时限2022年6月30日，2022年7月4日完成，逾期4天。）" in other.text
    assert other.line("第4项节点“工作节点4”尚未完成") == (
        "第4项节点“工作节点4”尚未完成（新闻文化处负责；时限2022年6月30日，进行中）。"
    )
    problems = other.line("存在的问题：")
    assert (
        "一是1项节点逾期完成，即第2项“工作节点2”（时限2022年6月30日，2022年7月4日完成，逾期4天）" in problems
    )
    assert "二是2项节点未完成，即第4项“工作节点4”（时限2022年6月30日，进行中）、第7项“工作节点7”" in problems
    assert "三是1项节点的佐证材料曾被退回补正，即第1项“工作节点1”（退回1次）" in problems
    assert "四是时限设置与实际完成时间差距较大，1项节点提前30天以上完成" in problems


def test_a_deadline_moved_within_the_year_is_told_with_who_signed_for_whom(other: Letter):
    told = other.line(
        "第3项节点“工作节点3”（新闻文化处负责，原定时限2022年6月30日）经批准调整年度内完成时限。"
    )
    assert "原因：展品晚到。延期后时限：2022年7月20日。" in told
    assert "分管副主任（二）（签批人新任副主任，代副主任（二））于2022年6月10日同意。" in told
    assert "2022年7月20日完成，当日完成" in other.text


def test_numbers_of_indicators_are_kept_while_paragraphs_count_on(other: Letter):
    headings = [line for line in other.lines if "项三级指标：" in line]
    assert headings[-1] == "5. 第七项三级指标：三级指标7"


def test_the_annex_shows_what_was_planned_and_what_is(other: Letter):
    assert other.table("序号")[2:] == [
        ["3", "工作节点3", "新闻文化处", "2022-06-30", "2022-07-20", "2022-07-20", "如期完成"],
        ["4", "工作节点4", "新闻文化处", "2022-06-30", "2022-06-30", "—", "未完成"],
        ["7", "工作节点7", "新闻文化处", "2022-06-30", "2022-06-30", "—", "未完成"],
    ]


def test_an_issued_summary_bears_no_mark_of_a_draft_and_its_warnings_are_said_aside(other: Letter):
    assert other.headers == ["", ""]
    assert "待处理事项" not in other.text
    assert "warning: node 4: neither done nor deferred though the year is over" in other.warnings
    assert "warning: the office names no addressee" in other.warnings


def test_a_year_without_a_flaw_has_no_problems(office, out: Path):
    work_node(office, state=State.APPROVED, deadline=date(2021, 3, 20))
    letter = export(office, out)
    assert "全年1项节点工作如期完成1项。" in letter.lines
    at = letter.lines.index("四、存在的问题和不足")
    assert letter.lines[at + 1] == "无"
