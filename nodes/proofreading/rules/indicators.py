"""Indicators: whether each is reported, once, and with what its title promises."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import WARNING
from nodes.proofreading.marks import number_of
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.reports import Report, Title, reports
from nodes.proofreading.structure import Document, each_match
from nodes.proofreading.words import mentioned_share, mentions, pairs_in, telling_parts

ANNOUNCED = re.compile(r"三级指标\s?(?:共|共计|合计)?\s?(\d{1,4})\s?[项个]|(\d{1,4})\s?[项个]三级指标")
PROMISED = re.compile(
    r"(?<![第一二两三四五六七八九十百\d.])([一二两三四五六七八九十]{1,2}|\d{1,4})\s?(场次|批次|次|场|批|期|轮|篇)(?![重大级以])"
)
DAY = re.compile(r"\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?")
UNREPORTED = 0.2  # of a title's pairs of characters
NAMED = re.compile(r"《[^《》]{1,80}》|“[^“”]{1,40}”")
# What a title promises to do, and a text about anything else would not say.
ACTS = re.compile("培训|授牌|评估|预警|零增长|验收|审计|公示|竞赛|展览|调研|督查|巡讲|演练")
LONG_PART = 4  # characters of a part that can be missed


@rule(
    "coverage",
    WARNING,
    explanation=_("the number of indicators announced is not the number reported"),
    remedy=_("report every indicator, or say why some are left out"),
    wrong=("三级指标3项。\n二、情况\n1. 第一、二项三级指标：甲；乙\n已于6月完成。",),
    right=(
        "三级指标3项。\n二、情况\n1. 第一、二项三级指标：甲；乙\n已完成。\n2. 第三项三级指标：丙\n已完成。",
        "共71项三级指标，按季度督查。",
    ),
)
def coverage(document: Document) -> Iterator[Hit]:
    """Only where the text reports by ordinal (第…项三级指标)."""
    reported = {number for report in reports(document) for number in report.ordinals}
    if not reported:
        return
    for paragraph, match in each_match(ANNOUNCED, document.prose):
        announced = int(match[1] or match[2])
        missing = sorted(set(range(1, min(announced, 5000) + 1)) - reported)
        if announced != len(reported):
            yield Hit(paragraph, match.start(), match.end(), _coverage(announced, len(reported), missing))


def _coverage(announced: int, reported: int, missing: list[int]) -> str:
    facts = {"announced": announced, "reported": reported, "missing": ranges(missing)}
    if not missing:
        return gettext("%(announced)d indicators are announced, %(reported)d are reported") % facts
    return (
        gettext("%(announced)d indicators are announced, %(reported)d are reported; missing: %(missing)s")
        % facts
    )


def ranges(numbers: Iterable[int]) -> str:
    """Ascending numbers in short: 3、5–9."""
    runs = []
    for _key, run in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        found = [number for _at, number in run]
        runs.append(str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}")
    return "、".join(runs)


@rule(
    "indicator_repeated",
    WARNING,
    explanation=_("an indicator's ordinal is used twice"),
    remedy=_("give each indicator its own ordinal"),
    wrong=("1. 第一项三级指标：甲\n已完成。\n2. 第一项三级指标：乙\n已完成。",),
    right=("1. 第一项三级指标：甲\n已完成。\n2. 第二项三级指标：乙\n已完成。",),
)
def indicator_repeated(document: Document) -> Iterator[Hit]:
    seen: set[int] = set()
    for report in reports(document):
        if seen.intersection(report.ordinals):
            yield Hit(report.paragraph, 0, report.heading.prefix + 12)
        seen.update(report.ordinals)


@rule(
    "indicator_order",
    WARNING,
    explanation=_("the indicators' ordinals are out of order"),
    remedy=_("report the indicators in their order"),
    wrong=("1. 第二项三级指标：甲\n已完成。\n2. 第一项三级指标：乙\n已完成。",),
    right=("1. 第一项三级指标：甲\n已完成。\n2. 第二、三项三级指标：乙；丙\n已完成。",),
)
def indicator_order(document: Document) -> Iterator[Hit]:
    highest = 0
    for report in reports(document):
        if report.ordinals and min(report.ordinals) < highest:
            yield Hit(report.paragraph, 0, report.heading.prefix + 12)
        highest = max(highest, *report.ordinals)


@rule(
    "quantity_missing",
    WARNING,
    explanation=_("the title promises a quantity that the text does not confirm"),
    remedy=_("say how often it took place, and when"),
    wrong=(
        "1. 第一项三级指标：召开两次联席会议\n召开联席会议，研究部署全省工作。",
        "1. 第一、二项三级指标：召开两次联席会议；印发规划\n3月8日召开联席会议。6月9日印发规划。",
    ),
    right=(
        "1. 第一项三级指标：召开两次联席会议\n3月、9月召开两次联席会议。",
        "1. 第一项三级指标：召开2次会议\n3月5日召开第一次会议，9月8日召开第二次会议。",
        "1. 第一项三级指标：召开第二次会议\n会议于3月召开。",
        "1. 第一项三级指标：落实“三批次”方案\n方案已印发。",
    ),
)
def quantity_missing(document: Document) -> Iterator[Hit]:
    for report in reports(document):
        for title in report.titles:
            named = NAMED.sub(lambda match: "□" * len(match[0]), title.text)
            for match in PROMISED.finditer(named):
                if report.body and not _kept(match[1], match[2], title.text, report.body):
                    start = title.start + match.start()
                    yield Hit(report.paragraph, max(title.start, start - 2), title.start + match.end())


def _kept(number: str, unit: str, title: str, body: str) -> bool:
    """Whether the text counts as many, by the number, by an ordinal, or by days in a sentence about it."""
    wanted = number_of(number) or 0
    counted = re.finditer(rf"第?([一二两三四五六七八九十]{{1,2}}|\d{{1,4}})\s?{unit[:1]}", body)
    if any(number_of(match[1]) == wanted for match in counted):
        return True
    about = (sentence for sentence in re.split("[。\n]", body) if mentions(sentence, title))
    return any(1 < wanted <= len(set(DAY.findall(sentence))) for sentence in about)


@rule(
    "indicator_unreported",
    WARNING,
    explanation=_("the text does not report what the indicator is about"),
    remedy=_("say what was done for this indicator, when and with what result"),
    wrong=(
        "1. 第一、二项三级指标：成立安保机制议事机构；处理绑架案件\n指导企业妥善处置两起人质绑架案件。",
        "1. 第一项三级指标：开展境外投资安全风险评估\n",
    ),
    right=("1. 第一项三级指标：开展境外投资安全风险评估\n6月完成境外投资风险评估报告。",),
)
def indicator_unreported(document: Document) -> Iterator[Hit]:
    for report in reports(document):
        for title in report.titles:
            share = mentioned_share(title.text, report.pairs)
            if share is not None and share < UNREPORTED:
                message = gettext("“%(title)s” is not reported in the text below it") % {
                    "title": title.text[:40]
                }
                yield Hit(report.paragraph, title.start, title.end, message)


@rule(
    "title_part_absent",
    WARNING,
    explanation=_("a part of the indicator's title has no echo in its text"),
    remedy=_("report on this part as well"),
    wrong=("1. 第一项三级指标：做好参观点遴选授牌工作，加强干部能力培训\n遴选全省首批22处参观点并授牌。",),
    right=("1. 第一项三级指标：做好参观点遴选，加强干部能力培训\n遴选参观点22处，举办干部培训班2期。",),
)
def title_part_absent(document: Document) -> Iterator[Hit]:
    """A part of several characters of which not one pair is to be found below, where others are."""
    for report in reports(document):
        for title in report.titles:
            share = mentioned_share(title.text, report.pairs)
            if report.body and (share is None or share >= UNREPORTED):
                yield from _absent(report, title)


def _absent(report: Report, title: Title) -> Iterator[Hit]:
    for clause in re.split("[，,；;]", title.text):
        for part in telling_parts(NAMED.sub("，", clause)):
            if len(part) >= LONG_PART and not pairs_in(part) & report.pairs:
                yield _missed(report, title, title.text.lower().find(part), part)
    for match in ACTS.finditer(NAMED.sub(lambda name: "□" * len(name[0]), title.text)):
        if match[0] not in report.body:
            yield _missed(report, title, match.start(), match[0])


def _missed(report: Report, title: Title, at: int, part: str) -> Hit:
    message = gettext("“%(part)s” has no echo in the text below") % {"part": part[:40]}
    return Hit(report.paragraph, title.start + at, title.start + at + len(part), message)


@rule(
    "unsupported",
    WARNING,
    explanation=_("a report without a single date or figure"),
    remedy=_("say when it was done, how much of it, and with what result"),
    wrong=("1. 第一项三级指标：开展驻华使节看江西活动\n积极开展使节看江西活动，取得较好宣传效果。",),
    right=("1. 第一项三级指标：开展驻华使节看江西活动\n4月25日至29日，11国使节23人看江西。",),
)
def unsupported(document: Document) -> Iterator[Hit]:
    for report in reports(document):
        if report.body and not re.search(
            r"\d|(?<![第一二三四五六七八九十])[一二三四五六七八九十]{1,3}[月次场批期份项名家]", report.body
        ):
            yield Hit(report.paragraph, 0, len(report.paragraph.text))
