"""The patterns by which parts of an official document are told, shared by reading and by rules."""

from __future__ import annotations

import re

HAN = r"\u3400-\u9fff"
NUMERAL = r"[一二三四五六七八九十百零〇]{1,6}"
COUNT = r"(?!(?:19|20)\d\d)\d{1,4}"
PART = re.compile(rf"第{NUMERAL}(?:部分|章|篇)(?![{HAN}]*[，。])")
ARTICLE = re.compile(rf"第({NUMERAL})条(?=\s)")
# 一、二季度 and 三、四级 are no headings.
COUNTED_TOGETHER = r"(?![二三四五六七八九十]{1,2}(?:[季级月类产线次批期等项个名年是]|中队))"
LEVELS = (
    re.compile(rf"({NUMERAL})\s?[、.．]{COUNTED_TOGETHER}"),
    re.compile(rf"[（(]\s?({NUMERAL})\s?[）)]"),
    re.compile(rf"({COUNT})\s?[.．、](?!\d)"),
    re.compile(r"[（(]\s?(\d{1,3})\s?[）)]"),
    re.compile(r"(\d{1,3})[）)](?=\s?\S)"),
    re.compile(r"([①-⑳])"),
)
NUMBERING = re.compile(
    rf"(?:{NUMERAL}\s?[、.．]|[（(]\s?{NUMERAL}\s?[）)]|{COUNT}\s?[.．、](?!\d)|\d{{1,3}}[)）]|[（(]\s?\d{{1,3}}\s?[）)]"
    rf"|[①-⑳]|第{NUMERAL}(?:部分|章|篇)|第{NUMERAL}条\s)"
)
DATE = r"(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?日"
FULL_DATE = r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日"
DATE_LINE = re.compile(
    rf"[（(]?(?:{FULL_DATE}|[〇零○一二三四五六七八九十]{{4}}年[一二三四五六七八九十]{{1,3}}月[一二三四五六七八九十]{{1,3}}日)[）)]?$"
)
PAGE_NUMBER = re.compile(
    r"(?:[—\-–－]\s*\d{1,4}\s*[—\-–－]|第\s*\d{1,4}\s*页(?:\s*共\s*\d{1,4}\s*页)?|\d{1,4}\s*/\s*\d{1,4})$"
)
DOCUMENT_NUMBER = re.compile(
    rf"[{HAN}]{{1,12}}\s?[〔\[［【（(〈]\s?\d{{4}}\s?[〕\]］】）)〉]\s?第?\s?(?:\d{{1,5}}|\s{{0,6}})\s?号"
)
KINDS = (
    "决议",
    "决定",
    "命令",
    "令",
    "公报",
    "公告",
    "通告",
    "意见",
    "通知",
    "通报",
    "报告",
    "请示",
    "批复",
    "议案",
    "函",
    "纪要",
)

DIGITS = {name: value for value, name in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
PLACES = {"十": 10, "百": 100, "千": 1000}


def number_of(text: str) -> int | None:
    """What a Chinese or Arabic numeral below ten thousand says, None where it says nothing."""
    text = text.strip()
    if text.isdecimal():
        return int(text)
    if len(text) == 1 and "①" <= text <= "⑳":
        return ord(text) - ord("①") + 1
    if not text or any(mark not in DIGITS and mark not in PLACES for mark in text):
        return None
    return _chinese(text)


def _chinese(text: str) -> int:
    total, digit = 0, 0
    for mark in text:
        if mark in PLACES:
            total += (digit or 1) * PLACES[mark]
            digit = 0
        else:
            digit = DIGITS[mark]
    return total + digit


def numeral(value: int) -> str:
    """A number below a hundred in Chinese."""
    tens, ones = divmod(value, 10)
    digits = "零一二三四五六七八九"
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")
