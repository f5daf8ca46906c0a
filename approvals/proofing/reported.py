"""What a text reports of indicators and divisions, against the record and its statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.proofing.registry import rule
from approvals.summary.content import Content, Indicator
from nodes.proofreading.findings import ERROR, WARNING
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.registry import Hit
from nodes.proofreading.reports import Report, reports
from nodes.proofreading.rules.indicators import ranges
from nodes.proofreading.structure import Document
from nodes.proofreading.words import plain

# A figure that evidence should bear out: with a counter, or a share. Days are compared by their own rule.
FIGURE = re.compile(
    r"(?<![\d〔.第])(\d{1,9}(?:\.\d+)?)\s?(?:余)?\s?(万[元人次]?|亿元?|%|％|人次|人|名|个|批次|批|次|场|家|件|份|项|国|所|期|篇|条|户|辆|吨|公里)(?!级|月|三级指标|节点)"
)
MONTH_DAY = re.compile(r"(\d{1,2})\s?月\s?(\d{1,2})\s?日")
DONE_ON = re.compile(
    r"第\s?(\d{1,5})\s?项节点[^（）()。]{0,60}?时限[^，]{1,20}，(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日完成"
)


def _by_number(content: Content) -> dict[int, Indicator]:
    return {indicator.number: indicator for indicator in content.indicators}


def _place(document: Document) -> Paragraph | None:
    """Where what concerns the whole is told: where the indicators are counted, else at the beginning."""
    counted = (one for one in document.prose if re.search(r"三级指标\s?\d|\d\s?[项个]三级指标", one.text))
    return next(counted, next(iter(document.prose), None))


@rule(
    "record_indicators_missing",
    WARNING,
    explanation=_("indicators of the record are not reported"),
    remedy=_("report every indicator, or say why some are left out"),
    wrong=("三级指标3项。\n1. 第一项三级指标：召开联席会议\n6月16日召开。",),
    right=(
        "1. 第一、二、三项三级指标：召开联席会议；举办翻译竞赛；举办戏剧节\n6月召开联席会议。",
        "召开联席会议，举办翻译竞赛，举办戏剧节。",
    ),
)
def record_indicators_missing(document: Document, content: Content) -> Iterator[Hit]:
    """By ordinal where the text uses ordinals, else by title."""
    reported = {number for report in reports(document) for number in report.ordinals}
    body = "" if reported else plain(document.text.body)
    missing = [
        one.number
        for one in content.indicators
        if one.number not in reported and plain(one.title) not in body
    ]
    place = _place(document)
    if missing and place:
        facts = {"count": len(missing), "numbers": ranges(sorted(missing))}
        message = gettext("%(count)d indicators of the record are not reported: %(numbers)s") % facts
        yield Hit(place, 0, min(len(place.text), 40), message)


@rule(
    "record_divisions_missing",
    WARNING,
    explanation=_("divisions of the record are never named"),
    remedy=_("name every division that led nodes"),
    wrong=("秘书处按期完成各项节点。",),
    right=("秘书处、综合处按期完成各项节点。",),
)
def record_divisions_missing(document: Document, content: Content) -> Iterator[Hit]:
    body = "\n".join(one.text for one in document.paragraphs)
    missing = [one.name for one in content.divisions if one.name not in body]
    place = next((one for one in document.prose if "处室" in one.text), _place(document))
    if missing and place:
        message = gettext("never named: %(divisions)s") % {"divisions": "、".join(missing)}
        yield Hit(place, 0, min(len(place.text), 40), message)


@rule(
    "record_title",
    WARNING,
    explanation=_("an indicator's title differs from the one recorded"),
    remedy=_("take the title from the catalogue"),
    wrong=("1. 第二项三级指标：举办外事翻译大赛\n6月16日举办，120人参加。",),
    right=("1. 第二项三级指标：举办翻译竞赛\n6月16日举办，120人参加。",),
)
def record_title(document: Document, content: Content) -> Iterator[Hit]:
    recorded = _by_number(content)
    for report in reports(document):
        if len(report.titles) != len(report.ordinals):
            continue
        for number, title in zip(report.ordinals, report.titles, strict=True):
            known = recorded.get(number)
            if known and not _same(title.text, known.title):
                message = gettext("the catalogue calls indicator %(number)d “%(title)s”") % {
                    "number": number,
                    "title": known.title,
                }
                yield Hit(report.paragraph, title.start, title.end, message)


def _same(one: str, other: str) -> bool:
    """The heading's may lack the verb that it shares with the title before."""
    ours, theirs = plain(one), plain(other)
    return ours == theirs or (len(ours) >= len(theirs) - 3 and theirs.endswith(ours))


