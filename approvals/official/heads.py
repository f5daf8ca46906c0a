"""The head of a document (版头): the organ's mark in red, its number and the red rules, for either form."""

from __future__ import annotations

from dataclasses import dataclass

from approvals.official import fonts, titles
from approvals.official.drawing import DOUBLE
from approvals.official.markup import element, one_line, paragraph, run
from approvals.official.measures import (
    BODY,
    MARK_TOP_OF_LETTER,
    MARK_TOP_OF_REPORT,
    NUMBER_BELOW_RULE,
    RULE_BELOW,
    TEXT_WIDTH,
    TITLE,
    characters,
)
from approvals.official.model import Form, OfficialDocument
from approvals.official.styles import RED, spacing

LARGEST = 36  # 小初
SIGNER = "签发人："
RIGHT = element("jc", val="right")
CLOSE_LINE = spacing(BODY * 20)  # as high as its type, so that distances are counted from the characters
# In a line as high as its type the characters' upper edge is this share of it above the line's, and their
# lower edge that share above the line's; both word processors agree within half a millimetre.
ABOVE, BELOW = 0.04, 0.1


@dataclass(frozen=True)
class Mark:
    """How the organ's name is set: as large as fits one line, but never below the title's size."""

    lines: tuple[str, ...]
    size: int

    @classmethod
    def of(cls, name: str) -> Mark:
        size = min(LARGEST, max(TITLE, int(TEXT_WIDTH / 20 / max(titles.width(name), 1))))
        return cls(titles.lines(name, most=TEXT_WIDTH // (size * 20)), size)

    @property
    def height(self) -> int:
        return len(self.lines) * self.size * 20

    @property
    def sunk(self) -> int:
        """How far below the characters' upper edge the first line's is to be."""
        return round(ABOVE * self.size * 20)

    @property
    def rule(self) -> int:
        """Where a letter's first rule begins, below the paper's edge."""
        bottom = MARK_TOP_OF_LETTER + self.sunk + self.height - round(BELOW * self.size * 20)
        return bottom + RULE_BELOW


def head(document: OfficialDocument) -> str:
    """From the mark to the number; what comes next is two lines below."""
    mark = Mark.of(one_line(document.organ))
    return _letter(document, mark) if document.form == Form.LETTER else _report(document, mark)


def _letter(document: OfficialDocument, mark: Mark) -> str:
    """The mark stands above the text area, so in a frame, which reaches down to where the number begins."""
    top = MARK_TOP_OF_LETTER + mark.sunk
    frame = element(
        "framePr",
        w=TEXT_WIDTH,
        h=mark.rule + DOUBLE + NUMBER_BELOW_RULE - top,
        hRule="exact",
        wrap="notBeside",
        vAnchor="page",
        hAnchor="margin",
        xAlign="center",
        y=top,
    )
    named = _mark(mark, frame)
    number = one_line(document.number)
    return named + (paragraph("Normal", run(number), properties=CLOSE_LINE + RIGHT) if number else "")


def _mark(mark: Mark, frame: str = "", *, before: int = 0) -> str:
    type_ = fonts.properties(mark.size, fonts.TITLE, color=RED)
    layout = frame + spacing(mark.size * 20, before=before)
    return paragraph("OrganMark", run("\n".join(mark.lines), type_), properties=layout)


def _report(document: OfficialDocument, mark: Mark) -> str:
    gap = paragraph("Normal") * 2
    return _mark(mark, before=MARK_TOP_OF_REPORT + mark.sunk) + gap + _number_over_rule(document)


def _number_over_rule(document: OfficialDocument) -> str:
    """The number in the middle; beside who signed, for a report to a superior, at the left."""
    rule = element("pBdr", element("bottom", val="single", sz=12, space=10, color=RED))
    number, signer = one_line(document.number), one_line(document.signer)
    if not signer:
        return paragraph("Normal", run(number), properties=rule + CLOSE_LINE + element("jc", val="center"))
    stops = element(
        "tabs",
        element("tab", val="left", pos=characters(1)),
        element("tab", val="right", pos=TEXT_WIDTH - characters(1)),
    )
    signed = run(f"\t{number}\t{SIGNER}") + run(signer, fonts.properties(BODY, fonts.SECOND))
    return paragraph("Normal", signed, properties=rule + stops + CLOSE_LINE + element("jc", val="left"))
