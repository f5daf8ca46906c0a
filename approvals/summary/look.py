"""How an official document looks: page, type and the small XML that python-docx leaves to its callers.

Measures are those of GB/T 9704-2012, Layout key for official document of Party and government organs.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY = Pt(16)
LINE = Pt(28.95)  # 22 lines in 225 mm
LATIN = "Times New Roman"
FANGSONG, HEITI, KAITI, SONGTI, BIAOSONG = "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体", "方正小标宋简体"
BLACK, RED = RGBColor(0, 0, 0), RGBColor(0xC0, 0x10, 0x10)
TEXT_WIDTH = Mm(156)


def set_page(document: Document) -> None:
    """A4 with a type area of 156 × 225 mm, 22 lines of 28 characters, page numbers outside."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(20), Mm(25)
    _set(section._sectPr.find(qn("w:docGrid")), type="lines", linePitch="579")
    document.settings.odd_and_even_pages_header_footer = True
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        _number_pages(footer.paragraphs[0], side)


def _number_pages(paragraph: Paragraph, side: WD_ALIGN_PARAGRAPH) -> None:
    paragraph.alignment = side
    indent_characters(paragraph, left=1, right=1)
    for text, instruction in (("— ", ""), ("", "PAGE"), (" —", "")):
        run = paragraph.add_run(text)
        set_type(run, Pt(14), SONGTI, latin=SONGTI)
        if instruction:
            _add_field(run, instruction)


def _add_field(run: Run, instruction: str) -> None:
    for kind in ("begin", None, "end"):
        if kind:
            run._r.append(_set(OxmlElement("w:fldChar"), fldCharType=kind))
        else:
            text = OxmlElement("w:instrText")
            text.text = instruction
            run._r.append(text)


def set_styles(document: Document) -> None:
    """Body, headings, title and table text as styles, so that the document can be edited on."""
    styles = document.styles
    _style(styles["Normal"], BODY, FANGSONG)
    _style(styles["Body Text"], BODY, FANGSONG)
    _style(styles["Heading 1"], BODY, HEITI)
    _style(styles["Heading 2"], BODY, KAITI)
    _style(styles["Heading 3"], BODY, FANGSONG)
    _style(styles["Title"], Pt(22), BIAOSONG, line=Pt(33))
    for name, family in (("TableText", FANGSONG), ("TableHead", HEITI)):
        _table_style(styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH), family)
    for name in ("Body Text", "Heading 1", "Heading 2", "Heading 3"):
        indent_characters(styles[name], first=2)
    styles["Title"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    styles["Body Text"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _drop(styles["Title"].element.pPr, "w:pBdr")
    # 28 characters of 16 points are wider than 156 mm. A quarter of a point less each fits them in; a
    # character grid would as well, but LibreOffice counts it from another size than Word does.
    tighter = _set(OxmlElement("w:spacing"), val="-5")
    styles["Normal"].element.rPr.insert_element_before(tighter, "w:w", "w:kern", "w:position", "w:sz")
    _set(styles.element.find(f".//{qn('w:docDefaults')}//{qn('w:lang')}"), eastAsia="zh-CN")


def _style(style: ParagraphStyle, size: Length, family: str, *, line: Length = LINE) -> None:
    set_type(style, size, family)
    style.font.bold = style.font.italic = False
    style.font.color.rgb = BLACK
    for tag in ("w:spacing", "w:kern", "w:contextualSpacing"):
        _drop(style.element.rPr, tag)
        _drop(style.element.pPr, tag)
    form = style.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, line


def _table_style(style: ParagraphStyle, family: str) -> None:
    """Small type, its lines as close as their own spacing says and not on the page's grid of lines."""
    _style(style, Pt(10.5), family, line=Pt(17))
    snap = _set(OxmlElement("w:snapToGrid"), val="0")
    style.element.pPr.insert_element_before(snap, "w:spacing", "w:ind", "w:jc")


def set_type(target: Run | ParagraphStyle, size: Length, family: str, *, latin: str = LATIN) -> None:
    """Give a run or style its size and fonts; quotation marks and dashes take the Chinese one."""
    target.font.size, target.font.name = size, latin
    fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    _set(fonts, ascii=latin, hAnsi=latin, cs=latin, eastAsia=family, hint="eastAsia")


def indent_characters(target: Any, *, first: int = 0, left: int = 0, right: int = 0) -> None:
    """Indent a paragraph or a style by whole characters, which follow the size of the type."""
    indent = target._element.get_or_add_pPr().get_or_add_ind()
    for name, count in (("firstLine", first), ("left", left), ("right", right)):
        if count:
            _set(indent, **{f"{name}Chars": str(count * 100), name: str(int(count * BODY.pt * 20))})


def width(text: str, size: Length = BODY) -> Length:
    """How wide `text` sets: a full size for a Chinese character, half for a Latin one."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return Pt((wide + (len(text) - wide) / 2) * size.pt)


def clean(text: str) -> str:
    """`text` without the control characters that XML cannot hold."""
    return "".join(
        letter for letter in text if letter in "\t\n" or unicodedata.category(letter) not in ("Cc", "Cs")
    )


def pad_cells(table: Table, sides: Length) -> None:
    """Leave so much beside the text in every cell."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margins.append(_set(OxmlElement(f"w:{side}"), w=str(int(sides.twips)), type="dxa"))
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def rule_below(paragraph: Paragraph, *, beyond: Length) -> None:
    """A red double rule under `paragraph`, reaching `beyond` the type area on either side."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Length(-beyond)
    borders = OxmlElement("w:pBdr")
    borders.append(_set(OxmlElement("w:bottom"), val="thickThinSmallGap", sz="24", space="6", color=str(RED)))
    paragraph._p.get_or_add_pPr().insert_element_before(
        borders, "w:shd", "w:tabs", "w:snapToGrid", "w:spacing", "w:ind", "w:jc", "w:rPr"
    )


def _set(element: Any, **attributes: str) -> Any:
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


def _drop(properties: Any, tag: str) -> None:
    found = properties.find(qn(tag)) if properties is not None else None
    if found is not None:
        properties.remove(found)
