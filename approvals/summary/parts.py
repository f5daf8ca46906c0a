"""What a summary consists of: headings, paragraphs and tables that the record says, and what people write."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from approvals.summary.segments import Segment, Sentence, sentence
from approvals.summary.wording import WORDS, say


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 to 3 are 一、 （一） 1. Over indicators it knows their numbers."""

    level: int
    text: str
    key: str = ""
    indicators: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph that the record says."""

    sentence: Sentence
    key: str = ""

    @property
    def text(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True)
class Table:
    """Rows under a header; `widths` are in millimetres, `wide` is the column of running text.

    One that is `together` stays on one page where it can.
    """

    header: tuple[str, ...]
    cells: tuple[tuple[Segment, ...], ...]
    widths: tuple[int, ...]
    wide: int
    together: bool = False
    key: str = ""

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(map(str, row)) for row in self.cells)


@dataclass(frozen=True)
class Written:
    """Paragraphs that the performance office writes; `suggested` is what the data suggest for them."""

    key: str
    text: str
    suggested: str = ""


@dataclass(frozen=True)
class Item:
    """What another department says of one matter: in words, with a score or a figure."""

    name: str
    text: str = ""
    score: str = ""


@dataclass(frozen=True)
class Assessment:
    """The departments' assessment, item by item, that the performance office enters."""

    key: str
    items: tuple[Item, ...]


Block = Heading | Paragraph | Table
Part = Block | Written | Assessment


@dataclass(frozen=True)
class Body:
    """All that a version says, in reading order, and the table in its annex.

    `joins` says by hand whether the indicator of a number is told together with the one before it; of others
    their texts decide.
    """

    blocks: tuple[Part, ...]
    annex: Table
    joins: tuple[tuple[int, bool], ...] = ()

    def block(self, key: str) -> Part | None:
        return next((one for one in self.blocks if one.key == key), None)

    @property
    def by_hand(self) -> tuple[Written | Assessment, ...]:
        return tuple(one for one in self.blocks if isinstance(one, Written | Assessment))

    @property
    def computed(self) -> tuple[Block, ...]:
        """What nobody edits, with the annex at its end."""
        return (*(one for one in self.blocks if not isinstance(one, Written | Assessment)), self.annex)

    def printed(self) -> Iterator[Block]:
        """What the document shows, without the annex."""
        for block in self.blocks:
            yield from printed(block)

    def with_hand_of(self, other: Body) -> Body:
        """This body with what people wrote in `other`; a suggestion nobody touched gives way to the new."""
        theirs = {one.key: one for one in other.by_hand}
        kept = (_kept(one, theirs.get(one.key)) for one in self.blocks)
        return replace(self, blocks=tuple(kept))


def _kept(block: Part, before: Written | Assessment | None) -> Part:
    if isinstance(block, Written) and isinstance(before, Written):
        untouched = before.text == before.suggested
        return block if untouched else replace(block, text=before.text)
    return before if isinstance(block, Assessment) and before else block


def printed(block: Part) -> Iterator[Block]:
    """How the document shows a block; what is empty not at all."""
    if isinstance(block, Written):
        yield from (_line(line, block.key) for line in block.text.splitlines() if line.strip())
    elif isinstance(block, Assessment):
        yield from (_line(said, block.key) for item in block.items if (said := assessed(item)))
    else:
        yield block


def _line(text: str, key: str) -> Paragraph:
    return Paragraph(sentence(text.strip()), key)


def assessed(item: Item) -> str:
    """An item as a sentence, empty where nothing is known of it."""
    if not item.text and not item.score:
        return ""
    score = say("assessment.score", score=item.score) if item.score else ""
    return say("assessment.item", name=item.name, text=_ended(item.text), score=score)


def _ended(text: str) -> str:
    return text if not text or text.endswith(("。", "！", "？")) else text + say("punctuation.stop")


def no_items() -> tuple[Item, ...]:
    """What departments usually assess, still without a word."""
    return tuple(map(Item, WORDS["assessment"]["items"]))


def text_of(block: Part) -> str:
    """The words of a block, for comparing: a line a paragraph, a row a line."""
    if isinstance(block, Table):
        return "\n".join("　".join(row) for row in (block.header, *block.rows))
    if isinstance(block, Written | Assessment):
        return "\n".join(one.text for one in printed(block) if not isinstance(one, Table))
    return block.text


def lines(blocks: Iterable[Part]) -> list[tuple[str, str]]:
    """Every printed line with the key of its block; a table is none."""
    return [
        (line, block.key)
        for one in blocks
        for block in printed(one)
        if not isinstance(block, Table)
        for line in block.text.splitlines()
    ]
