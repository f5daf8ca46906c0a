"""The page: its size and margins, page numbers, the mark of a draft, and a letter's rules."""

from __future__ import annotations

from typing import Any

from docx.document import Document
from docx.oxml import parse_xml
from docx.section import Section

from approvals.official.drawing import DOUBLE, double_rule
from approvals.official.heads import Mark
from approvals.official.markup import NAMESPACES, element, one_line, paragraph, run
from approvals.official.measures import (
    BOTTOM,
    GRID,
    LAST_RULE,
    LEFT,
    LINE,
    NUMBER_OF_PAGE,
    PAGE_HEIGHT,
    PAGE_NUMBER_BELOW,
    PAGE_WIDTH,
    RIGHT,
    TOP,
    mm,
)
from approvals.official.model import Form, OfficialDocument

HEADER = mm(12)
# The dash is in the middle of its line, and that 7 mm below the text.
FOOTER = BOTTOM - PAGE_NUMBER_BELOW - NUMBER_OF_PAGE * 20 // 2


def section_properties() -> str:
    """Page, margins and grid; headers and footers are added through python-docx."""
    margins = {"top": TOP, "right": RIGHT, "bottom": BOTTOM, "left": LEFT}
    return element(
        "sectPr",
        element("pgSz", w=PAGE_WIDTH, h=PAGE_HEIGHT),
        element("pgMar", **margins, header=HEADER, footer=FOOTER, gutter=0),
        element("docGrid", type="linesAndChars", linePitch=LINE, charSpace=GRID),
    )


def set_headers(word: Document, document: OfficialDocument) -> None:
    """What stands on every page beside the text; the first page of a letter has rules and no number."""
    section = word.sections[0]
    mark = run(one_line(document.draft.mark)) if document.draft else ""
    _write(section.footer, _page_number("right"))
    _write(section.even_page_footer, _page_number("left"))
    for header in (section.header, section.even_page_header) if mark else ():
        _write(header, _draft(mark))
    if document.form == Form.LETTER:
        _first_page(section, document, mark)


def _first_page(section: Section, document: OfficialDocument, mark: str) -> None:
    section.different_first_page_header_footer = True
    first = double_rule(Mark.of(one_line(document.organ)).rule, thick_first=True, number=0)
    last = double_rule(PAGE_HEIGHT - LAST_RULE - DOUBLE, thick_first=False, number=1)
    _write(section.first_page_header, _draft(mark + first + last))
    _write(section.first_page_footer, paragraph("Footer"))


def _draft(content: str) -> str:
    return paragraph("Header", content, properties=element("jc", val="center"))


def _page_number(side: str) -> str:
    """— 1 — one character in from the outer edge."""
    indent = element("ind", left=NUMBER_OF_PAGE * 20, right=NUMBER_OF_PAGE * 20)
    parts = run("— ") + _field("begin") + _instruction("PAGE") + _field("end") + run(" —")
    return paragraph("Footer", parts, properties=indent + element("jc", val=side))


def _field(kind: str) -> str:
    return element("r", element("fldChar", fldCharType=kind))


def _instruction(name: str) -> str:
    return element("r", f"<w:instrText>{name}</w:instrText>")


def _write(part: Any, content: str) -> None:
    """Make `content` all there is in a header or footer."""
    part.is_linked_to_previous = False
    root = part._element
    for child in list(root):
        root.remove(child)
    for child in list(parse_xml(f"<w:ftr {NAMESPACES}>{content}</w:ftr>")):
        root.append(child)
