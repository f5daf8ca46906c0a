"""Dates: how they are written, and whether there is such a day."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, INFO, WARNING
from nodes.proofreading.marks import DATE_LINE, HAN
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document, each_match

DAY = re.compile(r"(?:(?<!\d)(\d{4})\s?年\s?)?(?<!\d)(\d{1,2})\s?月(?:份)?\s?(\d{1,2})\s?日")
MONTH = re.compile(r"(?<!\d)(\d{4})\s?年\s?(\d{1,2})\s?月(?!\s?\d)")
LONGEST_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PADDED = re.compile(r"(?<!\d)\d{4}\s?年\s?0\d\s?月|(?<!\d)0[1-9]\s?月|月\s?0[1-9]\s?日")
SHORT_FORM = re.compile(
    r"(?<![\d.\-/])(?:19|20)\d\d([.\-/])\d{1,2}\1\d{1,2}(?![\d.\-/])|(?<![\d〇])[12]\d年(?=\d{1,2}月)"
)
SPAN = re.compile(
    r"(?<!\d)(\d{1,2})\s?月\s?(\d{1,2})\s?日?\s?(?:至|—|－|-|～|~|到)\s?(?:(\d{4})\s?年\s?)?(?:(\d{1,2})\s?月\s?)?(\d{1,2})\s?日"
)
COUNTED = (
    "年月日号项个人万亿元米名家亩吨件次批场份篇条户国公平余多台辆册套所处版级届款度天分秒斤里千百种类级位度"
)
NO_YEAR = re.compile(
    r"(?<![\d.\-—~～〔（(\[A-Za-z/号])(?<!\d至)(?<!年至)((?:19|20)\d{2})"
    rf"(?:\s?(?=\d{{1,2}}\s?月)|\s?(?=[{HAN}])(?!\s?[{COUNTED}])|(?=度(?!电))|(?=[，、]))"
)
EVENT = re.compile(
    rf"\d{{4}}\s?[{HAN}A-Za-z“”·—\s]{{0,24}}?(?:论坛|大会|峰会|博览会|展|节|赛|周|年会|研讨会|洽谈会|对接会|音乐会|马拉松|行动|会议)"
)
CHINESE_DATE = re.compile(
    r"[〇零○一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日$"
)


@rule(
    "impossible_date",
    ERROR,
    explanation=_("there is no such day"),
    remedy=_("look the date up and correct it"),
    wrong=(
        "会议于2月30日召开。",
        "2021年2月29日印发。",
        "6月31日完成。",
        "2021年13月印发。",
        "4 月 0 日开工。",
    ),
    right=("会议于2020年2月29日召开。", "2月29日发布。", "12 月 31 日前完成。", "1至12月30日均增长。"),
)
def impossible_date(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(DAY, document.paragraphs):
        year, month, day = (int(part) if part else 0 for part in match.groups())
        if not 1 <= month <= 12 or not 1 <= day <= _longest(year, month):
            yield Hit(paragraph, match.start(), match.end())
    for paragraph, match in each_match(MONTH, document.paragraphs):
        if not 1 <= int(match[2]) <= 12:
            yield Hit(paragraph, match.start(), match.end())


def _longest(year: int, month: int) -> int:
    return monthrange(year, month)[1] if year else LONGEST_MONTH[month - 1]


@rule(
    "padded_date",
    WARNING,
    explanation=_("a date is written with a leading zero"),
    remedy=_("write 2022年1月13日, without zeros in front (GB/T 9704-2012, 7.3.5)"),
    wrong=("2022年01月13日", "会议于03月5日召开。", "7月05日"),
    right=("2022年1月13日", "10月20日召开。", "编号001月报。"),
)
def padded_date(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(PADDED, document.paragraphs):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "date_form",
    WARNING,
    explanation=_("a date is not written with 年, 月 and 日, or its year is short"),
    remedy=_("write 2022年1月13日"),
    wrong=("会议于2021.3.5召开。", "于2021-03-05印发。", "21年5月完成。"),
    right=("会议于2021年3月5日召开。", "参见GB/T 9704-2012。", "近20年5次修订，共121年3月。"),
)
def date_form(document: Document) -> Iterator[Hit]:
    """In running text; in tables short forms are usual."""
    for paragraph, match in each_match(SHORT_FORM, document.prose):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "reversed_dates",
    WARNING,
    explanation=_("a period ends before it begins"),
    remedy=_("correct one of the two dates"),
    wrong=("7月30日至7月28日举办。", "4月29日至25日来访。"),
    right=("7月28日至7月30日举办。", "4月25日至29日来访。", "12月28日至2022年1月3日。"),
)
def reversed_dates(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(SPAN, document.paragraphs):
        month, day, year, until_month, until_day = match.groups()
        if not year and (int(until_month or month), int(until_day)) < (int(month), int(day)):
            yield Hit(paragraph, match.start(), match.end())


@rule(
    "missing_year_char",
    WARNING,
    explanation=_("after a year's number 年 is missing"),
    remedy=_("write 年 after the year"),
    wrong=(
        "11月13日，2021 江西省与韩国青少年线上交流活动举行，次年2021 年江西省与日本青少年交流。",
        "2021，我办高度重视。",
        "于2021 5月召开会议。",
        "2021度工作总结",
        "截至2021底，全部完成。",
    ),
    right=(
        "2021年，我办高度重视，完成2021年度任务。",
        "举办2021上合组织传统医学论坛。",
        "补助2000元，惠及2021人。",
        "〔2021〕5号文件。",
        "2019—2021年，投入1990万元。",
    ),
)
def missing_year_char(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(NO_YEAR, document.paragraphs):
        if match[1].startswith(("19", "20")) and not EVENT.match(paragraph.text, match.start()):
            yield Hit(paragraph, match.start(), match.end() + 2)


@rule(
    "chinese_date",
    WARNING,
    explanation=_("the date of issue is written in Chinese numerals"),
    remedy=_("write it in Arabic numerals (GB/T 9704-2012, 7.3.5)"),
    wrong=("此复。\n江西省教育厅\n二〇二二年一月十三日",),
    right=("此复。\n江西省教育厅\n2022年1月13日",),
)
def chinese_date(document: Document) -> Iterator[Hit]:
    for paragraph in document.prose[-30:]:
        if CHINESE_DATE.match(paragraph.text):
            yield Hit(paragraph, 0, len(paragraph.text))


@rule(
    "dates_overlap",
    INFO,
    explanation=_("the same days are reported for two events; check who was where"),
    remedy=_("compare the two reports"),
    wrong=("1. 甲论坛\n7月28日至7月30日，论坛举办，会期三天。\n2. 乙活动\n7月28日至7月30日，赴外地参访。",),
    right=("1. 甲论坛\n7月28日至7月30日，论坛举办。\n2. 乙活动\n8月1日至8月3日，参访。",),
)
def dates_overlap(document: Document) -> Iterator[Hit]:
    seen: dict[str, int] = {}
    for paragraph, match in each_match(SPAN, document.prose):
        span = re.sub(r"\s", "", match[0])
        if seen.setdefault(span, paragraph.line) != paragraph.line:
            message = gettext("the same days as in line %(line)d; check who was where") % {"line": seen[span]}
            yield Hit(paragraph, match.start(), match.end(), message)


@rule(
    "undated",
    INFO,
    explanation=_("the document has a signature but no date of issue below it"),
    remedy=_("write the date below the signature"),
    wrong=("关于报送总结的函\n省绩效办：\n现将总结报送如下，请审阅。\n江西省教育厅\n年月日",),
    right=(
        "关于报送总结的函\n省绩效办：\n现将总结报送如下，请审阅。\n江西省教育厅\n2022年1月13日",
        "工作已完成。",
    ),
)
def undated(document: Document) -> Iterator[Hit]:
    """Only where title and addressee show the text to be a whole document."""
    if document.title and document.addressee and not any(DATE_LINE.match(one.text) for one in document.prose):
        last = document.prose[-1]
        yield Hit(last, 0, len(last.text))
