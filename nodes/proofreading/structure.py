"""An official document's parts as its paragraphs show them: title, addressee, headings, signature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from nodes.proofreading.marks import ARTICLE, DATE_LINE, DOCUMENT_NUMBER, KINDS, LEVELS, PART, number_of
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.text import Text

PART_LEVEL, ARTICLE_LEVEL = -1, 0
Made = TypeVar("Made")
SIGNER = re.compile(r"签发人[：:]?.*")
LONGEST_REST = 12  # characters after a document's own number
HEAD = 12  # paragraphs among which title and addressee stand
LONGEST_TITLE = 120
FURNITURE = re.compile(
    r"签发人|紧急|特急|加急|平急|机密|秘密|绝密|份号|〔\d{4}〕|\d{6}$|[（(].{0,30}[）)]$|[★]|—|[-=_*]{3,}|此稿|草\s*稿|草\s*案|征求意见稿"
)
ORGAN = re.compile(
    r"[^，。：:、《》]{2,40}(?:府|厅|局|委|办|办公室|委员会|部|院|会|处|中心|站|公司|集团|大学|学校|学院|文件)$"
)
ATTACHMENTS, LISTED = re.compile(r"附件\s?[：:]"), re.compile(r"\d{1,2}\s?[.．、]")
TITLE = re.compile(rf"关于|(?:{'|'.join(KINDS)}|总结|方案|计划|要点|汇报|情况|概述)$")


@dataclass(frozen=True)
class Heading:
    """A numbered paragraph. Level -1 is 第一部分, 0 第一条, 1 to 6 are 一、 （一） 1. （1） 1） ①."""

    level: int
    number: int
    at: int
    paragraph: Paragraph
    prefix: int

    @property
    def text(self) -> str:
        """The words after the number."""
        return self.paragraph.text[self.prefix :].strip()


@dataclass(frozen=True)
class Document:
    """A text seen as an official document; parts that it does not have are None or empty."""

    text: Text
    _kept: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, make: Callable[[Document], Made]) -> Made:
        """What `make` makes of the document; several rules that ask have it made once."""
        if make not in self._kept:
            self._kept[make] = make(self)
        made: Made = self._kept[make]
        return made

    @classmethod
    def of(cls, text: Text) -> Document:
        return cls(text)

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return self.text.paragraphs

    @cached_property
    def prose(self) -> tuple[Paragraph, ...]:
        """The paragraphs outside of tables."""
        return tuple(one for one in self.paragraphs if not one.cell)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        listed = self._attachments
        return tuple(
            found for at, one in enumerate(self.prose) if at not in listed and (found := _heading(at, one))
        )

    @cached_property
    def _attachments(self) -> frozenset[int]:
        """The places of the numbered lines that list attachments below the text."""
        found: set[int] = set()
        for at, one in enumerate(self.prose):
            if ATTACHMENTS.match(one.text) or (at - 1 in found and LISTED.match(one.text)):
                found.add(at)
        return frozenset(found)

    def section(self, heading: Heading) -> tuple[Paragraph, ...]:
        """The paragraphs under a heading, up to the next of its level or above."""
        return self.prose[heading.at + 1 : self._ends[heading.at]]

    def ends_before(self, heading: Heading) -> float:
        """The line at which something else begins than a heading's section with its tables."""
        end = self._ends[heading.at]
        return self.prose[end].line if end < len(self.prose) else float("inf")

    @cached_property
    def _ends(self) -> dict[int, int]:
        """Where each heading's section ends."""
        ends: dict[int, int] = {}
        still_open: list[Heading] = []
        for heading in self.headings:
            while still_open and still_open[-1].level >= heading.level:
                ends[still_open.pop().at] = heading.at
            still_open.append(heading)
        last = self.signed_at if self.signed_at is not None else len(self.prose)
        return ends | {heading.at: max(last, heading.at + 1) for heading in still_open}

    @cached_property
    def number(self) -> Paragraph | None:
        """The paragraph that is the document's own number, or begins with it."""
        return next((one for one in self.prose[:HEAD] if _own_number(one.text)), None)

    @cached_property
    def addressee(self) -> Paragraph | None:
        """The first paragraph of the head that ends in a colon, or names bodies and stands alone."""
        for one in self._head:
            if one.text[-1:] in "：:" and len(one.text) <= LONGEST_TITLE:
                return one
        return None

    @cached_property
    def _head(self) -> tuple[Paragraph, ...]:
        """The paragraphs before the first running text."""
        head = []
        for one in self.prose[:HEAD]:
            if "。" in one.text or _heading(0, one):
                break
            head.append(one)
        return tuple(head)

    @cached_property
    def title(self) -> tuple[Paragraph, ...]:
        """The paragraphs that make the title, mostly one; empty where none is to be seen."""
        lines: list[Paragraph] = []
        for one in self._head:
            if one is self.addressee:
                break
            if _own_number(one.text):
                lines = lines if any("关于" in line.text for line in lines) else []
            elif not FURNITURE.match(one.text) and not DATE_LINE.match(one.text):
                lines.append(one)
        while (
            len(lines) > 1 and ORGAN.match(lines[0].text) and any(TITLE.search(one.text) for one in lines[1:])
        ):
            if "关于" in "".join(one.text for one in lines[1:])[:2] and not self.number:
                break
            lines = lines[1:]
        return tuple(lines) if any(TITLE.search(one.text) for one in lines) else ()

    @property
    def title_text(self) -> str:
        return "".join(one.text for one in self.title)

    @cached_property
    def signed_at(self) -> int | None:
        """The place, among the prose, of the signature or of the date where there is none."""
        for at in range(len(self.prose) - 1, max(-1, len(self.prose) - 60), -1):
            if DATE_LINE.match(self.prose[at].text) and self.prose[at] not in self._head:
                before = self.prose[at - 1].text if at else ""
                return at - 1 if at and len(before) <= 40 and not re.search("[。；，]", before) else at
        return None

    @cached_property
    def date(self) -> Paragraph | None:
        """The date standing alone below the text."""
        if self.signed_at is None:
            return None
        return next(one for one in self.prose[self.signed_at :] if DATE_LINE.match(one.text))

    @cached_property
    def appraises(self) -> bool:
        """Whether it is about a year's performance management: indicators, nodes."""
        return "绩效" in self.text.body and re.search("指标|节点", self.text.body) is not None


def _own_number(text: str) -> bool:
    found = DOCUMENT_NUMBER.match(text)
    if not found or "。" in text:
        return False
    return len(SIGNER.sub("", text[found.end() :]).strip()) <= LONGEST_REST


def _heading(at: int, paragraph: Paragraph) -> Heading | None:
    if part := PART.match(paragraph.text):
        number = number_of(part[0].strip("第部分章篇"))
        return Heading(PART_LEVEL, number or 0, at, paragraph, part.end())
    if article := ARTICLE.match(paragraph.text):
        return Heading(ARTICLE_LEVEL, number_of(article[1]) or 0, at, paragraph, article.end())
    for level, pattern in enumerate(LEVELS, start=1):
        if found := pattern.match(paragraph.text):
            number = number_of(found[1])
            return None if number is None else Heading(level, number, at, paragraph, found.end())
    return None


def each_match(
    pattern: re.Pattern[str], paragraphs: tuple[Paragraph, ...]
) -> Iterator[tuple[Paragraph, re.Match[str]]]:
    """Every match in every paragraph."""
    for paragraph in paragraphs:
        for match in pattern.finditer(paragraph.text):
            yield paragraph, match
