"""Headings: their order, their numbers' form, and the steps counted within a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, INFO, WARNING
from nodes.proofreading.marks import HAN, number_of, numeral
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import ARTICLE_LEVEL, PART_LEVEL, Document, Heading

SHOWN = 14  # characters of a heading after its number
DOUBLE_NUMBERING = re.compile(
    rf"[（(]\s?[一二三四五六七八九十]{{1,4}}\s?[）)]\s?[、，.．]|[一二三四五六七八九十]{{1,4}}(?:\s[、]|[.．](?=[{HAN}]))|[（(]\d{{1,2}}[）)][、.．]"
)
STEP = re.compile(r"(?<![之第同统万任唯])([一二三四五六七八九十])(?:是|要)(?=[^否])")


@rule(
    "heading_sequence",
    ERROR,
    explanation=_("a heading's number is repeated, left out or out of order"),
    remedy=_("number the headings of a level one after the other"),
    wrong=(
        "12. 第二十五项\n已完成。\n13. 第二十六项\n已完成。\n13. 第二十九项\n已完成。",
        "1. 甲\n2. 乙\n3. 丙\n3. 丁",
        "一、基本情况\n三、存在问题",
        "一、情况\n（一）甲\n（三）乙\n二、问题",
        "二、基本情况\n三、问题",
    ),
    right=(
        "一、情况\n（一）甲\n（二）乙\n二、问题\n（一）丙\n（二）丁",
        "一、情况\n（一）甲\n1. 子\n2. 丑\n（二）乙\n3. 寅\n4. 卯",
        "第一部分 总结\n一、甲\n二、乙\n第二部分 计划\n一、丙\n二、丁",
        "第五条 职责：\n（一）甲；\n（二）乙；\n第八条 情形：\n（一）丙；\n第九条 附则。",
        "1. 甲\n1）子\n2）丑\n2. 乙\n1）寅\n2）卯",
        "一、二季度，我局完成投资5亿元。\n三、四级单位同步推进。",
        "目录\n一、甲\n二、乙\n正文\n一、甲\n内容。\n二、乙\n内容。",
    ),
)
def heading_sequence(document: Document) -> Iterator[Hit]:
    """Each level counts up from one under its own heading above; a level may also run on across those.

    Articles (第五条) are often quoted one by one, and need not be in order.
    """
    order = _Order()
    after = _next_siblings(document.headings)
    for heading in document.headings:
        if order.begins_again(document, heading, after.get(heading.at)):
            order.restart(heading)
        elif heading.level != ARTICLE_LEVEL and (problem := order.problem(heading)):
            end = min(len(heading.paragraph.text), heading.prefix + SHOWN)
            yield Hit(heading.paragraph, 0, end, problem)
        order.note(heading)


def _next_siblings(headings: tuple[Heading, ...]) -> dict[int, Heading]:
    """For each heading's place the next of its level under the same heading above."""
    after: dict[int, Heading] = {}
    last: dict[int, Heading] = {}
    for heading in headings:
        last = {level: one for level, one in last.items() if level <= heading.level}
        if heading.level in last:
            after[last[heading.level].at] = heading
        last[heading.level] = heading
    return after


class _Order:
    """The number reached on every level, and which levels have begun anew."""

    def __init__(self) -> None:
        self.reached: dict[int, Heading] = {}
        self.fresh: set[int] = set()
        self.highest: dict[int, int] = {}

    def note(self, heading: Heading) -> None:
        for level in list(self.reached):
            if level > heading.level:
                self.fresh.add(level)
        self.fresh.discard(heading.level)
        self.reached[heading.level] = heading
        self.highest[heading.level] = max(self.highest.get(heading.level, 0), heading.number)

    def restart(self, heading: Heading) -> None:
        self.highest[heading.level] = 0
        self.fresh |= {level for level in self.reached if level >= heading.level}

    def begins_again(self, document: Document, heading: Heading, following: Heading | None) -> bool:
        """A list of several may be followed by another that counts from one; so may what an annex holds."""
        before = self.reached.get(heading.level)
        if heading.number != 1 or before is None or heading.level in self.fresh:
            return False
        if _annex_between(document, before, heading):
            return True
        return self.highest.get(heading.level, 0) > 1 and following is not None and following.number == 2

    def problem(self, heading: Heading) -> str:
        """What is wrong with a heading's number, the empty text where nothing is."""
        expected = self.highest.get(heading.level, 0) + 1
        if heading.level in self.fresh or heading.level not in self.reached:
            if heading.number in (1, expected):
                if heading.number == 1:
                    self.highest[heading.level] = 0
                return ""
            self.highest[heading.level] = 0
            return _missing(1, heading)
        if heading.number == expected:
            return ""
        if heading.number == expected - 1:
            return gettext("the number %(number)s is used twice; it should be %(expected)s") % _numbers(
                heading, expected
            )
        if heading.number < expected:
            return gettext("the number %(number)s is out of order; it should be %(expected)s") % _numbers(
                heading, expected
            )
        return _missing(expected, heading)


