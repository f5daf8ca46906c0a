"""Texts are read from whatever offices save, and what cannot be trusted is refused in one clear line."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from docx import Document as Word

from nodes.proofreading import Document, Text, Unreadable, proofread
from nodes.proofreading.reading import LARGEST_TEXT, MAIN_PART, STRICT

SENTENCE = "2021年，我办高度重视绩效管理工作。\n全年共办理国际会议 个。\n"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def package(main: str, **others: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(MAIN_PART, main)
        for name, content in others.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def body(inner: str) -> str:
    return f'<w:document xmlns:w="{W}"><w:body>{inner}</w:body></w:document>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_text_file_is_read_whatever_its_encoding_and_line_ends(tmp_path, encoding, newline):
    path = saved(tmp_path / "summary.txt", SENTENCE.replace("\n", newline).encode(encoding))
    text = Text.from_file(path)
    assert [one.text for one in text.paragraphs] == SENTENCE.splitlines()
    assert [(one.line, one.rule) for one in proofread(text)] == [(2, "blank_figure")]


def test_a_word_document_counts_paragraphs_those_of_tables_too(tmp_path):
    word = Word()
    word.add_paragraph("一、基本情况")
    word.add_paragraph("")
    table = word.add_table(rows=2, cols=2)
    for cell, words in zip(table._cells, ["处室", "节点", "秘书处", "12"], strict=True):
        cell.text = words
    word.add_paragraph("全年共办理国际会议 个。")
    word.save(str(tmp_path / "summary.docx"))
    text = Text.from_file(tmp_path / "summary.docx")
    (finding,) = proofread(text)
    assert (finding.line, finding.rule) == (7, "blank_figure")
    assert text.tables[0].rows == (("处室", "节点"), ("秘书处", "12"))
    assert [one.line for one in text.paragraphs if one.cell] == [3, 4, 5, 6]


def test_the_same_text_gives_the_same_findings_as_txt_and_as_docx(tmp_path):
    lines = (Path(__file__).resolve().parents[2] / "data" / "summary-2021.txt").read_text("utf-8").split("\n")
    word = Word()
    for line in lines:
        word.add_paragraph(line)
    word.save(str(tmp_path / "summary.docx"))
    plain = [(one.line, one.rule) for one in proofread(Text.from_string("\n".join(lines)))]
    assert [(one.line, one.rule) for one in proofread(Text.from_file(tmp_path / "summary.docx"))] == plain


def test_a_wrong_total_in_a_table_of_a_word_document_is_found(tmp_path):
    word = Word()
    table = word.add_table(rows=4, cols=2)
    for cell, words in zip(
        table._cells, ["处室", "节点", "秘书处", "12", "综合处", "8", "合计", "21"], strict=True
    ):
        cell.text = words
    word.save(str(tmp_path / "summary.docx"))
    assert [one.rule for one in proofread(Text.from_file(tmp_path / "summary.docx"))] == ["table_total"]


def test_struck_out_words_are_not_read_inserted_ones_are(tmp_path):
    run = "<w:r><w:t>{}</w:t></w:r>"
    inner = f"<w:p>{run.format('完成')}<w:ins>{run.format('8项。')}</w:ins>"
    inner += "<w:del><w:r><w:delText>。。</w:delText></w:r></w:del></w:p>"
    text = Text.from_file(saved(tmp_path / "summary.docx", package(body(inner))))
    assert text.body == "完成8项。"


def test_a_strict_document_is_read_as_well(tmp_path):
    strict = body("<w:p><w:r><w:t>完成8项。</w:t></w:r></w:p>").replace(W, STRICT.decode())
    assert Text.from_file(saved(tmp_path / "summary.docx", package(strict))).body == "完成8项。"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"%PDF-1.7", "only .txt and .docx"),
        ("a.txt", b"", "no text"),
        ("a.txt", b"PK\x03\x04 and so on", "something else"),
        ("a.txt", "\x00\x00\x00二进制".encode(), "neither UTF-8 nor GB18030"),
        ("a.txt", b"\xff\xff\xff\xff", "neither UTF-8 nor GB18030"),
        ("a.txt", b"\n" * 60_000, "more than 50000 lines"),
        ("a.txt", b"a" * (LARGEST_TEXT + 1), "larger than 5 MB"),
        ("a.docx", b"", "not a .docx"),
        ("a.docx", b"nothing of the sort", "not a .docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "encrypted or of the old .doc"),
        ("a.docx", package(body(""), word__vbaProject="")[:-30], "not a .docx"),
        ("a.docx", package("<w:document"), "not a .docx"),
        ("a.docx", package(body("")), "no text"),
        ("a.docx", package(body("<w:p/>"), **{"word__vbaProject.bin": "macro"}), "macros"),
        ("a.docx", package(" " * 70_000_000), "unpacks to more than"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, name, content, words):
    with pytest.raises(Unreadable, match=words) as refusal:
        Text.from_file(saved(tmp_path / name, content))
    assert "\n" not in str(refusal.value)


def test_a_locked_part_of_a_package_is_refused(tmp_path):
    content = bytearray(package(body("<w:p/>")))
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(Unreadable, match="encrypted"):
        Text.from_file(saved(tmp_path / "a.docx", bytes(content)))


def test_a_document_that_names_a_file_of_the_machine_does_not_get_it(tmp_path):
    (tmp_path / "secret").write_text("口令")
    entity = f'<!DOCTYPE d [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]>'
    inner = "<w:p><w:r><w:t>全文。&e;</w:t></w:r></w:p>"
    try:
        text = Text.from_file(saved(tmp_path / "a.docx", package(entity + body(inner))))
    except Unreadable:
        return
    assert "口令" not in text.body


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    (tmp_path / "folder.txt").mkdir()
    for name in ("nowhere.txt", "folder.txt"):
        with pytest.raises(Unreadable):
            Text.from_file(tmp_path / name)


# How a text is put together again.


@pytest.mark.parametrize(
    ("lines", "paragraphs"),
    [
        ("论坛围绕“传承、\n\n创新、互鉴”主题举行。", 1),
        ("编制出台《江西省国\n\n际友城发展规划》。", 1),
        ("以上材料已经分管省领导同意，并\n\n上传至系统。", 1),
        ("截至年底全省已经接种疫苗，共计三万余\n— 3 —\n人，占总人数的九成。", 1),
        ("工作已经完成。\n\n下一步继续推进。", 2),
        ("一、基本情况\n我办高度重视，狠抓落实。", 2),
        ("全年工作有序推进，现报告如下\n一、基本情况", 2),
        ("省绩效办：\n现将情况报告如下。", 2),
        ("工作完成，特此报告如下内容完毕\n江西省教育厅\n2022年1月13日", 3),
        ("**1. 第一项三级指标：召开会\n议，印发纪要**\n\n会议已召开。", 2),
    ],
)
def test_lines_that_belong_together_are_joined_and_no_others(lines, paragraphs):
    assert len(Text.from_string(lines).paragraphs) == paragraphs


def test_a_joined_sentence_keeps_the_line_of_every_character():
    text = Text.from_string("甲，\n\n乙，\n丙。")
    (paragraph,) = text.paragraphs
    assert paragraph.text == "甲，乙，丙。"
    assert [paragraph.line_at(at) for at in (0, 2, 4)] == [1, 3, 4]


@pytest.mark.parametrize(
    ("head", "number", "title", "addressee"),
    [
        (
            "省教育厅\n赣教函〔2022〕3号\n关于报送总结的函\n省绩效办：",
            "赣教函〔2022〕3号",
            "关于报送总结的函",
            "省绩效办：",
        ),
        ("关于加强绩效\n管理工作的通知\n各处室：", None, "关于加强绩效管理工作的通知", "各处室："),
        (
            "特急\n赣卫字〔2022〕12号　　　签发人：李某\n省卫健委关于年度工作的报告\n省政府：",
            "赣卫字〔2022〕12号　　　签发人：李某",
            "省卫健委关于年度工作的报告",
            "省政府：",
        ),
        ("2021年工作总结\n一、基本情况", None, "2021年工作总结", None),
        ("只是一段话，没有标题。", None, "", None),
    ],
)
def test_the_parts_of_the_head_are_told_apart(head, number, title, addressee):
    document = Document.of(Text.from_string(head + "\n现将有关情况报告如下，请审阅。"))
    assert (document.number.text if document.number else None) == number
    assert document.title_text == title
    assert (document.addressee.text if document.addressee else None) == addressee
