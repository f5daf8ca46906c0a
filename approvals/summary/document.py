"""The summary as an official document: which of its words stand in which of the form's places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from approvals import official
from approvals.official import model
from approvals.summary import blocks, parts
from approvals.summary.checks import ERROR, Finding
from approvals.summary.content import Content
from approvals.summary.wording import row, say


def write(
    content: Content,
    *,
    body: Iterable[parts.Block] | None = None,
    annex: parts.Table | None = None,
    form: str = official.LETTER,
    signatory: str = "",
    draft_with: Sequence[Finding] | None = None,
) -> bytes:
    """The document's bytes; `body` and `annex` are what a version keeps, else what the facts alone say.

    `form` is that of a letter or a report, `signatory` who issues a report (签发人).
    A draft says so on every page, shows the gaps in its text and ends with the findings `draft_with`.
    """
    shown = blocks.body(content) if body is None else body
    document = model.OfficialDocument(
        form=model.Form(form),
        organ=content.full_name,
        number=_number(content, draft=draft_with is not None),
        addressee=content.addressee,
        signer=signatory,
        title=say("head.title", office=content.office, year=content.year),
        body=tuple(_blocks(shown, draft_with or ())),
        issued_on=content.issued_on,
        annexes=(_annex(content, annex or blocks.annex(content)),),
        draft=None if draft_with is None else _draft(draft_with),
    )
    return official.write(document)


def _number(content: Content, *, draft: bool) -> str:
    """The document's number; one not yet assigned shows as a gap in a draft and not at all otherwise."""
    if not content.prefix or (content.number is None and not draft):
        return ""
    number = say("head.unassigned") if content.number is None else content.number
    return say("head.number", prefix=content.prefix, year=content.issued_on.year, number=number)


def _blocks(shown: Iterable[parts.Block], found: Sequence[Finding]) -> Iterator[model.Block]:
    quotes = sorted({one.quote for one in found if one.severity == ERROR and one.quote})
    for block in shown:
        if isinstance(block, parts.Heading):
            yield model.Heading(block.level, block.text)
        elif isinstance(block, parts.Table):
            yield _table(block)
        else:
            yield model.Paragraph(block.text, tuple(_marks(block.text, quotes)))


def _marks(text: str, quotes: Sequence[str]) -> Iterator[tuple[int, int]]:
    for quote in quotes:
        yield from (match.span() for match in re.finditer(re.escape(quote), text))


def _table(block: parts.Table) -> model.Table:
    return model.Table(block.header, block.rows, block.widths, block.wide, together=block.together)


def _annex(content: Content, nodes: parts.Table) -> model.Annex:
    """The table of all nodes."""
    return model.Annex(say("annex.title", year=content.year), (_table(nodes),))


def _draft(found: Sequence[Finding]) -> model.Draft:
    """The last page of a draft: what is still to be mended."""
    rows = tuple(
        (say(f"findings.{one.severity}"), str(one.node or say("annex.blank")), one.message) for one in found
    )
    listed = model.Table(row("findings.header"), rows, widths=(20, 16, 120), wide=2)
    sentence = model.Paragraph(say("findings.sentence"))
    return model.Draft(say("head.draft"), say("findings.title"), (sentence, listed))