def _missing(expected: int, heading: Heading) -> str:
    return gettext("the number %(expected)s is left out before %(number)s") % _numbers(heading, expected)


def _numbers(heading: Heading, expected: int) -> dict[str, str]:
    return {
        "number": _as_written(heading.level, heading.number),
        "expected": _as_written(heading.level, expected),
    }


def _as_written(level: int, number: int) -> str:
    chinese = numeral(number) if number < 100 else str(number)
    forms = {PART_LEVEL: chinese, 1: chinese, 2: f"（{chinese}）", 4: f"（{number}）"}
    return forms.get(level, str(number))


def _annex_between(document: Document, before: Heading, heading: Heading) -> bool:
    between = document.prose[before.at + 1 : heading.at]
    return any(re.match(r"附件\s?\d*[:：]?", one.text) for one in between)


@rule(
    "heading_form",
    WARNING,
    explanation=_("after a heading's number stands the wrong mark"),
    remedy=_("write 一、 （一） 1. （1）"),
    wrong=("（一）、职能职责方面", "一.基本情况"),
    right=("一、基本情况", "（一）职能职责方面", "1. 第一项", "（1）第一点"),
)
def heading_form(document: Document) -> Iterator[Hit]:
    """GB/T 9704-2012, 7.3.3."""
    for heading in document.headings:
        if found := DOUBLE_NUMBERING.match(heading.paragraph.text):
            yield Hit(heading.paragraph, 0, found.end() + SHOWN)


@rule(
    "steps_sequence",
    WARNING,
    explanation=_("the steps counted in the sentence are not in order"),
    remedy=_("count 一是、二是、三是 without gaps"),
    wrong=("存在的问题：一是格式不统一；三是时限不科学。", "一是抓学习；二是抓落实；二是抓督查。"),
    right=(
        "一是格式不统一；二是时限不科学。",
        "一是抓学习；二是抓落实。下一步，一是强化督查；二是压实责任。",
        "这一是非问题已解决。",
    ),
)
def steps_sequence(document: Document) -> Iterator[Hit]:
    for paragraph in document.prose:
        reached = 0
        for match in STEP.finditer(paragraph.text):
            number = number_of(match[1]) or 0
            if number == 1:
                reached = 1
            elif reached and number != reached + 1:
                yield Hit(paragraph, match.start(), match.end())
                reached = number
            elif reached:
                reached = number


@rule(
    "heading_style",
    INFO,
    explanation=_("headings of one level are here bold and there not"),
    remedy=_("give all headings of a level one style"),
    wrong=("**1. 甲**\n\n正文。\n\n**2. 乙**\n\n正文。\n\n3. 丙\n\n正文。",),
    right=("**1. 甲**\n\n正文。\n\n**2. 乙**", "1. 甲\n\n2. 乙"),
)
def heading_style(document: Document) -> Iterator[Hit]:
    for level in range(1, 5):
        ours = [one for one in document.headings if one.level == level]
        bold = [one for one in ours if one.paragraph.bold]
        if bold and len(bold) < len(ours):
            odd = next(one for one in ours if one.paragraph.bold != ours[0].paragraph.bold)
            yield Hit(odd.paragraph, 0, odd.prefix + SHOWN)


@rule(
    "cut_by_page",
    INFO,
    explanation=_("a page break cuts the sentence; it was read as one"),
    remedy=_("take the line break out"),
    wrong=("以上相关材料已经上级领导同意，并\n\n上传至系统，手续齐全。",),
    right=("以上材料已经上级同意。\n\n手续齐全，并上传至系统。", "一、基本情况\n\n现报告如下，请审阅。"),
)
def cut_by_page(document: Document) -> Iterator[Hit]:
    for paragraph in document.paragraphs:
        for at in paragraph.breaks:
            yield Hit(paragraph, at, at)
