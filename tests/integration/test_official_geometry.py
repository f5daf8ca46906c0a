"""Official documents as LibreOffice prints them, measured against GB/T 9704-2012."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pymupdf
import pytest

from approvals import official
from approvals.official import NoPdf, converting, proofs
from tests.faults.stack import wait_for
from tests.official_documents import HEADER, NUMBER, ORGAN, RARE, SENTENCE, letter, report

MM = 25.4 / 72
LEFT, RIGHT, TOP, FOOT = 28, 184, 37, 262  # the text area's edges, in millimetres from the paper's
CHARACTER = 156 / 28
BOX = 0  # the glyph that a font has for what it does not have


@dataclass
class Line:
    """What stands on one line: its words and where its characters begin and stand, in millimetres."""

    text: str
    left: float
    right: float
    base: float
    size: float
    font: str

    @property
    def middle(self) -> float:
        return (self.left + self.right) / 2


@dataclass
class Page:
    page: pymupdf.Page
    lines: list[Line]

    @property
    def text(self) -> list[Line]:
        """The lines of the text area."""
        return [line for line in self.lines if TOP < line.base < FOOT]

    @property
    def foot(self) -> list[Line]:
        return [line for line in self.lines if line.base > FOOT]

    def line(self, beginning: str) -> Line:
        return next(line for line in self.lines if line.text.replace(" ", "").startswith(beginning))

    def has(self, beginning: str) -> bool:
        return any(line.text.replace(" ", "").startswith(beginning) for line in self.lines)

    @property
    def bars(self) -> list[pymupdf.Rect]:
        """Filled rules, from the top, in millimetres."""
        found = [shape["rect"] * MM for shape in self.page.get_drawings() if shape["type"] == "f"]
        return sorted((bar for bar in found if bar.width > 100), key=lambda bar: bar.y0)

    def ink(self, top: float, bottom: float, left: float = 0, right: float = 210) -> tuple[float, float]:
        """The upper and lower edge of what is printed in this part of the page, in millimetres."""
        clip = pymupdf.Rect(left, top, right, bottom) / MM
        scale = 10 * MM  # ten pixels a millimetre
        image = self.page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), clip=clip, colorspace="gray")
        rows = [
            image.samples[at * image.stride : at * image.stride + image.width] for at in range(image.height)
        ]
        dark = [at for at, row in enumerate(rows) if min(row) < 200]
        return (image.y + dark[0]) / 10, (image.y + dark[-1] + 1) / 10


def pages(document: official.OfficialDocument) -> list[Page]:
    opened = pymupdf.open(stream=official.pdf(official.write(document)), filetype="pdf")
    return [Page(page, list(lines_of(page))) for page in opened]


def lines_of(page: pymupdf.Page) -> Iterator[Line]:
    """Characters on one height are a line."""
    rows = defaultdict(list)
    for block in page.get_text("rawdict")["blocks"]:
        for line in block.get("lines", ()):
            for span in line["spans"]:
                for one in span["chars"]:
                    rows[round(one["origin"][1], 1)].append((one["origin"][0], one, span))
    for base, found in sorted(rows.items()):
        found.sort(key=lambda one: one[0])
        shown = [one for one in found if one[1]["c"].strip()]
        if shown:
            text = "".join(one["c"] for _x, one, _span in found)
            size, font = shown[0][2]["size"], shown[0][2]["font"]
            left, right = shown[0][0] * MM, shown[-1][1]["bbox"][2] * MM
            yield Line(text, left, right, base * MM, size, font)


@pytest.fixture(scope="module")
def of_letter() -> list[Page]:
    return pages(letter())


@pytest.fixture(scope="module")
def of_report() -> list[Page]:
    return pages(report())


def near(value: float, within: float = 0.5):
    return pytest.approx(value, abs=within)


# The page, in either form


@pytest.fixture(params=["letter", "report"])
def printed(request, of_letter, of_report) -> list[Page]:
    return of_letter if request.param == "letter" else of_report


def full_pages(printed: list[Page]) -> list[Page]:
    found = [page for page in printed if len([line for line in page.text if len(line.text) == 28]) >= 15]
    assert found
    return found


def test_the_paper_is_a4(printed: list[Page]):
    for page in printed:
        assert (page.page.rect.width * MM, page.page.rect.height * MM) == (near(210), near(297))


def test_a_page_has_22_lines(printed: list[Page]):
    end = next(page.page.number for page in printed if page.has("2022年1月3日"))
    for page in full_pages(printed[1 : end - 1]):
        assert len(page.text) == 22
        steps = [
            (after.base - before.base) / MM for before, after in zip(page.text, page.text[1:], strict=False)
        ]
        assert steps == pytest.approx([28.95] * 21, abs=0.3)


def test_a_line_has_28_characters_and_fills_the_text_area(printed: list[Page]):
    for page in full_pages(printed):
        full = [line for line in page.text if len(line.text) == 28]
        assert max(len(line.text) for line in page.text if line.text[0] in SENTENCE) == 28
        for line in full:
            assert line.left == near(LEFT)
            assert line.right == near(RIGHT, 1)
            assert (line.right - line.left) / MM / 28 == pytest.approx(15.8, abs=0.15)
            assert line.size == 16


def test_a_paragraph_begins_two_characters_in(printed: list[Page]):
    page = full_pages(printed)[0]
    beginnings = [line for line in page.text if line.text.startswith(SENTENCE[:20]) and line.left > 30]
    assert beginnings
    assert all(line.left == near(LEFT + 2 * CHARACTER) for line in beginnings)


def test_text_stays_inside_the_text_area(printed: list[Page]):
    for page in printed[1:]:
        assert all(line.left > LEFT - 0.5 and line.right < RIGHT + 0.5 for line in page.text)
        first, last = page.text[0], page.text[-1]
        assert first.base - 0.85 * first.size * MM > TOP - 0.5
        assert last.base + 0.15 * last.size * MM < FOOT + 0.5


def test_the_title_is_of_22_points_in_the_middle_with_the_text_after_it(printed: list[Page]):
    first = printed[0]
    title = first.line("省外办2021年度")
    assert title.size == 22
    assert title.middle == near((LEFT + RIGHT) / 2)
    addressee = first.line("省绩效办：")
    assert addressee.left == near(LEFT)
    assert first.line("2021年，").left == near(LEFT + 2 * CHARACTER)


def test_the_number_stands_two_lines_above_the_title(printed: list[Page]):
    first = printed[0]
    between = (first.line("省外办").base - first.line("赣外办函").base) * 72 / 25.4
    assert 2 * 29 + 22 < between < 2 * 29 + 22 + 29


def test_page_numbers_stand_outside_below_the_text(of_letter: list[Page], of_report: list[Page]):
    assert of_letter[0].foot == []
    assert [line.text for line in of_report[0].foot] == ["— 1 —"]
    for number, page in [*enumerate(of_letter[1:], start=2), *enumerate(of_report, start=1)]:
        (shown,) = page.foot
        assert shown.text == f"— {number} —"
        assert shown.size == 14
        if number % 2:
            assert shown.right == near(RIGHT - 14 * MM, 1)
        else:
            assert shown.left == near(LEFT + 14 * MM, 1)
        upper, lower = page.ink(FOOT + 2, 276, shown.left, shown.left + 3)  # its first dash
        assert (upper + lower) / 2 == near(FOOT + 7)


def test_the_signature_stands_under_the_text_on_its_page(printed: list[Page]):
    (page,) = (page for page in printed if page.has("2022年1月3日"))
    signed = page.line("2022年1月3日")
    organ = page.text[page.text.index(signed) - 1]
    assert organ.text == ORGAN
    assert signed.right == near(RIGHT - 4 * CHARACTER, 1.5)
    assert organ.middle == near(signed.middle, 1.5)
    assert page.text[0].text.startswith("联系人")  # the last of the text went along


def test_an_annex_begins_a_page_with_its_title_on_the_third_line(printed: list[Page]):
    page = next(page for page in printed if page.lines[0].text.startswith("附件"))
    label, title = page.text[:2]
    assert label.left == near(LEFT)
    assert title.text.replace(" ", "") == "2021年度工作节点完成情况表"
    assert (title.base - label.base) / MM == pytest.approx(2 * 29, abs=6)
    assert title.middle == near((LEFT + RIGHT) / 2)


def test_the_head_of_a_table_is_repeated_on_every_page(printed: list[Page]):
    with_rows = [page for page in printed if any("如期完成" in line.text for line in page.lines)]
    assert len(with_rows) > 1
    for page in with_rows:
        words = page.page.get_text().split()
        assert [word for word in words if word in HEADER] == list(HEADER)


def test_names_with_rare_characters_are_printed(printed: list[Page]):
    assert any(page.has(f"联系人：{RARE}。") for page in printed)
    for page in printed:
        for span in page.page.get_texttrace():
            assert all(glyph != BOX for _letter, glyph, *_place in span["chars"]), span["font"]


# A letter


def test_the_mark_of_a_letter_begins_30_mm_below_the_edge(of_letter: list[Page]):
    first = of_letter[0]
    mark = first.lines[0]
    assert mark.text == ORGAN
    assert mark.middle == near((LEFT + RIGHT) / 2)
    assert first.ink(20, 44)[0] == near(30, 1)


def test_the_red_rules_of_a_letter(of_letter: list[Page]):
    first = of_letter[0]
    thick, thin, last_thin, last_thick = first.bars
    for bar in first.bars:
        assert bar.width == near(170)
        assert bar.x0 == near(20)
    assert thick.height > thin.height
    assert last_thick.height > last_thin.height
    assert 0 < thin.y0 - thick.y1 < 1
    assert thick.y0 - first.ink(20, thick.y0 - 1)[1] == near(4, 1)
    assert last_thick.y1 == near(297 - 20)
    reds = {shape["fill"] for shape in first.page.get_drawings()}
    assert all(red > 0.7 and green < 0.2 and blue < 0.2 for red, green, blue in reds)
    assert not any(page.bars for page in of_letter[1:])


def test_the_number_of_a_letter_is_flush_right_under_the_rule(of_letter: list[Page]):
    first = of_letter[0]
    number = first.line("赣外办函")
    assert number.text.replace(" ", "") == NUMBER
    assert number.right == near(RIGHT)
    below = first.bars[1].y1
    assert first.ink(below + 1, number.base)[0] - below == near(14 * MM, 1)


def test_the_list_of_attachments_is_aligned_with_their_names(of_letter: list[Page]):
    page = next(page for page in of_letter if page.has("附件：1."))
    first, second, turned = page.text[(at := page.text.index(page.line("附件：1."))) : at + 3]
    assert first.left == near(LEFT + 2 * CHARACTER)
    assert second.text.startswith("2. ")
    assert second.left == near(LEFT + 5 * CHARACTER)
    assert turned.left == near(LEFT + 6 * CHARACTER)


# A report


def test_the_mark_of_a_report_begins_35_mm_below_the_text_area(of_report: list[Page]):
    first = of_report[0]
    assert first.lines[0].text == ORGAN
    assert first.ink(40, 88)[0] == near(TOP + 35, 1)


def test_the_number_and_who_signed_stand_over_the_red_rule(of_report: list[Page]):
    first = of_report[0]
    line = first.line("赣外办函")
    assert line.text.replace(" ", "") == f"{NUMBER}签发人：张喆"
    assert line.left == near(LEFT + CHARACTER)
    assert line.right == near(RIGHT - CHARACTER, 1)
    rule = next(shape["rect"] * MM for shape in first.page.get_drawings() if shape["rect"].width * MM > 100)
    assert (rule.x0, rule.x1) == (near(LEFT), near(RIGHT))
    assert rule.y0 - first.ink(line.base - 5, rule.y0 - 1)[1] == near(4, 1)


def test_the_imprint_stands_at_the_foot_of_the_last_page(of_report: list[Page]):
    last = of_report[-1]
    first, between, foot = last.bars
    assert foot.y1 == near(FOOT, 1)
    for bar, height in ((first, 0.35), (between, 0.25), (foot, 0.35)):
        assert bar.height == near(height, 0.06)
        assert bar.width == near(156)
    assert first.y0 < last.line("抄送：省委办公厅").base < between.y0 < last.line(ORGAN).base < foot.y0


# What can go wrong


def test_without_libreoffice_it_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert not official.can_convert()
    with pytest.raises(NoPdf, match="needs LibreOffice"):
        official.pdf(b"")


def test_a_proof_is_made_once(monkeypatch, settings, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    made: list[bytes] = []

    def pdf(document: bytes, *, patience: float) -> bytes:
        made.append(document)
        return b"%PDF-" + document

    monkeypatch.setattr(proofs, "pdf", pdf)
    monkeypatch.setattr(proofs, "KEPT", 1)
    assert [official.proof(document) for document in (b"a", b"a", b"b", b"b", b"a")] == [
        b"%PDF-a", b"%PDF-a", b"%PDF-b", b"%PDF-b", b"%PDF-a"
    ]  # fmt: skip
    assert made == [b"a", b"b", b"a"]  # the older one was forgotten
    assert len(list((tmp_path / "proofs").glob("*.pdf"))) == 1


def test_a_proof_that_failed_is_not_kept(settings, monkeypatch, tmp_path: Path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(NoPdf):
        official.proof(b"")
    assert not list((tmp_path / "proofs").glob("*.pdf"))


def test_what_is_no_document_is_refused():
    with pytest.raises(NoPdf, match="could not"):
        official.pdf(b"no document")


def _lives(process: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.fixture
def slow(tmp_path: Path, monkeypatch) -> Path:
    """A LibreOffice that writes down who it and its child are, and never ends."""
    program = tmp_path / "soffice"
    who = tmp_path / "who"
    program.write_text(
        "#!/bin/sh\n/bin/sleep 600 &\n"
        f"env > {tmp_path}/env; echo $! > {who}.part; mv {who}.part {who}; wait\n".replace(
            "env >", "/usr/bin/env >"
        ).replace("mv ", "/bin/mv ")
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("https_proxy", "http://proxy.example")
    monkeypatch.setenv("SECRET_KEY", "secret")
    return tmp_path


def test_one_that_takes_too_long_is_ended_with_all_it_started(slow: Path):
    with pytest.raises(NoPdf, match="too long"):
        official.pdf(b"", patience=1)
    child = int((slow / "who").read_text())
    wait_for(lambda: not _lives(child))
    given = (slow / "env").read_text()
    assert "proxy" not in given
    assert "SECRET" not in given
    home = next(line.partition("=")[2] for line in given.splitlines() if line.startswith("HOME="))
    assert not os.path.exists(home)
    assert converting.PATIENCE <= 60
