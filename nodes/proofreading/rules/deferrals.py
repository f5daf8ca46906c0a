"""Deferrals told in a summary: a new date, who signed, when, by which document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from nodes.proofreading.findings import ERROR, WARNING
from nodes.proofreading.marks import DATE, HAN
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.registry import Hit, rule
from nodes.proofreading.structure import Document

DEFERRED = re.compile(
    r"拟?(?:延期|推迟|延后|暂缓)(?:举行|举办|召开|开展|完成|实施|进行|办理|至|到)|经[^。，；]{0,30}(?:批准|同意)[^。，；]{0,6}延期"
)
MATTER = re.compile(r"节点|指标|完成时限|原定时限|第\d{1,4}项")
NEW_DATE = re.compile(
    rf"(?:延期|推迟|延后|暂缓|调整|时限|顺延)[{HAN}（“”]{{0,16}}?(?:至|到|为|：|:|于)\s?[^。；，]{{0,12}}?(?:\d{{1,2}}\s?月|\d{{4}}\s?年|[上下]半年|[一二三四]季度|年底|年内|未定|另行|待定)"
    r"|(?:延期|推迟|延后)[^。]{0,30}?(?:\d{1,2}\s?月|\d{4}\s?年)|(?:新的?|现|延期后)(?:完成)?时限[^。]{0,8}(?:\d|未定|另行|待定)|时间(?:未定|另行通知|待定|另定)"
)
CONSENT = re.compile(
    rf"(?:经|报|请示|由)[^。；，]{{0,24}}?(?:同意|批准|审批|签批)|[{HAN}]{{0,6}}(?:省长|主任|厅长|局长|市长|书记|部长|秘书长)[^。；，]{{0,20}}?(?:同意|批准)"
)
POST = re.compile(
    r"(?:副?(?:省长|市长|县长|区长|主任|厅长|局长|书记|部长|秘书长|处长|主席)|绩效办|党组|领导小组|办公会|常务会)"
)
ANONYMOUS = re.compile(r"(?:有关|相关|省|市|上级|主要|分管|办|厅|局)?领导")
SIGNED_ON = re.compile(rf"{DATE}|\d{{4}}-\d{{2}}-\d{{2}}")
PAPER = re.compile(r"[〔\[［【(（]\s?\d{4}\s?[〕\]］】)）]\s?第?\s?\d{1,5}\s?号|文号[：:]?\s?\S+")
GRANTED = re.compile(r"经[^。，；]{0,12}(?:批准|同意)(?:延期|调整|暂缓)|延期后时限")
INTENDS = re.compile(r"拟(?:延期|推迟|延后|暂缓|调整)[^。，；]{0,6}")


def told(document: Document) -> Iterator[tuple[Paragraph, re.Match[str]]]:
    """The paragraphs of a performance summary that tell of a deferral, with the first words of it."""
    if document.appraises:
        for paragraph in document.prose:
            if MATTER.search(paragraph.text) and (found := DEFERRED.search(paragraph.text)):
                yield paragraph, found


SUMMARY = "省外办绩效工作总结\n"


@rule(
    "deferral_no_new_date",
    ERROR,
    explanation=_("a deferral is told without its new date"),
    remedy=_("give the new date, or say that it is open (未定)"),
    wrong=(SUMMARY + "第59项节点“办好戏剧节”因疫情拟延期举行戏剧交流月活动。",),
    right=(
        SUMMARY + "第59项节点“办好戏剧节”经批准延期，延期后时限：2022年6月30日。",
        SUMMARY + "第59项节点延期举行，新的完成时限未定。",
        SUMMARY + "第59项节点推迟至2022年上半年举办。",
        "护照延期办理业务全年共12件。",
    ),
)
def deferral_no_new_date(document: Document) -> Iterator[Hit]:
    for paragraph, match in told(document):
        if not NEW_DATE.search(paragraph.text):
            yield Hit(paragraph, match.start(), match.end())


@rule(
    "deferral_still_intended",
    ERROR,
    explanation=_("a deferral said to be approved is still called intended (拟)"),
    remedy=_("write that it was deferred (经批准延期至…), or that the approval is pending"),
    wrong=(SUMMARY + "第59项节点“办好戏剧节”经省领导同意，拟延期举行。",),
    right=(
        SUMMARY + "第59项节点经批准延期。原因：受疫情影响，拟延期举行。延期后时限：未定。",
        SUMMARY + "第59项节点正在报批，拟延期至2022年6月举行。",
    ),
)
def deferral_still_intended(document: Document) -> Iterator[Hit]:
    for paragraph, _match in told(document):
        text = paragraph.text
        if re.search("同意|批准", text) and not GRANTED.search(text):
            for match in INTENDS.finditer(text):
                yield Hit(paragraph, match.start(), match.end())


@rule(
    "sign_off_incomplete",
    ERROR,
    explanation=_("the sign-off of a deferral is told without post, date or document number"),
    remedy=_("name the post of who approved, the day, and the document number"),
    wrong=(
        SUMMARY + "第59项节点经请示省领导同意，拟延期举行。",
        SUMMARY + "第59项节点延期举行，已经分管省领导陈小平副省长同意。",
        SUMMARY + "第59项节点延期至2022年6月，分管副省长于2021年8月25日同意。",
        SUMMARY + "第59项节点延期至2022年6月，副省长周某于2021年8月25日同意。",
    ),
    right=(
        SUMMARY + "第59项节点延期至2022年6月，分管副省长于2021年8月25日同意（赣府办〔2021〕15号）。",
        SUMMARY + "第59项节点延期举行，时间未定。",
    ),
)
def sign_off_incomplete(document: Document) -> Iterator[Hit]:
    """Each consent needs a post and a day in its sentence; the paragraph needs a document number."""
    for paragraph, _match in told(document):
        for start, end, lacking in incomplete_consents(paragraph.text):
            yield Hit(
                paragraph,
                start,
                end,
                gettext("the sign-off lacks: %(parts)s") % {"parts": "、".join(lacking)},
            )


def incomplete_consents(text: str) -> Iterator[tuple[int, int, list[str]]]:
    paper = PAPER.search(text)
    for match in CONSENT.finditer(text):
        if re.search("^.{0,4}(?:批准|同意)(?:延期|调整|暂缓)", text[match.end() - 4 :]) and GRANTED.search(
            text
        ):
            continue
        sentence = _sentence(text, match)
        lacking = [] if POST.search(sentence) else [gettext("post")]
        lacking += [] if SIGNED_ON.search(sentence) else [gettext("day of signing")]
        lacking += [] if paper else [gettext("document number")]
        if lacking:
            yield match.start(), match.end(), lacking


def _sentence(text: str, match: re.Match[str]) -> str:
    start = max(text.rfind(mark, 0, match.start()) for mark in "。；") + 1
    ends = [at for mark in "。；" if (at := text.find(mark, match.end())) >= 0]
    return text[start : min(ends, default=len(text))]


@rule(
    "approver_anonymous",
    WARNING,
    explanation=_("who approved is called only a leader"),
    remedy=_("name the post and the person"),
    wrong=(SUMMARY + "第59项节点经请示省领导同意，延期至2022年6月举行。",),
    right=(SUMMARY + "第59项节点经副省长陈小平同意，延期至2022年6月举行。",),
)
def approver_anonymous(document: Document) -> Iterator[Hit]:
    for paragraph, _match in told(document):
        for match in CONSENT.finditer(paragraph.text):
            if ANONYMOUS.search(match[0]) and not POST.search(match[0]):
                yield Hit(paragraph, match.start(), match.end())


@rule(
    "deferred_called_undone",
    WARNING,
    explanation=_("a deferred node is counted as not done"),
    remedy=_("count deferred nodes as deferred (延期), apart from those not done"),
    wrong=(SUMMARY + "全年76项节点工作如期完成75项，1项因故未完成（第59项节点延期举行）。",),
    right=(SUMMARY + "全年76项节点工作如期完成75项，延期1项（第59项节点延期举行）。",),
)
def deferred_called_undone(document: Document) -> Iterator[Hit]:
    for paragraph, _match in told(document):
        for match in re.finditer(r"\d{1,4}\s?[项个](?:因故)?未完成", paragraph.text):
            if not re.search(r"延期\s?\d", paragraph.text):
                yield Hit(paragraph, match.start(), match.end())
