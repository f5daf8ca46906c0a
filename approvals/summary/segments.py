"""Sentences whose figures know what they count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import Any

from approvals.summary.wording import template


@dataclass(frozen=True)
class Figure:
    """A figure and the numbers of the nodes behind it.

    `query` narrows the catalogue to them (empty: all of them), None where no filter does.
    """

    text: str
    nodes: tuple[int, ...]
    query: str | None = None

    def __str__(self) -> str:
        return self.text


Segment = str | Figure


@dataclass(frozen=True)
class Sentence:
    """Words and figures in reading order."""

    segments: tuple[Segment, ...] = ()

    def __str__(self) -> str:
        return "".join(map(str, self.segments))

    def __add__(self, other: Sentence | str) -> Sentence:
        return sentence(self, other)


def sentence(*parts: Any) -> Sentence:
    """One sentence of these words, figures and sentences."""
    return Sentence(tuple(_merged(_flat(parts))))


def tell(key: str, **facts: Any) -> Sentence:
    """The words under `section.name` with `facts`, figures and sentences among them, filled in."""
    parts: list[Any] = []
    for words, name, _spec, _conversion in Formatter().parse(template(key)):
        parts += [words] if name is None else [words, facts[name]]
    return sentence(*parts)


def joined(mark: str, sentences: Iterable[Any]) -> Sentence:
    """`sentences` with the words `mark` (a key) between them."""
    parts: list[Any] = []
    for one in sentences:
        parts += [template(mark), one] if parts else [one]
    return sentence(*parts)


def _flat(parts: Iterable[Any]) -> Iterator[Segment]:
    for part in parts:
        if isinstance(part, Sentence):
            yield from part.segments
        else:
            yield part if isinstance(part, Figure) else str(part)


def _merged(segments: Iterable[Segment]) -> Iterator[Segment]:
    """`segments` with neighbouring words in one."""
    words = ""
    for segment in segments:
        if isinstance(segment, Figure):
            if words:
                yield words
            yield segment
            words = ""
        else:
            words += segment
    if words:
        yield words
