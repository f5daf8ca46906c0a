"""An official document as its file holds it: places, types and levels of GB/T 9704-2012, and nothing else."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from approvals.official import titles, write
from approvals.official.markup import clean
from approvals.official.model import (
    REPORT,
    Annex,
    Draft,
    Heading,
    Imprint,
    OfficialDocument,
    Paragraph,
    Table,
)
from tests.official_documents import NUMBER, ORGAN, draft, letter, report

PROJECT = Path(__file__).parents[2]


def opened(document: OfficialDocument):
    return docx.Document(BytesIO(write(document)))


def lines(document: OfficialDocument) -> list[str]:
    return [paragraph.text for paragraph in opened(document).paragraphs]


def parts(document: OfficialDocument) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(write(document))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


# What stands where


def test_a_letter_reads_from_the_mark_to_the_date():
    shown = [line for line in lines(letter()) if line]
    assert shown[:5] == [
        ORGAN,
        NUMBER,
        "省外办2021年度绩效管理工作总结",
        "省绩效办：",
        "2021年，省外办认真开展绩效管理工作。现将相关情况报告如下。",
    ]
    at = shown.index("附件：1. 2021年度工作节点完成情况表")
    assert shown[at + 1 : at + 5] == [
        "2. 关于汤显祖戏剧节暨国际戏剧交流月活动延期举行有关情况的说明材料及证明",
        ORGAN,
        "2022年1月3日",
        "附件1",
    ]


def test_two_lines_are_left_above_the_title_and_one_below():
    shown = lines(letter())
    title = shown.index("省外办2021年度绩效管理工作总结")
    assert shown[title - 3 : title] == [NUMBER, "", ""]
    assert shown[title + 1 : title + 3] == ["", "省绩效办："]


def test_a_single_attachment_bears_no_number():
    shown = lines(report())
    assert "附件：2021年度工作节点完成情况表" in shown
    assert "附件" in shown


def test_the_name_of_an_attachment_ends_without_a_mark():
    shown = lines(replace(letter(), annexes=(Annex("会议通知。"),)))
    assert "附件：会议通知" in shown
    assert "附件" not in shown  # bound apart


def test_an_attachment_heads_a_page_of_its_own_with_its_title_on_the_third_line():
    word = opened(letter())
    shown = [paragraph.text for paragraph in word.paragraphs]
    at = shown.index("附件1")
    label = word.paragraphs[at]
    assert label.style.element.pPr.find(qn("w:pageBreakBefore")) is not None
    assert label.style.element.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    assert shown[at + 1 : at + 3] == ["", "2021年度工作节点完成情况表"]


def test_a_report_to_a_superior_names_who_signed_it_beside_the_number():
    assert f"\t{NUMBER}\t签发人：张喆" in lines(report())
    assert NUMBER in lines(replace(report(), signer=""))


def test_the_imprint_of_a_letter_names_only_who_gets_copies():
    imprint = Imprint("省委办公厅，省政府办公厅。", "综合处", date(2022, 1, 4))
    assert lines(replace(letter(), imprint=imprint))[-2:] == ["抄送：省委办公厅，省政府办公厅。", ""]
    assert f"{ORGAN}综合处\t2022年1月4日印发" in lines(report())


def test_a_long_name_is_broken_between_words_in_mark_and_signature():
    name = "新疆生产建设兵团第十二师教育局和科学技术局以及文化体育广电和旅游局"
    shown = [line for line in lines(replace(letter(), organ=name)) if line]
    assert shown[0] == "新疆生产建设兵团第十二师教育局和\n科学技术局以及文化体育广电和旅游局"
    at = shown.index("2022年1月3日")
    assert shown[at - 2 : at] == ["新疆生产建设兵团第十二师教育局和", "科学技术局以及文化体育广电和旅游局"]


def test_what_is_not_there_leaves_no_line():
    shown = lines(replace(letter(), number="", addressee="", annexes=()))
    assert not any("：" in line for line in shown if "附件" in line)
    assert "：" not in shown
    assert shown[1:4] == ["", "", "省外办2021年度绩效管理工作总结"]


@pytest.mark.parametrize("addressee", ["省绩效办", "省绩效办：", "省绩效办:"])
def test_the_addressee_ends_with_one_colon(addressee: str):
    assert "省绩效办：" in lines(replace(letter(), addressee=addressee))


def test_every_line_of_a_text_is_a_paragraph():
    shown = lines(replace(letter(), body=(Paragraph("第一段\r\n第二段\u2028第三段"),)))
    at = shown.index("第一段")
    assert shown[at : at + 3] == ["第一段", "第二段", "第三段"]


def test_the_last_of_the_text_stays_with_the_signature():
    for last in (Paragraph("一句话。"), Table(("甲",), (("乙",),), (100,), 0)):
        word = opened(replace(letter(), body=(Paragraph("开头。"), last)))
        body = list(word.element.body.iterchildren(qn("w:p"), qn("w:tbl")))
        said = ["".join(text.text for text in block.iter(qn("w:t"))) for block in body]
        for block in body[said.index("开头。") + 1 : said.index("2022年1月3日")]:
            assert list(block.iter(qn("w:keepNext"))), etree.tostring(block)


def test_a_table_that_stays_together_stays_with_what_introduces_it():
    rows = Table(("甲",), (("乙",), ("丙",)), (100,), 0, together=True)
    word = opened(replace(letter(), body=(Paragraph("如下。"), rows, rows, Paragraph("完。"))))
    (introduction,) = (paragraph for paragraph in word.paragraphs if paragraph.text == "如下。")
    assert introduction.paragraph_format.keep_with_next
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in word.tables[0].rows]
    assert kept == [True, True, True]  # with the next table
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in word.tables[1].rows]
    assert kept == [True, True, None]
    assert len(word.tables) == 3


def test_a_draft_says_so_on_every_page_and_ends_with_why():
    word = opened(draft())
    section = word.sections[0]
    for header in (section.header, section.even_page_header, section.first_page_header):
        assert header.paragraphs[0].text == "草　稿"
    assert [paragraph.text for paragraph in word.paragraphs][-2:] == ["待处理事项", "须处理。"]
    assert word.tables[-1].cell(1, 2).text == "缺少数字"


def test_a_draft_shades_the_gaps_in_its_text():
    text = "第一行\n接种 人，占 %。"
    word = opened(replace(draft(), body=(Paragraph(text, ((6, 8), (4, 7), (10, 12))),)))
    (found,) = (paragraph for paragraph in word.paragraphs if paragraph.text.startswith("接种"))
    shaded = [run.text for run in found.runs if run._r.rPr.find(qn("w:shd")) is not None]
    assert found.text == "接种 人，占 %。"
    assert shaded == ["接种 ", "人", " %"]


# Page and type


def test_the_page_is_a4_with_22_lines_of_28_characters():
    section = opened(letter()).sections[0]
    measured = (section.page_width, section.page_height, section.left_margin, section.right_margin)
    assert [round(length.mm) for length in measured] == [210, 297, 28, 26]
    assert abs(section.top_margin.mm - 37) <= 1
    assert section.bottom_margin.mm == pytest.approx(35, abs=0.1)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert {name.rpartition("}")[2]: value for name, value in grid.attrib.items()} == {
        "type": "linesAndChars",
        "linePitch": "580",
        "charSpace": "-848",
    }
    height = section.page_height - section.top_margin - section.bottom_margin
    assert 22 <= height / 635 / 580 < 23


def test_every_type_is_set_for_every_script():
    styles = opened(letter()).styles
    types = {
        style.name: style.element.rPr.rFonts
        for style in styles
        if style.element.rPr is not None and style.element.rPr.rFonts is not None
    }
    chinese = {name: fonts.get(qn("w:eastAsia")) for name, fonts in types.items()}
    assert chinese["Normal"] == chinese["Body Text"] == chinese["Heading 3"] == "仿宋_GB2312"
    assert chinese["Heading 4"] == "仿宋_GB2312"
    assert (chinese["Heading 1"], chinese["Heading 2"]) == ("黑体", "楷体_GB2312")
    assert chinese["Title"] == chinese["Organ Mark"] == "方正小标宋简体"
    for name, fonts in types.items():
        for script in ("ascii", "hAnsi", "cs"):
            assert fonts.get(qn(f"w:{script}")) == ("宋体" if name == "Footer" else "Times New Roman"), name
    assert (styles["Normal"].font.size.pt, styles["Title"].font.size.pt) == (16, 22)
    assert not styles["Title"].font.bold


def test_page_numbers_stand_outside_and_not_on_the_first_page_of_a_letter():
    section = opened(letter()).sections[0]
    assert section.different_first_page_header_footer
    assert section.first_page_footer.paragraphs[0].text == ""
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        assert footer.paragraphs[0].text == "—  —"
        assert footer._element.find(f".//{qn('w:jc')}").get(qn("w:val")) == side
    assert not opened(report()).sections[0].different_first_page_header_footer


def test_head_rows_are_repeated_and_no_row_is_torn():
    table = opened(letter()).tables[0]
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True] + [False] * 45
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


# Titles


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("省外办2021年度绩效管理工作总结", ("省外办2021年度绩效管理工作总结",)),
        (
            "江西省人民政府外事办公室关于2021年度绩效管理工作情况的报告",
            ("江西省人民政府外事办公室关于", "2021年度绩效管理工作情况的报告"),
        ),
        (
            "江西省人民政府外事办公室关于印发《江西省友城“十四五”发展规划》的通知",
            ("江西省人民政府外事办公室关于印发", "《江西省友城“十四五”发展规划》的通知"),
        ),
    ],
)
def test_a_long_title_is_broken_between_words(title: str, broken: tuple[str, ...]):
    assert titles.lines(title, most=20, whole=ORGAN) == broken


def test_three_lines_make_a_rhomb_or_a_trapezoid():
    title = (
        "江西省人民政府外事办公室关于做好2022年度全省因公出国（境）团组行前教育和检查督导工作有关事项的通知"
    )
    broken = titles.lines(title, most=20, whole=ORGAN)
    first, second, third = map(titles.width, broken)
    assert "".join(broken) == title
    assert not first > second < third
    assert all(titles.width(line) <= 20 for line in broken)


@pytest.mark.parametrize("title", ["长" * 300, "A" * 300, "、" * 60, "《" * 60, " " * 90 + "题"])
def test_a_title_that_cannot_be_broken_is_left_whole(title: str):
    assert "".join(titles.lines(title, most=20)) in (title, title.strip())


# The same bytes


def test_a_title_with_too_many_ways_to_break_it_takes_no_time():
    title = ". " * 150
    assert titles.lines(title, most=21) == (title,)


def test_a_document_without_a_text_is_a_document():
    document = replace(letter(), body=(), annexes=(Annex("附件"),), draft=Draft("草稿", "待补充"))
    assert ORGAN in lines(document)


def test_an_equal_document_is_the_same_file_in_every_process():
    program = (
        "import hashlib; from approvals.official import write; from tests.official_documents import draft;"
        "print(hashlib.sha256(write(draft())).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=PROJECT,
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("4711", "Asia/Shanghai"))
    }
    assert found == {hashlib.sha256(write(draft())).hexdigest()}


def test_the_file_knows_no_time_but_that_of_its_issue():
    word = opened(letter())
    properties = word.core_properties
    assert properties.created.date() == properties.modified.date() == date(2022, 1, 3)
    assert (properties.title, properties.author) == ("省外办2021年度绩效管理工作总结", ORGAN)
    with zipfile.ZipFile(BytesIO(write(letter()))) as packed:
        assert {entry.date_time[:3] for entry in packed.infolist()} == {(1980, 1, 1)}
        assert not [name for name in packed.namelist() if "thumbnail" in name or "customXml" in name]


# Hostile words

HOSTILE = [
    '=HYPERLINK("http://evil.example","x")',
    '{ INCLUDETEXT "/etc/passwd" }',
    '{ DDEAUTO c:\\\\windows\\\\cmd.exe "/k calc" }',
    '<w:fldSimple w:instr="INCLUDEPICTURE http://evil.example"/>',
    "</w:t></w:r><w:r><w:instrText>AUTOTEXT</w:instrText></w:r><w:r><w:t>",
    "<![CDATA[&xxe;]]>&#x41;",
]


def everywhere(text: str) -> OfficialDocument:
    """A document that says this in every place where words can stand."""
    rows = Table((text, text), ((text, text),), (60, 96), 0)
    body = (Heading(1, text), Paragraph(text, ((0, 3),)), Heading(4, text), rows)
    return OfficialDocument(
        form=REPORT,
        organ=text,
        number=text,
        addressee=text,
        title=text,
        signer=text,
        signature=text,
        issued_on=date(2022, 1, 13),
        body=body,
        annexes=(Annex(text, body), Annex(text)),
        imprint=Imprint(text, text, date(2022, 1, 1)),
        draft=Draft(text, text, body),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str):
    document = everywhere(text)
    found = parts(document)
    instructions = []
    for name, content in found.items():
        if name.endswith(".rels"):
            assert b"External" not in content
            assert b"evil.example" not in content
        elif name.startswith("word/"):
            root = etree.fromstring(content)
            instructions += [one.text for one in root.iter(qn("w:instrText"))]
            assert not list(root.iter(qn("w:fldSimple"), qn("w:hyperlink"), qn("w:object"), qn("w:altChunk")))
    assert instructions == ["PAGE", "PAGE"]
    shown = lines(document)
    assert text in shown
    word = opened(document)
    assert word.tables[0].cell(1, 0).text == text
    assert text in word.sections[0].header.paragraphs[0].text


@given(st.text(st.characters(exclude_categories=())))
@settings(max_examples=40, deadline=None)
def test_whatever_is_written_makes_a_document_without_other_fields(text: str):
    content = parts(everywhere(text))["word/document.xml"]
    root = etree.fromstring(content)
    assert not list(root.iter(qn("w:instrText"), qn("w:fldChar"), qn("w:fldSimple"), qn("w:hyperlink")))


def test_controls_and_marks_that_turn_the_order_about_are_left_out():
    text = "甲\x00\x07\x1b\u202e乙\u2066丙\ufffe\ud800丁\x85戊"
    assert clean(text) == "甲乙丙丁\n戊"
    word = opened(everywhere(text))
    assert "甲乙丙丁\n戊" in word.tables[0].cell(1, 0).text
    assert word.core_properties.title == "甲乙丙丁 戊"


def test_nothing_of_the_template_is_left_that_could_run():
    names = set(parts(everywhere("甲")))
    assert names == {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/core.xml",
        *(f"word/{name}.xml" for name in ("document", "settings", "styles", "theme/theme1")),
        *(f"word/{kind}{number}.xml" for kind in ("header", "footer") for number in (1, 2)),
        "word/_rels/document.xml.rels",
    }
