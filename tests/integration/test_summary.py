"""The annual summary, as its reader sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from io import StringIO
from pathlib import Path

import docx
import pytest
from django.core.management import CommandError, call_command
from docx.oxml.ns import qn

from approvals.models import Decision
from approvals.summary.wording import day, ordinal
from nodes.models import State
from tests import builders
from tests.builders import (
    approve_evidence,
    defer,
    delegate,
    file_deferral,
    record_sign_off,
    return_evidence,
    sign_off,
    start,
    story,
    submit_evidence,
    work_node,
)

ISSUED = date(2022, 1, 13)


@dataclass
class Letter:
    """An exported document and what the command said beside it."""

    document: docx.document.Document
    warnings: list[str]

    @property
    def lines(self) -> list[str]:
        return [paragraph.text for paragraph in self.document.paragraphs]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def headers(self) -> list[str]:
        section = self.document.sections[0]
        return [part.paragraphs[0].text for part in (section.header, section.even_page_header)]

    def line(self, beginning: str) -> str:
        return next(line for line in self.lines if line.startswith(beginning))

    def table(self, first_heading: str) -> list[list[str]]:
        """The rows below the header of the table that begins with this heading."""
        for table in self.document.tables:
            rows = [[cell.text for cell in row.cells] for row in table.rows]
            if rows[0][0] == first_heading:
                return rows[1:]
        raise AssertionError(f"no table begins with {first_heading}")


def export(office, out: Path, *, year: int = 2021, issued_on: date = ISSUED, **options) -> Letter:
    """Export and read the document back."""
    errors = StringIO()
    call_command(
        "export_summary",
        office=office.code,
        year=year,
        out=out,
        date=issued_on,
        stdout=StringIO(),
        stderr=errors,
        no_color=True,
        **options,
    )
    return Letter(docx.Document(str(out)), errors.getvalue().splitlines())


@pytest.fixture(autouse=True)
def _story() -> None:
    story.begin()


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
    submit_evidence(on_time, on=date(2022, 6, 3), completed_on=date(2022, 5, 1))
    approve_evidence(on_time, on=date(2022, 6, 4))
    start(late, on=date(2022, 3, 1))
    submit_evidence(late, on=date(2022, 7, 5), completed_on=date(2022, 7, 4))
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
    submit_evidence(moved, on=date(2022, 7, 20))
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


# What stops a summary


def refusal(office, out: Path) -> list[str]:
    with pytest.raises(CommandError) as refused:
        export(office, out)
    assert not out.exists()
    return str(refused.value).splitlines()


@pytest.fixture
def deferred(office):
    """A node deferred beyond the year: signed by the leader, recorded for the governor."""
    return defer(work_node(office, state=State.IN_PROGRESS))


def test_a_deferral_lacking_a_signature_stops_it(deferred, office, out: Path):
    Decision.objects.get(sign_off__request=deferred, recorded=False).delete()
    assert refusal(office, out) == [
        "node 1: the deferral is approved without the signature of 分管副主任（二）"
    ]


def test_a_deferral_one_leader_did_not_approve_stops_it(deferred, office, out: Path):
    Decision.objects.filter(sign_off__request=deferred, recorded=True).update(outcome=Decision.Outcome.REJECT)
    assert refusal(office, out) == ["node 1: the deferral is approved, but 分管副省长 did not approve it"]


def test_a_deferral_nobody_signed_stops_it(deferred, office, out: Path):
    Decision.objects.filter(sign_off__request=deferred).delete()
    deferred.sign_offs.all().delete()
    assert refusal(office, out) == ["node 1: the deferral is approved without any signature"]


def test_a_recorded_sign_off_without_its_scan_stops_it(deferred, office, out: Path):
    Decision.objects.get(sign_off__request=deferred, recorded=True).scans.clear()
    assert refusal(office, out) == ["node 1: the sign-off recorded for 分管副省长 lacks: a scan"]


def test_a_deferred_node_without_an_approved_request_stops_it(deferred, office, out: Path):
    type(deferred).objects.filter(pk=deferred.pk).update(status="withdrawn")
    assert refusal(office, out) == ["node 1: deferred without an approved request"]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("全年共办理国际会议 个，均已按计划完成。", "a figure is missing"),
        ("坚持以人民为中心的发展思想。。坚决落实。", "a doubled punctuation mark"),
        ("已于XX月完成全部工作并上报备案。", "a placeholder was left in"),
    ],
)
def test_a_slip_in_an_approved_statement_stops_it(office, out: Path, statement: str, found: str):
    node = work_node(office, state=State.IN_PROGRESS)
    submit_evidence(node, statement=statement)
    approve_evidence(node)
    (line,) = refusal(office, out)
    assert line.startswith(f"node 1: {found}: “")


def test_a_slip_that_was_returned_does_not(office, out: Path):
    node = work_node(office, state=State.IN_PROGRESS)
    submit_evidence(node, statement="全年共办理国际会议 个，均已按计划完成。")
    return_evidence(node)
    submit_evidence(node, statement="全年共办理国际会议3个，均已按计划完成。")
    approve_evidence(node)
    assert "全年共办理国际会议3个" in export(office, out).text


def test_a_year_without_nodes_is_refused(office, out: Path):
    assert refusal(office, out) == ["the year has no work nodes"]


def test_warnings_alone_do_not_stop_it(deferred, office, out: Path):
    letter = export(office, out)
    assert "全年1项节点工作延期1项。" in letter.lines
    assert "warning: node 1: deferred without a new date" in letter.warnings
    assert "warning: node 1: the sign-off recorded for 分管副省长 does not name the person" in letter.warnings
    assert not any("〔" in line and line.endswith("号") for line in letter.lines)


def test_a_named_leader_is_shown_by_name(office, out: Path):
    request = file_deferral(work_node(office), new_due=date(2022, 5, 1))
    sign_off(request, by="fuzhuren2")
    record_sign_off(request, signature=builders.paper(leader_name="陈某"))
    letter = export(office, out)
    assert "分管副省长（签批人陈某）于2021年3月1日同意" in letter.text
    assert not any("does not name" in warning for warning in letter.warnings)


def test_a_request_still_waiting_and_one_made_late_are_pointed_out(office, out: Path):
    late = work_node(office, 1, state=State.IN_PROGRESS, deadline=date(2021, 3, 10))
    defer(late, date(2021, 4, 1), on=date(2021, 3, 15))
    file_deferral(work_node(office, 2))
    warnings = export(office, out).warnings
    assert "warning: node 1: the deferral was asked for after the deadline" in warnings
    assert "warning: node 2: a request for deferral still waits for sign-off" in warnings


def test_a_summary_dated_within_its_year_warns(office, out: Path):
    work_node(office)
    letter = export(office, out, issued_on=date(2021, 12, 31))
    assert "warning: the summary is dated before the year is over" in letter.warnings
    assert not any("neither done" in warning for warning in letter.warnings)


# The file


def test_an_unknown_office_or_year_is_one_line(office, out: Path):
    with pytest.raises(CommandError, match=r"^There is no office “nobody”\.$"):
        call_command("export_summary", office="nobody", year=2021, out=out)
    with pytest.raises(CommandError, match="has no year 1999"):
        call_command("export_summary", office=office.code, year=1999, out=out)


def test_a_path_that_cannot_be_written_is_one_line_and_leaves_nothing(office, tmp_path: Path):
    work_node(office)
    (tmp_path / "file").touch()
    for bad in (tmp_path / "file" / "summary.docx", tmp_path):
        with pytest.raises(CommandError) as refused:
            export(office, bad)
        assert str(refused.value).count("\n") == 0
        assert str(refused.value).startswith(f"{bad}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert not list(tmp_path.parent.glob(f".{tmp_path.name}.*"))


def test_a_refusal_keeps_the_document_that_was_there(office, out: Path):
    out.parent.mkdir()
    out.write_text("last year's")
    with pytest.raises(CommandError):
        export(office, out)
    assert out.read_text() == "last year's"


def test_words_that_xml_or_the_template_could_stumble_over_pass_through(office, out: Path):
    node = work_node(office, state=State.IN_PROGRESS, title="A&B <会议> {0}")
    submit_evidence(node, statement="第一段：{office} 举办 <论坛> & 展览\x01完成。\n\n第二段：已归档。")
    approve_evidence(node)
    letter = export(office, out)
    assert "第一段：{office} 举办 <论坛> & 展览完成。" in letter.text
    assert letter.line("第二段：已归档。（第1项节点")
    assert letter.table("序号")[0][1] == "A&B <会议> {0}"


def test_the_page_is_that_of_an_official_document(office, out: Path):
    work_node(office)
    section = export(office, out).document.sections[0]
    millimetres = [
        round(length.mm)
        for length in (
            section.page_width,
            section.page_height,
            section.top_margin,
            section.left_margin,
            section.bottom_margin,
            section.right_margin,
        )
    ]
    assert millimetres == [210, 297, 37, 28, 35, 26]
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[0].text == "—  —"
        assert "PAGE" in footer._element.xml


def test_the_signature_never_stands_on_a_page_without_text(office, out: Path):
    work_node(office)
    paragraphs = export(office, out).document.paragraphs
    (signed,) = (at for at, paragraph in enumerate(paragraphs) if paragraph.text == "2022年1月13日")
    text = next(at for at, paragraph in enumerate(paragraphs) if paragraph.text == "五、意见建议")
    assert all(paragraph.paragraph_format.keep_with_next for paragraph in paragraphs[text + 1 : signed])


def test_chinese_type_is_set_for_every_style(office, out: Path):
    work_node(office)
    styles = export(office, out).document.styles
    fonts = {
        name: styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
        for name in ("Normal", "Body Text", "Heading 1", "Heading 2", "Title")
    }
    assert fonts == {
        "Normal": "仿宋_GB2312",
        "Body Text": "仿宋_GB2312",
        "Heading 1": "黑体",
        "Heading 2": "楷体_GB2312",
        "Title": "方正小标宋简体",
    }
    assert styles["Normal"].font.size.pt == 16


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (17, "十七"), (20, "二十"), (71, "七十一"), (100, "一百"), (105, "一百零五"),
     (110, "一百一十"), (1001, "一千零一"), (1010, "一千零一十"), (2000, "二千"), (9999, "九千九百九十九"),
     (10000, "10000"), (0, "0")],
)  # fmt: skip
def test_ordinals_are_written_as_people_say_them(number: int, written: str):
    assert ordinal(number) == written


def test_days_are_written_without_leading_zeros():
    assert day(date(2022, 1, 3)) == "2022年1月3日"
    assert day(None) == "未定"
