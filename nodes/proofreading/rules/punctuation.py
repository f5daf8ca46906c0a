"""Punctuation: doubled marks, half-width marks beside Chinese, marks without their counterpart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, INFO, WARNING
from nodes.proofreading.marks import HAN
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document, each_match

DOUBLED = re.compile(
    r"([。，、；：！？])\s?\1{1,60}|(?<=[，。；：、])[，。；：、]|[。，、；：]\s[。，、；：]"
    rf"|“{{2,60}}|”{{2,60}}|(?<=[{HAN}])([,;:])\2{{1,60}}|(?<=[{HAN}])\.\.(?!\.)"
)
COLON = re.compile(rf"(?<=[{HAN}）”]):")
HALF_STOP = re.compile(
    rf"(?<=[{HAN}）”》%％])(?:[;?!](?=[{HAN}“《（\s\d]|$)|\.(?=[{HAN}“《（]|$))|(?<=[{HAN}）”])\.(?=\d)"
)
COMMA = re.compile(rf"(?<=[{HAN}）”》]),|,(?=[{HAN}“《（])")
ROUND = re.compile(
    rf"\((?=\s?[{HAN}])|(?<=[{HAN}])\((?=\s?\d)|^\((?=\d{{1,2}}\s?[）)])|（[^（）()]{{0,40}}\)|(?<=[{HAN}。])\)"
)
STRAIGHT = re.compile(rf"\"(?=[{HAN}])[^\"\n]{{1,60}}\"")
BETWEEN_TITLES = re.compile(r"》、《")
TITLES_TOUCH = re.compile(r"》《")
PAIRS = {"》": "《", "”": "“", "）": "（", "〕": "〔", "】": "【", "」": "「"}
ALIKE = str.maketrans("()", "（）")
COMMA_FOR_STOP = re.compile(rf"[{HAN}]{{2}}，(?=\d{{1,2}}\s?月\s?\d{{1,2}}\s?日，)")
LONG_CLAUSES = 3
FARTHEST = 200  # characters between a bracket and its partner


@rule(
    "doubled_mark",
    ERROR,
    explanation=_("a doubled punctuation mark"),
    remedy=_("keep one of the marks"),
    wrong=(
        "以人民为中心的发展思想。。坚决落实部署。",
        "会议纪要，，签到表已归档。",
        "工作完成，。",
        "““双减”工作",
        "分类施策；，稳步推进。",
    ),
    right=("他说：“好。”，随后离开。", "持续推进……成效明显。", "真的吗？！", "见图1.2。"),
)
def doubled_mark(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(DOUBLED, document.paragraphs):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "half_width_colon",
    WARNING,
    explanation=_("a half-width colon beside Chinese"),
    remedy=_("use the full-width colon “：”"),
    wrong=("省绩效办:", "原因:受疫情影响。"),
    right=("省绩效办：", "会议于9:30开始，比分3:2。"),
)
def half_width_colon(document: Document) -> Iterator[Hit]:
    """GB/T 9704-2012, 7.3.2 for the addressee; GB/T 15834 for the text."""
    for paragraph, match in each_match(COLON, document.paragraphs):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "half_width_parens",
    WARNING,
    explanation=_("half-width brackets beside Chinese"),
    remedy=_("use the full-width brackets “（）”"),
    wrong=(
        "(1) 完善机制",
        "自评(3月1日至31日）。",
        "规范审批（一式2份)。",
        "(一) 职能职责方面",
        "因公出国(境)管理规范。",
        "会议(第三次）召开。",
    ),
    right=("（一）职能职责方面", "因公出国（境）管理规范。", "亚太经合组织（APEC）会议。", "函数f(2)的值"),
)
def half_width_parens(document: Document) -> Iterator[Hit]:
    """One finding for each pair: at the opening one, or at a closing one that has no half-width partner."""
    for paragraph in document.paragraphs:
        partner = -1
        for match in ROUND.finditer(paragraph.text):
            if match.start() > partner:
                partner = paragraph.text.find(")", match.start(), match.start() + FARTHEST)
                yield Hit(paragraph, match.start(), match.end())


@rule(
    "half_width_stop",
    WARNING,
    explanation=_("a half-width mark at the end of a Chinese clause"),
    remedy=_("use the full-width mark"),
    wrong=(
        "占比为35%.下一步继续推进。",
        "工作已完成.下一步继续推进。",
        "一是抓落实;二是抓督查。",
        "成效明显!",
    ),
    right=("工作已完成。", "增长3.5%，版本V2.1;", "参见GB/T 9704-2012."),
)
def half_width_stop(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(HALF_STOP, document.paragraphs):
        if match.start() > 3 or match[0] != ".":
            yield Hit(paragraph, match.start(), match.end())


@rule(
    "half_width_comma",
    INFO,
    explanation=_("half-width commas beside Chinese"),
    remedy=_("use the full-width comma “，”"),
    wrong=("2021年,我办高度重视,精心谋划。",),
    right=("总额1,200万元，增长3%。", "APEC, ASEAN和上合组织。"),
)
def half_width_comma(document: Document) -> Iterator[Hit]:
    """One finding a paragraph, with how many there are."""
    for paragraph in document.paragraphs:
        found = list(COMMA.finditer(paragraph.text))
        if found:
            message = gettext("half-width commas beside Chinese: %(count)d") % {"count": len(found)}
            yield Hit(paragraph, found[0].start(), found[0].end(), message)


@rule(
    "straight_quotes",
    WARNING,
    explanation=_("straight quotation marks around Chinese"),
    remedy=_("use “ and ”"),
    wrong=('推进"放管服"改革。',),
    right=("推进“放管服”改革。", 'The "Belt and Road" 倡议。'),
)
def straight_quotes(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(STRAIGHT, document.paragraphs):
        yield Hit(paragraph, match.start(), match.end())


@rule(
    "unpaired_mark",
    WARNING,
    explanation=_("a bracket or quotation mark without its counterpart"),
    remedy=_("add the missing mark"),
    wrong=("印发《工作方案，并组织实施。", "推进放管服”改革。", "会议（第三次召开。"),
    right=("印发《工作方案》，推进“放管服”改革。", "1）抓落实。", "（会议（第三次）召开。）"),
)
def unpaired_mark(document: Document) -> Iterator[Hit]:
    """A title may be set over several lines, and is left out."""
    title = {id(line) for line in document.title}
    for paragraph in document.paragraphs:
        if id(paragraph) not in title:
            yield from _unpaired(paragraph)


def _unpaired(paragraph: Paragraph) -> Iterator[Hit]:
    still_open: list[tuple[str, int]] = []
    for at, mark in enumerate(paragraph.text.translate(ALIKE)):
        if mark in PAIRS.values():
            still_open.append((mark, at))
        elif mark not in PAIRS:
            continue
        elif still_open and still_open[-1][0] == PAIRS[mark]:
            still_open.pop()
        elif at > 3:  # 1） numbers a paragraph
            yield Hit(paragraph, at, at + 1)
            return
    if still_open:
        yield Hit(paragraph, still_open[0][1], still_open[0][1] + 1)


@rule(
    "titles_listed_unevenly",
    INFO,
    explanation=_("titles are listed here with and there without “、” between them"),
    remedy=_("leave the “、” out between titles in 《》 throughout (GB/T 15834)"),
    wrong=("印发《甲方案》、《乙方案》，修订《丙办法》《丁办法》。",),
    right=("印发《甲方案》《乙方案》《丙办法》。", "印发《甲方案》、《乙方案》。"),
)
def titles_listed_unevenly(document: Document) -> Iterator[Hit]:
    if next(each_match(TITLES_TOUCH, document.prose), None):
        for paragraph, match in each_match(BETWEEN_TITLES, document.prose):
            yield Hit(paragraph, match.start(), match.end())


@rule(
    "comma_for_stop",
    INFO,
    explanation=_("a new sentence begins with a date after a comma"),
    remedy=_("end the sentence before the date with a full stop"),
    wrong=("深化对外合作交流，以友城合作为纽带，进一步夯实双边关系民意基础，7 月 12 日，我省举行签字仪式。",),
    right=("进一步夯实民意基础。7月12日，我省举行签字仪式。", "会议开幕，7月12日，双方签约。"),
)
def comma_for_stop(document: Document) -> Iterator[Hit]:
    for paragraph, match in each_match(COMMA_FOR_STOP, document.prose):
        sentence = paragraph.text[max(0, match.start() - 200) : match.end()].rpartition("。")[2]
        if sentence.count("，") >= LONG_CLAUSES and not re.search(r"\d\s?[月日年]", sentence):
            yield Hit(paragraph, match.start(), match.end())
