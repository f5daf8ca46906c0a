"""What an official document consists of, before how it looks: GB/T 9704-2012's elements (要素) by name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Form(StrEnum):
    """Which of the standard's forms: the special one of a letter (信函格式) or the ordinary one."""

    LETTER = "letter"
    REPORT = "report"


@dataclass(frozen=True)
class Heading:
    """A heading with its own numbering; level 1 to 4 are 一、 （一） 1. （1）."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text. `marks` are the places (from, to) of it that a draft shows as gaps."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Table:
    """Rows under a header; `widths` are in millimetres, `wide` is the column of running text.

    One that is `together` stays on one page where it can.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    wide: int
    together: bool = False


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class Annex:
    """An attachment (附件): its name in the list and, unless it is bound apart, its text on its own pages."""

    title: str
    body: tuple[Block, ...] = ()


@dataclass(frozen=True)
class Imprint:
    """The 版记 at the foot of the last page; a letter's shows only who gets copies."""

    copied_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None


@dataclass(frozen=True)
class Draft:
    """What marks a document as not yet valid: words on every page, and a last page that says why."""

    mark: str
    title: str
    body: tuple[Block, ...] = ()


@dataclass(frozen=True)
class OfficialDocument:
    """One document of an organ.

    Parameters
    ----------
    organ
        The name in the red mark (发文机关标志), and in the signature where `signature` is empty.
    number
        As it is printed (赣外办函〔2022〕1号); empty for none.
    addressee
        Without the colon that follows it; empty for none.
    signer
        Who signed a report to a superior (签发人); moves the number to the left. Letters name none.
    """

    organ: str
    title: str
    body: tuple[Block, ...]
    issued_on: date
    form: Form = Form.LETTER
    number: str = ""
    addressee: str = ""
    signer: str = ""
    signature: str = ""
    annexes: tuple[Annex, ...] = ()
    imprint: Imprint | None = None
    draft: Draft | None = None

    @property
    def attachments(self) -> tuple[str, ...]:
        """The titles of the `annexes`, as the list under the text names them."""
        return tuple(annex.title for annex in self.annexes)


LETTER, REPORT = Form.LETTER, Form.REPORT
