"""Writes the summary as a Word document in the form of an official letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from approvals.summary import blocks, look
from approvals.summary.checks import Finding
from approvals.summary.content import Content
from approvals.summary.wording import day, row, say


def write(content: Content, *, draft_with: Sequence[Finding] | None = None) -> bytes:
    """The document's bytes; a draft says so on every page and ends with the findings `draft_with`."""
    document = docx.Document()
    look.set_page(document)
    look.set_styles(document)
    _describe(document, content)
    _head(document, content, draft=draft_with is not None)
    _blocks(document, blocks.body(content))
    _ending(document, content)
    _annex(document, content)
    if draft_with is not None:
        _mark_draft(document)
        _findings(document, draft_with)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _describe(document: Document, content: Content) -> None:
    properties = document.core_properties
    properties.title, properties.author = look.clean(_title(content)), look.clean(content.full_name)
    properties.comments, properties.language = "", "zh-CN"
    properties.created = properties.modified = datetime.now(UTC).replace(tzinfo=None)


def _title(content: Content) -> str:
    return say("head.title", office=content.office, year=content.year)


def _head(document: Document, content: Content, *, draft: bool) -> None:
    mark = _line(document, content.full_name, WD_ALIGN_PARAGRAPH.CENTER)
    _set_mark(mark, content.full_name)
    if number := _number(content, draft=draft):
        _line(document, number, WD_ALIGN_PARAGRAPH.RIGHT).paragraph_format.space_before = Pt(14)
    _gap(document, 2)
    _add(document, _title(content), "Title")
    _gap(document, 1)
    if content.addressee:
        _line(document, say("head.addressee", addressee=content.addressee))


def _set_mark(paragraph: WordParagraph, name: str) -> None:
    """The organ's name in red over a red rule, as large as fits one line but never below the title."""
    size = Pt(min(36, max(22, look.TEXT_WIDTH.pt // max(len(name), 1))))
    look.set_type(paragraph.runs[0], size, look.BIAOSONG)
    paragraph.runs[0].font.color.rgb = look.RED
    paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
    look.rule_below(paragraph, beyond=Mm(7))


def _number(content: Content, *, draft: bool) -> str:
    """The document's number; one not yet assigned shows as a gap in a draft and not at all otherwise."""
    if not content.prefix or (content.number is None and not draft):
        return ""
    number = say("head.unassigned") if content.number is None else content.number
    return say("head.number", prefix=content.prefix, year=content.issued_on.year, number=number)


def _add(document: Document, text: str, style: str) -> WordParagraph:
    """A paragraph in the style of this id: python-docx would look up a name through all styles every time."""
    paragraph = document.add_paragraph(look.clean(text))
    paragraph._p.style = style
    return paragraph


def _line(document: Document, text: str, side: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT) -> WordParagraph:
    paragraph = _add(document, text, "Normal")
    paragraph.alignment = side
    return paragraph


def _gap(document: Document, lines: int) -> None:
    for _count in range(lines):
        document.add_paragraph()


def _blocks(document: Document, content: Iterable[blocks.Block]) -> None:
    for block in content:
        if isinstance(block, blocks.Heading):
            _add(document, block.text, f"Heading{block.level}")
        elif isinstance(block, blocks.Paragraph):
            _add(document, block.text, "BodyText")
        else:
            _table(document, block)


def _table(document: Document, block: blocks.Table) -> None:
    table = document.add_table(rows=0, cols=len(block.header), style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    look.pad_cells(table, Mm(0.8))
    for column, share in zip(table.columns, block.widths, strict=True):
        column.width = Mm(share)
    _table_row(table, block.header, block, heading=True)
    for cells in block.rows:
        _table_row(table, cells, block)
    if block.together:
        _keep_together(document.paragraphs[-1:])
        _keep_together(paragraph for row in table.rows for cell in row.cells for paragraph in cell.paragraphs)


def _table_row(table: WordTable, texts: Sequence[str], block: blocks.Table, *, heading: bool = False) -> None:
    """Add a row that stays on one page; a heading is repeated on every page."""
    added = table.add_row()
    for tag in ("w:cantSplit", "w:tblHeader") if heading else ("w:cantSplit",):
        added._tr.get_or_add_trPr().append(OxmlElement(tag))
    for column, (cell, text) in enumerate(zip(added.cells, texts, strict=True)):
        cell.width = Mm(block.widths[column])
        centred = heading or column != block.wide
        _fill(cell, text, "TableHead" if heading else "TableText", centred=centred)


def _fill(cell: _Cell, text: str, style: str, *, centred: bool) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.add_run(look.clean(text))
    paragraph._p.style = style
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if centred else WD_ALIGN_PARAGRAPH.LEFT
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _ending(document: Document, content: Content) -> None:
    """The list of annexes and the signature, on one page with the last of the text."""
    last_of_text = len(document.paragraphs) - 1
    _gap(document, 1)
    _add(document, say("annex.mention", title=_annex_title(content)), "BodyText")
    _gap(document, 2)
    _signature(document, content.full_name, day(content.issued_on))
    _keep_together(document.paragraphs[last_of_text:-1])


def _signature(document: Document, organ: str, date: str) -> None:
    """Organ over date, as for a sealed document: the date four characters in, the organ centred on it."""
    wider = look.width(organ) - look.width(date)
    beside_organ = max(0, 4 * look.BODY - wider // 2)
    for text, indent in ((organ, beside_organ), (date, beside_organ + wider // 2)):
        _line(document, text, WD_ALIGN_PARAGRAPH.RIGHT).paragraph_format.right_indent = Length(indent)


def _keep_together(paragraphs: Iterable[WordParagraph]) -> None:
    """Keep each of `paragraphs` on one page with what follows it."""
    for paragraph in paragraphs:
        paragraph.paragraph_format.keep_with_next = True


def _annex_title(content: Content) -> str:
    return say("annex.title", year=content.year)


def _annex(document: Document, content: Content) -> None:
    _new_page(document, say("annex.label"))
    _gap(document, 1)
    _add(document, _annex_title(content), "Title")
    _table(document, blocks.annex(content))


def _new_page(document: Document, label: str) -> None:
    paragraph = _line(document, label)
    look.set_type(paragraph.runs[0], look.BODY, look.HEITI)
    paragraph.paragraph_format.page_break_before = True


def _mark_draft(document: Document) -> None:
    section = document.sections[0]
    for header in (section.header, section.even_page_header):
        paragraph = header.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(say("head.draft"))
        look.set_type(run, look.BODY, look.HEITI)
        run.font.color.rgb = look.RED


def _findings(document: Document, found: Sequence[Finding]) -> None:
    _new_page(document, say("findings.title"))
    _add(document, say("findings.sentence"), "BodyText")
    rows = tuple(
        (say(f"findings.{one.severity}"), str(one.node or say("annex.blank")), one.message) for one in found
    )
    _table(document, blocks.Table(row("findings.header"), rows, widths=(20, 16, 120), wide=2))
