"""What the checks say of a body: each remark beside the block it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.proofing import proofread_with_record
from approvals.summary.checks import ERROR, Finding, findings
from approvals.summary.content import Content
from approvals.summary.parts import Body, Paragraph, lines
from approvals.summary.segments import Figure
from nodes.proofreading import Finding as Proof
from nodes.proofreading import Text

INFO = "info"
ABOUT_DEFERRALS = frozenset({"unsigned", "unproven", "unnamed", "late_request", "no_new_date"})


@dataclass(frozen=True)
class Remark:
    """One thing to mend or to look at, in the active language.

    `block` is the key of its block, empty for what concerns the whole; `node` and `line` (from 1, as printed)
    are None where it is not about one.
    """

    block: str
    severity: str
    message: str
    quote: str = ""
    remedy: str = ""
    node: int | None = None
    line: int | None = None

    @property
    def is_error(self) -> bool:
        return self.severity == ERROR


def remarks(body: Body, content: Content) -> list[Remark]:
    """Everything found, errors first, in reading order."""
    printed = lines(body.blocks)
    recorded = list(_recorded(body, findings(content)))
    quoted = [one.quote for one in recorded if one.quote]
    read = [one for one in _read(printed, content) if not _said(one, quoted)]
    place = {block.key: position for position, block in enumerate(body.blocks)}
    return sorted([*recorded, *read], key=lambda one: (not one.is_error, place.get(one.block, -1)))


def errors(found: Iterable[Remark]) -> list[str]:
    """The errors among `found` as lines that name where to look."""
    return [_named(one) for one in found if one.is_error]


def _named(one: Remark) -> str:
    """A remark in one line with its node or its line in front."""
    if one.node is not None:
        return _("node %(node)d: %(message)s") % {"node": one.node, "message": one.message}
    if one.line is not None:
        return _("line %(line)d: %(message)s") % {"line": one.line, "message": line_of(one)}
    return one.message


def listed(found: Iterable[Remark]) -> list[Finding]:
    """`found` as the last page of a draft lists them."""
    kept = [one for one in found if one.severity != INFO]
    return [Finding(one.severity, "", line_of(one), one.node, one.quote) for one in kept]


def line_of(one: Remark) -> str:
    """What is wrong, and the words concerned."""
    if not one.quote or one.node is not None:
        return one.message
    return _("%(message)s: “%(quote)s”") % {"message": one.message, "quote": one.quote}


def _recorded(body: Body, found: Iterable[Finding]) -> Iterator[Remark]:
    """What the record lacks."""
    places = _places(body)
    for one in found:
        block = places.get(one.node or 0, "")
        if one.rule in ABOUT_DEFERRALS and body.block(f"deferral-{one.node}"):
            block = f"deferral-{one.node}"
        yield Remark(block, one.severity, one.message, quote=one.quote, node=one.node)


def _places(body: Body) -> dict[int, str]:
    """Node number to the key of the paragraph that reports it."""
    places: dict[int, str] = {}
    for block in body.blocks:
        if isinstance(block, Paragraph) and block.key.startswith("indicator-"):
            for one in block.sentence.segments:
                if isinstance(one, Figure) and len(one.nodes) == 1:
                    places.setdefault(one.nodes[0], block.key)
    return places


def _read(printed: list[tuple[str, str]], content: Content) -> Iterator[Remark]:
    """What a reader would stumble over."""
    text = Text.from_string("\n".join(line for line, _key in printed))
    for one in proofread_with_record(text, content):
        yield _remark(one, printed)


def _remark(one: Proof, printed: list[tuple[str, str]]) -> Remark:
    known = 0 < one.line <= len(printed)
    block = printed[one.line - 1][1] if known else ""
    return Remark(block, str(one.severity), one.message, one.quote, one.remedy, line=one.line or None)


def _said(one: Remark, quoted: Iterable[str]) -> bool:
    """Whether the record's own finding about the same words says it already."""
    return bool(one.quote) and any(one.quote in other or other in one.quote for other in quoted)
