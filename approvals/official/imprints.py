"""The imprint (版记) at the foot of a document's last page: who gets copies, who printed it when."""

from __future__ import annotations

import math
from itertools import accumulate

from approvals.official import fonts
from approvals.official.drawing import rule
from approvals.official.markup import element, one_line, paragraph, run
from approvals.official.measures import BOTTOM, LEFT, PAGE_HEIGHT, TEXT_WIDTH, mm
from approvals.official.model import Form, Imprint, OfficialDocument
from approvals.official.styles import spacing
from approvals.official.titles import width
from workflow.written_days import written

COPIES = "抄送："
TYPE, CHARACTER, LINE = 14, 280, 440  # 4号; twips
# What turned lines hold, less half a character for a mark that may not begin the next one.
TURNED = TEXT_WIDTH / CHARACTER - 2 - len(COPIES) - 0.5
FOOT = PAGE_HEIGHT - BOTTOM
OUTER, INNER = mm(0.35), mm(0.25)
FIRST_RULE = 10  # those of a letter's first page are numbered below


def imprint(document: OfficialDocument) -> str:
    """The imprint's markup; a letter's has neither rules nor who printed it."""
    ruled = document.form != Form.LETTER
    shown = _shown(document.imprint, printed=ruled) if document.imprint else []
    if not shown:
        return ""
    tops = list(accumulate((-_height(text) for text in reversed(shown)), initial=FOOT))[::-1]
    written = "".join(_line(text, top) for text, top in zip(shown, tops, strict=False))
    return written + paragraph("Normal", _rules(tops) if ruled else "", properties=spacing(20))


def _shown(given: Imprint, *, printed: bool) -> list[str]:
    copies = one_line(given.copied_to).rstrip("。")
    shown = [f"{COPIES}{copies}。"] if copies else []
    if given.printed_by and given.printed_on and printed:
        shown.append(f"{one_line(given.printed_by)}\t{written(given.printed_on)}印发")
    return shown


def _height(text: str) -> int:
    """What it takes of the page; who printed it when stands on one line."""
    turned = (width(text) - len(COPIES)) / TURNED
    return LINE if "\t" in text else LINE * max(1, math.ceil(turned))


def _line(text: str, top: int) -> str:
    """In a frame of its own, as LibreOffice cannot align one with the text area's foot."""
    frame = element(
        "framePr", w=TEXT_WIDTH, wrap="notBeside", vAnchor="page", hAnchor="margin", xAlign="center", y=top
    )
    hanging = len(COPIES) * CHARACTER if text.startswith(COPIES) else 0
    stop = element("tabs", element("tab", val="right", pos=TEXT_WIDTH - CHARACTER))
    right = 0 if "\t" in text else CHARACTER
    sides = element("ind", left=CHARACTER + hanging, right=right, hanging=hanging)
    properties = frame + stop + spacing(LINE) + sides + element("jc", val="left")
    return paragraph("Normal", run(text, fonts.properties(TYPE, fonts.BODY)), properties=properties)


def _rules(tops: list[int]) -> str:
    """Above the first, between them and below the last."""
    thick = [OUTER, *(INNER for _between in tops[2:]), OUTER]
    return "".join(
        rule(LEFT, top, TEXT_WIDTH, height, color="000000", number=FIRST_RULE + at)
        for at, (top, height) in enumerate(zip(tops, thick, strict=True))
    )
