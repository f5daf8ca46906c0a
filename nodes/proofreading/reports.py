"""The indicators that a summary reports: each heading's ordinals and titles, and the text below it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from nodes.proofreading.marks import number_of
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.structure import Document, Heading
from nodes.proofreading.words import pairs_in

ORDINALS = re.compile(
    r"第([一二三四五六七八九十百千零〇\d]{1,8}(?:(?:[、，,和及]|至第?|到第?)[一二三四五六七八九十百千零〇\d]{1,8}){0,60})(?:项|个)三级指标[：:]?\s?"
)
ORDINAL = re.compile(
    r"([一二三四五六七八九十百千零〇\d]{1,8})(?:[至到]第?([一二三四五六七八九十百千零〇\d]{1,8}))?"
)
OPENING, CLOSING = "《“（(〔", "》”）)〕"
LONGEST_RANGE = 500


@dataclass(frozen=True)
class Title:
    """An indicator's title; `start` is where it stands in its heading's paragraph."""

    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)


@dataclass(frozen=True)
class Report:
    """One heading that names indicators, and what is written under it."""

    heading: Heading
    ordinals: tuple[int, ...]
    titles: tuple[Title, ...]
    paragraphs: tuple[Paragraph, ...]
    rest: str

    @property
    def paragraph(self) -> Paragraph:
        return self.heading.paragraph

    @cached_property
    def body(self) -> str:
        return "\n".join([self.rest, *(one.text for one in self.paragraphs)]).strip()

    @cached_property
    def pairs(self) -> set[str]:
        return pairs_in(self.body.lower())


def reports(document: Document) -> list[Report]:
    """In the order of the text."""
    return document.once(_reports)


def _reports(document: Document) -> list[Report]:
    return [found for heading in document.headings if (found := _report(document, heading))]


def _report(document: Document, heading: Heading) -> Report | None:
    text = heading.paragraph.text
    found = ORDINALS.match(text, heading.prefix + (text[heading.prefix : heading.prefix + 1] == " "))
    if not found:
        return None
    ordinals = _ordinals(found[1])
    stop = text.find("。", found.end())
    end = stop if stop >= 0 else len(text)
    titles = split(text[found.end() : end], found.end(), len(ordinals))
    return Report(heading, ordinals, titles, document.section(heading), text[end:])


def _ordinals(text: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for match in ORDINAL.finditer(text):
        first = number_of(match[1]) or 0
        last = (number_of(match[2]) or first) if match[2] else first
        numbers.extend(range(first, min(last, first + LONGEST_RANGE) + 1))
    return tuple(numbers)


def split(text: str, offset: int, count: int) -> tuple[Title, ...]:
    """`text` as `count` titles, by the strongest mark that gives so many; else as one."""
    if count > 1:
        for marks in ("；;", "、", "、，,", "、，,；;"):
            parts = _parts(text, marks)
            if len(parts) == count:
                return tuple(Title(part, offset + at) for at, part in parts)
    return (Title(text, offset),) if text else ()


def _parts(text: str, marks: str) -> list[tuple[int, str]]:
    parts, depth, begin = [], 0, 0
    for at, mark in enumerate(text):
        if mark in OPENING:
            depth += 1
        elif mark in CLOSING:
            depth = max(0, depth - 1)
        elif mark in marks and not depth:
            parts.append((begin, text[begin:at]))
            begin = at + 1
    parts.append((begin, text[begin:]))
    return [(at, part) for at, part in parts if part.strip()]
