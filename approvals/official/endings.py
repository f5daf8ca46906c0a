"""What follows the text: the list of attachments, and the signature for a seal."""

from __future__ import annotations

from approvals.official import titles
from approvals.official.markup import element, one_line, paragraph, run
from approvals.official.measures import CHARACTERS, characters
from approvals.official.model import OfficialDocument
from approvals.official.styles import indent
from approvals.official.titles import width
from workflow.written_days import written

KEEP = element("keepNext")
RIGHT = element("jc", val="right")
LABEL = "附件"
BEFORE_SEAL = 4  # characters between the date and the right edge


def attachments(titles: tuple[str, ...]) -> str:
    """The list of attachments (附件说明), numbered where there are several; turn-lines start under names."""
    if not titles:
        return ""
    labels = [""] if len(titles) == 1 else [f"{at}. " for at in range(1, len(titles) + 1)]
    named = (
        _attachment(one_line(title).rstrip("。；，;,."), label, first=at == 0)
        for at, (label, title) in enumerate(zip(labels, titles, strict=True))
    )
    return paragraph("Normal", properties=KEEP) + "".join(named)


def _attachment(title: str, label: str, *, first: bool) -> str:
    led = f"{LABEL}：{label}" if first else label
    name = 2 + width(f"{LABEL}：") + width(label)
    return paragraph("Normal", run(led + title), properties=KEEP + indent(left=name, hanging=width(led)))


def signature(document: OfficialDocument) -> str:
    """Organ over date, as for a seal: the date four characters in, the organ centred on it."""
    organ = titles.lines(one_line(document.signature or document.organ), most=CHARACTERS - BEFORE_SEAL)
    on = written(document.issued_on)
    middle = max(BEFORE_SEAL + width(on) / 2, *(width(line) / 2 for line in organ))
    named = (_beside(line, middle, KEEP) for line in organ)
    return paragraph("Normal", properties=KEEP) * 2 + "".join(named) + _beside(on, middle)


def _beside(text: str, middle: float, kept: str = "") -> str:
    """A line whose middle is so many characters from the right edge."""
    right = max(0, characters(middle - width(text) / 2))
    return paragraph("Normal", run(text), properties=kept + element("ind", right=right) + RIGHT)


def label(number: int, of: int) -> str:
    """What heads an attachment: 附件, with its number where there are several."""
    return LABEL if of == 1 else f"{LABEL}{number}"