@rule(
    "record_numbers",
    WARNING,
    explanation=_("a figure that appears in no statement of the indicator's nodes"),
    remedy=_("compare with the evidence, and correct the figure or the statement"),
    wrong=("1. 第二项三级指标：举办翻译竞赛\n6月16日举办翻译竞赛，210人参加。",),
    right=("1. 第二项三级指标：举办翻译竞赛\n6月16日举办翻译竞赛，120 人参加。",),
)
def record_numbers(document: Document, content: Content) -> Iterator[Hit]:
    """Figures with a counter, in what is written below a heading, against statements and titles."""
    for report, known in _evidenced(document, content):
        figures = {_value(match[1]) for match in re.finditer(r"(\d{1,9}(?:\.\d+)?)", known)}
        for paragraph in report.paragraphs:
            for match in FIGURE.finditer(paragraph.text):
                if _value(match[1]) not in figures:
                    message = gettext("no statement of the indicator says %(figure)s") % {"figure": match[0]}
                    yield Hit(paragraph, match.start(), match.end(), message)


def _value(figure: str) -> str:
    return figure.rstrip("0").rstrip(".") if "." in figure else figure.lstrip("0") or "0"


def _evidenced(document: Document, content: Content) -> Iterator[tuple[Report, str]]:
    """Each report whose nodes have statements, with all that these say."""
    recorded = _by_number(content)
    for report in reports(document):
        nodes = [node for number in report.ordinals if number in recorded for node in recorded[number].nodes]
        if any(node.statement for node in nodes):
            yield (
                report,
                "\n".join(_said(node.number, node.title, node.statement, node.days_early) for node in nodes),
            )


def _said(number: int, title: str, statement: str, early: int | None) -> str:
    margin = "" if early is None else f"{abs(early)}天"
    return f"{number}项 {title} {statement} {margin}"


@rule(
    "record_day",
    WARNING,
    explanation=_("a day that appears in no statement or date of the indicator's nodes"),
    remedy=_("compare with the evidence, and correct the day or the statement"),
    wrong=("1. 第二项三级指标：举办翻译竞赛\n6月26日举办翻译竞赛，120人参加。",),
    right=("1. 第二项三级指标：举办翻译竞赛\n6月16日举办翻译竞赛，120人参加。",),
)
def record_day(document: Document, content: Content) -> Iterator[Hit]:
    recorded = _by_number(content)
    for report, known in _evidenced(document, content):
        nodes = [node for number in report.ordinals if number in recorded for node in recorded[number].nodes]
        days = {(int(one[1]), int(one[2])) for one in MONTH_DAY.finditer(known)}
        days |= {
            (int(one[1]), int(one[3]))
            for one in re.finditer(r"(\d{1,2})月(\d{1,2})日?[至—\-](\d{1,2})日", known)
        }
        days |= {
            _month_day(day)
            for node in nodes
            for day in (node.baseline, node.deadline, node.completed_on)
            if day
        }
        for paragraph in report.paragraphs:
            for match in MONTH_DAY.finditer(paragraph.text):
                if (int(match[1]), int(match[2])) not in days:
                    message = gettext("no statement of the indicator says %(figure)s") % {"figure": match[0]}
                    yield Hit(paragraph, match.start(), match.end(), message)


def _month_day(day: date) -> tuple[int, int]:
    return day.month, day.day


@rule(
    "record_completed_on",
    ERROR,
    explanation=_("a node's day of completion differs from the record"),
    remedy=_("take the day from the record"),
    wrong=("（第2项节点，综合处负责；时限2021年6月30日，2021年6月18日完成，提前12天。）",),
    right=("（第2项节点，综合处负责；时限2021年6月30日，2021年6月16日完成，提前14天。）",),
)
def record_completed_on(document: Document, content: Content) -> Iterator[Hit]:
    days = {node.number: node.completed_on for node in content.nodes}
    for paragraph in document.prose:
        for match in DONE_ON.finditer(paragraph.text):
            number, *stated = (int(part) for part in match.groups())
            known = days.get(number)
            if known and [known.year, known.month, known.day] != stated:
                message = gettext("the record says %(day)s") % {"day": known.isoformat()}
                yield Hit(paragraph, match.start(), match.end(), message)


@rule(
    "record_prefix",
    WARNING,
    explanation=_("the document number does not begin as the office's do"),
    remedy=_("compare with the office's settings"),
    wrong=("赣外办字〔2022〕1号\n省外办年度工作总结\n省绩效办：\n现报告如下。",),
    right=("赣外办函〔2022〕1号\n省外办年度工作总结\n省绩效办：\n现报告如下。",),
)
def record_prefix(document: Document, content: Content) -> Iterator[Hit]:
    number = document.number
    if number and content.prefix and not number.text.startswith(content.prefix):
        yield Hit(number, 0, len(number.text))
