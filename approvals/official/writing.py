"""Writes an official document as a Word document that LibreOffice and WPS lay out alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time

import docx
from docx.document import Document
from docx.oxml import parse_xml

from approvals.official import endings, heads, imprints, packing, pages, styles, tables, titles
from approvals.official.markup import HINT, NAMESPACES, element, one_line, paragraph, run
from approvals.official.measures import TEXT_WIDTH, TITLE
from approvals.official.model import Annex, Block, Draft, Heading, OfficialDocument, Paragraph, Table
from approvals.official.styles import spacing

KEEP = element("keepNext")
GAP = paragraph("Normal")
BETWEEN_TABLES = paragraph("Normal", properties=spacing(200))
BELOW_TITLE = element("spacing", after=200)
TITLE_CHARACTERS = TEXT_WIDTH // (TITLE * 20)
ENDS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
GAP_SHADE = HINT + element("shd", val="clear", color="auto", fill="FFE58F")


def write(document: OfficialDocument) -> bytes:
    """The document's bytes, the same for an equal document."""
    part = docx.Document().part
    content = f"<w:body>{_body(document)}{pages.section_properties()}</w:body>"
    part._element = parse_xml(f"<w:document {NAMESPACES}>{content}</w:document>")
    part._styles_part._element = parse_xml(styles.styles())
    part._settings_part._element = parse_xml(styles.settings())
    word = part.document
    pages.set_headers(word, document)
    _describe(word, document)
    return packing.pack(word)


def _describe(word: Document, document: OfficialDocument) -> None:
    properties = word.core_properties
    properties.title, properties.author = one_line(document.title)[:255], one_line(document.organ)[:255]
    properties.last_modified_by, properties.comments = properties.author, ""
    properties.language, properties.revision = "zh-CN", 1
    properties.created = properties.modified = datetime.combine(document.issued_on, time())


def _body(document: OfficialDocument) -> str:
    parts = [
        heads.head(document),
        GAP * 2,
        _title(document.title, whole=document.organ),
        GAP,
        _addressee(document.addressee),
        *blocks(document.body, held=True),
        endings.attachments(document.attachments),
        endings.signature(document),
        *_annexes(document.annexes),
        imprints.imprint(document),
        *(_draft(document.draft) if document.draft else ()),
    ]
    return "".join(parts)


def _title(text: str, *, whole: str = "", properties: str = "") -> str:
    broken = titles.lines(one_line(text), most=TITLE_CHARACTERS, whole=one_line(whole))
    return paragraph("Title", run("\n".join(broken)), properties=properties)


def _addressee(name: str) -> str:
    named = one_line(name).rstrip(":：")
    return paragraph("Normal", run(f"{named}：")) if named else ""


def blocks(body: Sequence[Block], *, held: bool = False) -> Iterator[str]:
    """The blocks' markup; where `held`, the last of them stays on one page with what follows.

    So does what introduces a table that is to stay together. Of a long paragraph Word takes only the last
    lines along to the next page, LibreOffice all of it.
    """
    for block, following in zip(body, (*body[1:], None), strict=False):
        introduces = isinstance(following, Table) and following.together
        yield _block(block, keep=introduces or (held and following is None))
        if isinstance(block, Table) and isinstance(following, Table):
            yield BETWEEN_TABLES


def _block(block: Block, *, keep: bool) -> str:
    kept = KEEP if keep else ""
    if isinstance(block, Heading):
        return paragraph(f"Heading{block.level}", run(one_line(block.text)))
    if isinstance(block, Table):
        return tables.table(block, keep=keep)
    return "".join(_paragraphs(block, kept))


def _paragraphs(block: Paragraph, kept: str) -> Iterator[str]:
    """One for every line of the text, as nobody breaks lines within a paragraph of an official document."""
    start = 0
    for line in block.text.splitlines(keepends=True):
        marks = [(a - start, b - start) for a, b in block.marks if a < start + len(line) and b > start]
        yield paragraph("BodyText", *_marked(line, marks), properties=kept)
        start += len(line)


def _marked(line: str, marks: list[tuple[int, int]]) -> Iterator[str]:
    """The line as runs, with the gaps between the `marks` shaded."""
    text, at = line.rstrip(ENDS), 0
    for begin, end in sorted(marks):
        begin = max(at, begin)
        yield run(text[at:begin]) + run(text[begin:end], GAP_SHADE)
        at = max(at, end)
    yield run(text[at:])


def _annexes(annexes: tuple[Annex, ...]) -> Iterator[str]:
    for number, annex in enumerate(annexes, start=1):
        if annex.body:
            yield paragraph("AnnexLabel", run(endings.label(number, len(annexes))))
            yield GAP + _title(annex.title, properties=BELOW_TITLE)
            yield from blocks(annex.body)


def _draft(draft: Draft) -> Iterator[str]:
    yield paragraph("AnnexLabel", run(one_line(draft.title)))
    yield from blocks(draft.body)
