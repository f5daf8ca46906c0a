"""Deferrals as a text tells them, against how they were decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.proofing.registry import rule
from approvals.summary.content import Content, Deferral, Node, Outcome
from nodes.proofreading.findings import ERROR, WARNING
from nodes.proofreading.paragraphs import Paragraph
from nodes.proofreading.registry import Hit
from nodes.proofreading.structure import Document
from workflow.written_days import written

POSTPONED = re.compile("延期|推迟|暂缓|延后")
TO = re.compile(
    r"(?:延期|推迟|延后|顺延|调整|暂缓|时限)[^。；，\d]{0,8}?(?:至|到|为|：|:)\s?(\d{4})\s?年\s?(\d{1,2})\s?月(?:\s?(\d{1,2})\s?日)?"
)
PAPER = re.compile(r"[\u4e00-\u9fff]{1,12}〔\d{4}〕\d{1,5}号")


def told(document: Document, node: Node) -> list[Paragraph]:
    """The paragraphs that tell of a node's deferral, by its number or its title."""
    number = re.compile(rf"第\s?{node.number}\s?项节点|{node.number}\s?号节点")
    return [
        one
        for one in document.prose
        if POSTPONED.search(one.text) and (number.search(one.text) or node.title in one.text)
    ]


@rule(
    "record_deferral_untold",
    WARNING,
    explanation=_("a deferral of the record is not told"),
    remedy=_("tell of the deferral: reason, who signed, when, by which document, and the new date"),
    wrong=("三级指标3项。\n全年3项节点工作如期完成2项，延期1项。",),
    right=("第3项节点“举办戏剧节”经批准延期，延期后时限：未定。",),
)
def record_deferral_untold(document: Document, content: Content) -> Iterator[Hit]:
    for deferral in _last(content):
        if not told(document, deferral.node) and document.prose:
            place = next((one for one in document.prose if POSTPONED.search(one.text)), document.prose[0])
            facts = {"node": deferral.node.number, "title": deferral.node.title}
            message = gettext("the deferral of node %(node)d “%(title)s” is not told") % facts
            yield Hit(place, 0, min(len(place.text), 30), message)


def _last(content: Content) -> list[Deferral]:
    """Each deferred node's last deferral."""
    deferred = {node.number for node in content.of(Outcome.DEFERRED)}
    last = {one.node.number: one for one in content.deferrals if one.node.number in deferred}
    return list(last.values())


@rule(
    "record_new_date",
    ERROR,
    explanation=_("the new date of a deferral differs from the one decided"),
    remedy=_("take the new date from the decision"),
    wrong=("第3项节点“举办戏剧节”经批准延期至2022年6月30日。",),
    right=("第3项节点“举办戏剧节”经批准延期，延期后时限：未定。",),
)
def record_new_date(document: Document, content: Content) -> Iterator[Hit]:
    decided: dict[int, list[Deferral]] = {}
    for deferral in content.deferrals:
        decided.setdefault(deferral.node.number, []).append(deferral)
    for deferrals in decided.values():
        days = [one.new_due for one in deferrals] + [one.previous_due for one in deferrals]
        for paragraph in told(document, deferrals[0].node):
            for match in TO.finditer(paragraph.text):
                if "原" not in paragraph.text[match.start() - 1 : match.end()] and not _among(match, days):
                    new = deferrals[-1].new_due
                    decided_for = new.isoformat() if new else "未定"
                    yield Hit(
                        paragraph,
                        match.start(),
                        match.end(),
                        gettext("decided was: %(day)s") % {"day": decided_for},
                    )


def _among(match: re.Match[str], days: list[date | None]) -> bool:
    year, month, day = (int(part) if part else 0 for part in match.groups())
    return any(one and (one.year, one.month) == (year, month) and day in (0, one.day) for one in days)


@rule(
    "record_sign_off",
    WARNING,
    explanation=_("a sign-off is not told as it was recorded"),
    remedy=_("give each sign-off's post, day and document number as recorded"),
    wrong=("第3项节点“举办戏剧节”经省领导同意延期，时间未定。",),
    right=("第3项节点“举办戏剧节”延期，分管副省长于2021年8月25日同意（赣府办〔2021〕15号），时间未定。",),
)
def record_sign_off(document: Document, content: Content) -> Iterator[Hit]:
    for deferral in _last(content):
        paragraphs = told(document, deferral.node)
        text = re.sub(r"\s", "", "".join(one.text for one in paragraphs))
        for signature in deferral.signatures if paragraphs else ():
            lacking = [
                one
                for one in _proofs(signature.post, signature.on, signature.document_number)
                if one not in text
            ]
            if lacking:
                facts = {"post": signature.post, "parts": "、".join(lacking)}
                message = gettext("of the sign-off by %(post)s the text does not give: %(parts)s") % facts
                place = POSTPONED.search(paragraphs[0].text)
                yield Hit(paragraphs[0], place.start() if place else 0, place.end() if place else 0, message)


def _proofs(post: str, on: date | None, paper: str) -> list[str]:
    return [one for one in (post, written(on) if on else "", re.sub(r"\s", "", paper)) if one]


@rule(
    "record_document_number",
    ERROR,
    explanation=_("the document number of a sign-off differs from the one recorded"),
    remedy=_("take the number from the record"),
    wrong=("第3项节点“举办戏剧节”延期，分管副省长于2021年8月25日同意（赣府办〔2021〕51号），时间未定。",),
    right=("第3项节点“举办戏剧节”延期，分管副省长于2021年8月25日同意（赣府办〔2021〕15号），时间未定。",),
)
def record_document_number(document: Document, content: Content) -> Iterator[Hit]:
    for deferral in _last(content):
        papers = {
            re.sub(r"\s", "", one.document_number) for one in deferral.signatures if one.document_number
        }
        for paragraph in told(document, deferral.node) if papers else ():
            found = list(PAPER.finditer(paragraph.text))
            known = [one for one in found if any(one[0].endswith(paper) for paper in papers)]
            for match in found if found and not known else ():
                message = gettext("recorded is: %(papers)s") % {"papers": "、".join(sorted(papers))}
                yield Hit(paragraph, match.start(), match.end(), message)


@rule(
    "record_not_deferred",
    ERROR,
    explanation=_("the text says that a node is deferred, the record does not"),
    remedy=_("look the node up in the record"),
    wrong=("第2项节点“举办翻译竞赛”经批准延期至2022年6月30日。",),
    right=("第3项节点“举办戏剧节”经批准延期，时间未定。",),
)
def record_not_deferred(document: Document, content: Content) -> Iterator[Hit]:
    known = {one.node.number for one in content.deferrals} | {
        one.number for one in content.of(Outcome.DEFERRED)
    }
    numbers = {node.number for node in content.nodes}
    for paragraph in document.prose:
        for match in re.finditer(
            r"第\s?(\d{1,5})\s?项节点[^。；第]{0,60}?(?:延期(?!后时限)|推迟|暂缓)", paragraph.text
        ):
            number = int(match[1])
            if number in numbers and number not in known:
                yield Hit(paragraph, match.start(), match.end())
