"""The body from the year's facts, sections 一 to 五 and the annex: what it says, before how it looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from approvals.summary import sentences, suggestions
from approvals.summary.content import Content, Division, Indicator, Node, Outcome
from approvals.summary.parts import (
    Assessment,
    Block,
    Body,
    Heading,
    Paragraph,
    Part,
    Table,
    Written,
    no_items,
)
from approvals.summary.segments import Sentence, sentence
from approvals.summary.wording import row, say


def compose(content: Content, joins: Mapping[int, bool] | None = None) -> Body:
    """What the facts say, with the suggestions where people write."""
    by_hand = dict(joins or {})
    return Body(tuple(_sections(content, by_hand)), annex(content), tuple(sorted(by_hand.items())))


def body(content: Content) -> Iterator[Block]:
    """What the document shows where nobody has written anything yet, from the opening to the last section."""
    return compose(content).printed()


def _sections(content: Content, joins: Mapping[int, bool]) -> Iterator[Part]:
    yield Paragraph(sentence(say("head.opening", year=content.year, office=content.office)), "opening")
    yield _heading(1, "basics")
    yield from _paragraphs("basics", sentences.basics(content))
    yield _heading(1, "indicators")
    yield from _duties(content, joins)
    yield from _assessment(content)
    yield _heading(1, "conduct")
    yield from _paragraphs("conduct", sentences.conduct(content))
    yield Written("conduct-more", "")
    yield _heading(1, "problems")
    found = suggestions.problems(content)
    yield Written("problems", found, found)
    yield _heading(1, "advice")
    yield Written("advice", say("advice.none"), suggestions.advice(content))


def _heading(level: int, name: str) -> Heading:
    return Heading(level, say(f"headings.{name}"), f"heading-{name}")


def _paragraphs(key: str, found: Iterable[Sentence]) -> Iterator[Paragraph]:
    return (Paragraph(one, f"{key}-{position}") for position, one in enumerate(found, start=1))


def _duties(content: Content, joins: Mapping[int, bool]) -> Iterator[Part]:
    yield _heading(2, "duties")
    yield Paragraph(sentences.result(content), "result")
    for node, told in sentences.deferrals(content):
        yield Paragraph(told, f"deferral-{node.number}")
    for position, group in enumerate(groups(content.indicators, joins), start=1):
        key = f"indicator-{group[0].number}"
        numbers = tuple(one.number for one in group)
        yield Heading(3, sentences.heading(position, group), key, numbers)
        yield from _paragraphs(key, sentences.reports(group))


def groups(indicators: Sequence[Indicator], joins: Mapping[int, bool]) -> Iterator[tuple[Indicator, ...]]:
    """Neighbours with one and the same text together, unless `joins` says otherwise of the later one."""
    group: tuple[Indicator, ...] = ()
    for indicator in indicators:
        together = bool(group) and joins.get(indicator.number, _same_text(group[-1], indicator))
        if group and not together:
            yield group
        group = (*group, indicator) if together else (indicator,)
    if group:
        yield group


def _same_text(before: Indicator, after: Indicator) -> bool:
    """Whether all that both report is one statement."""
    told = {sentences.told(node) for node in (*before.nodes, *after.nodes)}
    return len(told) == 1 and told != {""} and bool(before.nodes) and bool(after.nodes)


def _assessment(content: Content) -> Iterator[Part]:
    yield _heading(2, "divisions")
    yield Assessment("assessment", no_items())
    yield Paragraph(sentence(say("divisions.sentence")), "divisions-sentence")
    rows = [
        sentences.division_row(one, f"division={one.pk}" if one.pk else None) for one in content.divisions
    ]
    rows.append(sentences.division_row(Division(say("divisions.total"), content.nodes), ""))
    widths = (42, 19, 19, 19, 19, 19, 19)
    yield Table(row("divisions.header"), tuple(rows), widths, wide=0, together=True, key="divisions")


def annex(content: Content) -> Table:
    """Every node with its deadlines, its completion and how it ended."""
    rows = tuple(_annex_row(node) for node in content.nodes)
    return Table(row("annex.header"), rows, widths=(10, 44, 22, 21, 21, 21, 17), wide=1, key="annex")


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
        say(f"outcomes.{Outcome(node.outcome)}"),
    )
