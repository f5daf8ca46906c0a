"""Names: whether a document, an activity or a system is called the same in a heading and in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import INFO, WARNING
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.reports import Report, Title, reports
from nodes.proofreading.structure import Document, each_match
from nodes.proofreading.words import likeness, plain, shared

NAME = re.compile(r"《([^《》]{2,80})》|“([^“”《》]{2,40})”")
DOCUMENT = re.compile(r"《([^《》]{4,80})》")
ALIKE, CONTAINED = 0.6, 0.8
SAME_BUT = 0.85  # two titles of documents so alike are one, misspelt
NUMBERS = re.compile(r"[\d一二三四五六七八九十年]")
LOOKED_AT, MOST_NAMES = 60, 600  # titles before, with which one is compared; titles in all
# Slogans that headings quote and nobody has to repeat.
SLOGANS = re.compile(
    r"一带一路|十[三四五]五|三个一批|放管服|两个维护|四个意识|六[稳保]|互联网\+|双减|最多跑一次"
)
FAMILIES = (
    "系统|平台",
    "图片展|巡回展|展览|巡展|影展|画展|书画展",
    "论坛",
    "理事会",
    "博览会",
    "研讨会",
    "对接会",
    "培训班",
    "示范基地|基地",
    "艺术节|文化节|音乐节",
)
LEADING = re.compile(
    r"^(?:召开|举办|举行|组织|参加|开展|制定|做好|办理|落实|推动|推进|加强|提升|优化|规范|完善|建立|成立|建设|维护|配合|参与|承办|举办好|进一步|20\d\d年?|[一二两三四五六七八九十\d]+[次场期届个])+"
)
CLAUSE = re.compile(r"[，。；、：！？“”《》（）\n]")
WINDOW = 30  # characters before a head noun in which a name can begin


@dataclass(frozen=True)
class Other:
    """What a name is called in the text; `abbreviated` when only characters were added or left out."""

    name: str
    score: float
    abbreviated: bool = False


@rule(
    "title_mismatch",
    WARNING,
    explanation=_("a name in the heading differs from the one in its text"),
    remedy=_("find out the right name and use it in both places"),
    wrong=(
        "1. 第一项三级指标：编制《江西省友城发展规划》\n编制出台《江西省国际友城发展规划》。",
        "1. 第一项三级指标：举办海伦斯诺基金会图片展\n7月，成功举办海伦·福斯特·斯诺纪念图片巡回展。",
        "1. 第一项三级指标：提升外事综合服务管理系统功能\n用好外事综合服务管理平台。",
        "1. 第一项三级指标：承办首期“红色课堂”\n承办首期“外事红色教育课堂”。",
    ),
    right=(
        "1. 第一项三级指标：编制《江西省友城发展“十四五”规划》\n6月印发《江西省友城发展“十四五”规划》。",
        "1. 第一项三级指标：举办传统医学论坛\n7月，传统医学论坛在南昌举办。",
        "1. 第一项三级指标：编制《友城发展规划》\n已印发《2021年工作要点》。",
    ),
)
def title_mismatch(document: Document) -> Iterator[Hit]:
    for one in document.once(_differing):
        if one.other and not one.other.abbreviated:
            yield _told(one, one.other)


@rule(
    "name_absent",
    WARNING,
    explanation=_("a name in the heading does not appear in its text"),
    remedy=_("name it in the text as the heading does"),
    wrong=("1. 第一项三级指标：举办“Talk and Show江西”活动\n制作并发布6个短视频。",),
    right=("1. 第一项三级指标：举办“Talk and Show江西”活动\n“Talk and Show江西”短视频发布。",),
)
def name_absent(document: Document) -> Iterator[Hit]:
    for one in document.once(_differing):
        if one.other is None and one.report.body and not SLOGANS.search(one.name):
            message = gettext("“%(name)s” does not appear in the text") % {"name": one.name.strip("《》“”")}
            yield Hit(one.report.paragraph, one.start, one.start + len(one.name), message)


@rule(
    "name_abbreviated",
    INFO,
    explanation=_("a name is here short and there in full"),
    remedy=_("use the full name first, with the short one in brackets"),
    wrong=("1. 第一项三级指标：召开省友协第十一届理事会\n江西省友好协会第十一届理事会会议召开。",),
    right=("1. 第一项三级指标：召开省友协第十一届理事会\n省友协第十一届理事会召开。",),
)
def name_abbreviated(document: Document) -> Iterator[Hit]:
    for one in document.once(_differing):
        if one.other and one.other.abbreviated:
            yield _told(one, one.other)


def _told(one: Differing, other: Other) -> Hit:
    message = gettext("the heading says %(name)s, the text %(other)s") % {
        "name": one.name,
        "other": other.name,
    }
    return Hit(one.report.paragraph, one.start, one.start + len(one.name), message)


@dataclass(frozen=True)
class Differing:
    """A name in a heading that its text does not repeat; `other` is what it is called there, if anything."""

    report: Report
    start: int
    name: str
    other: Other | None


def _differing(document: Document) -> list[Differing]:
    return [
        one for report in reports(document) for title in report.titles for one in _not_echoed(report, title)
    ]


def _not_echoed(report: Report, title: Title) -> Iterator[Differing]:
    body = plain(report.body)
    names = list(NAME.finditer(title.text))
    for match in names:
        if plain(match[0]) not in body:
            nearest = _nearest(match[0], report.body)
            yield Differing(report, title.start + match.start(), match[0], nearest)
    if not names and (found := _activity(title.text)):
        start, name, family = found
        if plain(name) not in body and (other := _called(name, family, report.body)):
            yield Differing(report, title.start + start, name, other)


def _nearest(name: str, body: str) -> Other | None:
    """The name of the same sort in the text that is most like this one."""
    ours = plain(name)
    others = {match[0] for match in NAME.finditer(body) if match[0][0] == name[0]}
    scored = [Other(other, likeness(ours, plain(other))) for other in others if _alike(ours, plain(other))]
    return max(scored, key=lambda one: (one.score, one.name), default=None)


def _alike(one: str, other: str) -> bool:
    common = shared(one, other)
    return common >= 3 and (2 * common >= ALIKE * (len(one) + len(other)) or common >= CONTAINED * len(one))


def _activity(title: str) -> tuple[int, str, str] | None:
    """The event or system that a title is about: where it begins, its name, the family of its head noun."""
    lead = LEADING.match(title)
    start = lead.end() if lead else 0
    for family in FAMILIES:
        if found := re.search(rf"^.{{3,40}}?(?:{family})", title[start:]):
            return start, found[0], family
    return None


def _called(name: str, family: str, body: str) -> Other | None:
    ours = plain(name)
    found = []
    for match in re.finditer(family, body):
        window = CLAUSE.split(body[max(0, match.start() - WINDOW) : match.end()])[-1]
        common = shared(ours, window)
        if common >= 0.65 * len(ours):
            called = _trimmed(ours, window)
            found.append(Other(called, likeness(ours, plain(called)), abbreviated=common == len(ours)))
    return max(found, key=lambda one: one.score, default=None)


def _trimmed(name: str, window: str) -> str:
    """The window from where dropping one more character would cost the name one."""
    most = shared(name, window)
    while len(window) > 1 and shared(name, window[1:]) == most:
        window = window[1:]
    return window


@rule(
    "quotes_dropped",
    INFO,
    explanation=_("quotation marks stand here and not there"),
    remedy=_("quote the name in both places or in neither"),
    wrong=("1. 第一项三级指标：配合“红色教育年”活动\n认真落实红色教育年活动要求。",),
    right=("1. 第一项三级指标：配合“红色教育年”活动\n认真落实“红色教育年”活动要求。",),
)
def quotes_dropped(document: Document) -> Iterator[Hit]:
    for report in reports(document):
        for title in report.titles:
            for match in re.finditer(r"“([^“”]{2,40})”", title.text):
                if match[1] in report.body and match[0] not in report.body:
                    yield Hit(report.paragraph, title.start + match.start(), title.start + match.end())


@rule(
    "word_order",
    INFO,
    explanation=_("the same words stand in another order in the text"),
    remedy=_("use one order"),
    wrong=("1. 第一项三级指标：开展留学生田野实践调查\n北京大学留学生来赣开展田野调查实践。",),
    right=("1. 第一项三级指标：开展留学生田野实践调查\n留学生开展田野实践调查。",),
)
def word_order(document: Document) -> Iterator[Hit]:
    """Two words of two characters that change places before or after the same two characters."""
    for report in reports(document):
        body = {report.body[at : at + 6] for at in range(len(report.body) - 5)}
        for title in report.titles:
            for at in range(len(title.text) - 5):
                window = title.text[at : at + 6]
                if window not in body and body & _turned(window):
                    yield Hit(report.paragraph, title.start + at, title.start + at + 6)
                    break


def _turned(six: str) -> set[str]:
    a, b, c = six[:2], six[2:4], six[4:]
    return {a + c + b} - {six} | {b + a + c} - {six}


@rule(
    "document_name_varies",
    WARNING,
    explanation=_("a document's title is written in two ways"),
    remedy=_("find out the right title and use it throughout"),
    wrong=("印发《全省基础教育质量提升行动方案》。按照《全省基础教育质量提升计划方案》要求，抓好落实。",),
    right=(
        "印发《全省基础教育质量提升方案》。按照《全省基础教育质量提升方案》要求抓好落实。",
        "印发《2020年工作要点》《2021年工作要点》。",
        "修订《出国管理办法》《出境管理办法》。",
    ),
)
def document_name_varies(document: Document) -> Iterator[Hit]:
    """Titles nearly alike, of eight characters at least, which differ in more than numbers."""
    first: dict[str, tuple[str, Paragraph, str]] = {}
    headed = {id(report.paragraph) for report in reports(document)}
    for paragraph, match in each_match(DOCUMENT, document.prose):
        name = plain(match[1])
        if len(name) < 8 or name in first or id(paragraph) in headed:
            continue
        if len(first) >= MOST_NAMES:
            return
        core = NUMBERS.sub("", name)
        for known, (known_core, where, written) in list(first.items())[-LOOKED_AT:]:
            if (
                core != known_core
                and _misspelt(name, known)
                and not _listed_together(where, written, match[0])
            ):
                facts = {"name": match[1], "other": written[1:-1]}
                yield Hit(
                    paragraph,
                    match.start(),
                    match.end(),
                    gettext("here “%(name)s”, elsewhere “%(other)s”") % facts,
                )
                break
        first[name] = (core, paragraph, match[0])


def _misspelt(one: str, other: str) -> bool:
    return abs(len(one) - len(other)) <= 4 and likeness(one, other) >= SAME_BUT


def _listed_together(paragraph: Paragraph, one: str, other: str) -> bool:
    """Whether two titles are named side by side, so that they must be two."""
    return any(f"{one}{mark}{other}" in paragraph.text for mark in ("", "、", "和", "及", "与"))
