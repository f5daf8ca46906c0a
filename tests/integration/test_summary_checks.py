"""What stops a summary, and the file it is written to."""

from __future__ import annotations

from datetime import date
from pathlib import Path

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
    file_deferral,
    record_sign_off,
    return_evidence,
    sign_off,
    submit_evidence,
    work_node,
)
from tests.letters import export
from tests.tampering import triggers_off


@pytest.fixture
def office(db):
    """The smallest office, under a code of its own beside the reference year's."""
    return builders.office("small")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out" / "summary.docx"


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
    with triggers_off("approvals_decision"):
        Decision.objects.get(sign_off__request=deferred, recorded=False).delete()
    assert refusal(office, out) == [
        "node 1: the deferral is approved without the signature of 分管副主任（二）"
    ]


def test_a_deferral_one_leader_did_not_approve_stops_it(deferred, office, out: Path):
    recorded = Decision.objects.filter(sign_off__request=deferred, recorded=True)
    with triggers_off("approvals_decision"):
        recorded.update(outcome=Decision.Outcome.REJECT)
    assert refusal(office, out) == ["node 1: the deferral is approved, but 分管副省长 did not approve it"]


def test_a_deferral_nobody_signed_stops_it(deferred, office, out: Path):
    with triggers_off("approvals_decision"):
        Decision.objects.filter(sign_off__request=deferred).delete()
    deferred.sign_offs.all().delete()
    assert refusal(office, out) == ["node 1: the deferral is approved without any signature"]


def test_a_recorded_sign_off_without_its_scan_stops_it(deferred, office, out: Path):
    Decision.objects.get(sign_off__request=deferred, recorded=True).scans.clear()
    assert refusal(office, out) == ["node 1: the sign-off recorded for 分管副省长 lacks: a scan"]


def test_a_deferred_node_without_an_approved_request_stops_it(deferred, office, out: Path):
    with triggers_off("approvals_deferralrequest"):
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
