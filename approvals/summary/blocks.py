"""The summary's body as headings, paragraphs and tables: what it says, before how it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from approvals.summary import sentences
from approvals.summary.content import Content, Division, Indicator, Node, Outcome
from approvals.summary.wording import ordinal, row, say


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 to 3 are 一、 （一） 1."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    text: str


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


def body(content: Content) -> Iterator[Block]:
    """From the opening to the last section."""
    yield Paragraph(say("head.opening", year=content.year, office=content.office))
    yield Heading(1, say("headings.basics"))
    yield from _paragraphs(sentences.basics(content))
    yield Heading(1, say("headings.indicators"))
    yield from _duties(content)
    yield from _assessment(content)
    yield Heading(1, say("headings.conduct"))
    yield from _paragraphs(sentences.conduct(content))
    yield Heading(1, say("headings.problems"))
    yield Paragraph(sentences.problems(content))
    yield Heading(1, say("headings.advice"))
    yield Paragraph(say("advice.none"))


def _paragraphs(texts: Iterable[str]) -> Iterator[Paragraph]:
    return (Paragraph(text) for text in texts)


def _duties(content: Content) -> Iterator[Block]:
    yield Heading(2, say("headings.duties"))
    yield Paragraph(sentences.result(content))
    for deferral in content.deferrals:
        yield Paragraph(sentences.deferral(deferral))
    for position, indicator in enumerate(content.indicators, start=1):
        yield from _indicator(position, indicator)


def _indicator(position: int, indicator: Indicator) -> Iterator[Block]:
    facts = {"position": position, "ordinal": ordinal(indicator.number), "title": indicator.title}
    yield Heading(3, say("headings.indicator", **facts))
    for node in indicator.nodes:
        yield from _paragraphs(sentences.report(node, named=len(indicator.nodes) > 1).splitlines())


def _assessment(content: Content) -> Iterator[Block]:
    yield Heading(2, say("headings.divisions"))
    yield Paragraph(say("divisions.sentence"))
    everything = Division(say("divisions.total"), content.nodes)
    rows = tuple(_division_row(division) for division in (*content.divisions, everything))
    yield Table(row("divisions.header"), rows, widths=(42, 19, 19, 19, 19, 19, 19), wide=0, together=True)


def _division_row(division: Division) -> tuple[str, ...]:
    counts = [len(division.nodes), *(division.count(outcome) for outcome in Outcome), division.returned]
    return (division.name, *map(str, counts))


def annex(content: Content) -> Table:
    """Every node with its deadlines, its completion and how it ended."""
    rows = tuple(_annex_row(node) for node in content.nodes)
    return Table(row("annex.header"), rows, widths=(10, 44, 22, 21, 21, 21, 17), wide=1)


def _annex_row(node: Node) -> tuple[str, ...]:
    blank = say("annex.blank")
    current = node.deadline.isoformat() if node.deadline else say("day.open")
    completed = node.completed_on.isoformat() if node.completed_on else blank
    return (
        str(node.number),
        node.title,
        node.division,
        node.baseline.isoformat(),
        current,
        completed,
        say(f"outcomes.{node.outcome}"),
    )
