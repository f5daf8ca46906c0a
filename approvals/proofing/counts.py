"""Counts and states that a text gives, against the recorded year."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from approvals.proofing.registry import rule
from approvals.summary.content import Content, Outcome
from nodes.proofreading.findings import ERROR, WARNING
from nodes.proofreading.marks import HAN
from nodes.proofreading.registry import Hit
from nodes.proofreading.structure import Document, each_match

Count = Callable[[Content], int]
NUMBER = r"\s?(?:共|共计|合计)?\s?(\d{1,5})\s?[项个]"
COUNTS: tuple[tuple[re.Pattern[str], Count], ...] = (
    (re.compile(rf"一级指标{NUMBER}|(\d{{1,5}})\s?[项个]一级指标"), lambda content: len(content.level1)),
    (re.compile(rf"二级指标{NUMBER}|(\d{{1,5}})\s?[项个]二级指标"), lambda content: len(content.level2)),
    (re.compile(rf"三级指标{NUMBER}|(\d{{1,5}})\s?[项个]三级指标"), lambda content: len(content.indicators)),
    (
        re.compile(r"(?:共|共有|合计|全年|全部)\s?(\d{1,5})\s?[项个](?:工作节点|节点工作|节点)"),
        lambda content: len(content.nodes),
    ),
    (
        re.compile(r"[等共]\s?(\d{1,4})\s?个(?:业务|责任|牵头)?处室"),
        lambda content: len(content.divisions),
    ),
)
ON_TIME = re.compile(
    r"(?:如期|按期|按时)完成的?(?:节点)?(?:有|共)?\s?(\d{1,5})\s?[项个]|(\d{1,5})\s?[项个](?:节点)?(?:如期|按期|按时)完成"
)
LATE = re.compile(r"逾期完成的?(?:节点)?(?:有|共)?\s?(\d{1,5})\s?[项个]|(\d{1,5})\s?[项个](?:节点)?逾期完成")
DEFERRED = re.compile(
    r"(?<!申请)延期的?(?:节点)?(?:有|共)?\s?(\d{1,5})\s?[项个]|(\d{1,5})\s?[项个](?:节点)?(?:经批准)?延期"
)
NOT_DONE = re.compile(
    r"未完成的?(?:节点)?(?:有|共)?\s?(\d{1,5})\s?[项个]|(\d{1,5})\s?[项个](?:节点)?(?:因故|尚)?未完成"
)
STATES = (
    (ON_TIME, Outcome.ON_TIME),
    (LATE, Outcome.LATE),
    (DEFERRED, Outcome.DEFERRED),
    (NOT_DONE, Outcome.NOT_DONE),
)
WHOLE_YEAR = re.compile(r"全年|全部|节点工作|工作节点|共")
ALL_DONE = re.compile(
    rf"(?:节点|指标|任务|各项工作)[{HAN}]{{0,8}}?(?:全部|均|全面|悉数)已?(如期|按期|按时)?(?:圆满|顺利|高质量)?完成"
)


def _figure(match: re.Match[str]) -> int:
    return int(next(group for group in match.groups() if group))


@rule(
    "record_counts",
    ERROR,
    explanation=_("a number differs from the recorded year"),
    remedy=_("take the number from the record, or correct the record"),
    wrong=("三级指标4项，共3个工作节点。", "涉及秘书处等3个业务处室。", "一级指标2项。"),
    right=("一级指标1项，二级指标2项，三级指标3项，共3个工作节点，涉及秘书处、综合处等2个业务处室。",),
)
def record_counts(document: Document, content: Content) -> Iterator[Hit]:
    for pattern, count in COUNTS:
        for paragraph, match in each_match(pattern, document.prose):
            stated, recorded = _figure(match), count(content)
            if stated != recorded:
                message = gettext("the text says %(stated)d, the record %(recorded)d") % {
                    "stated": stated,
                    "recorded": recorded,
                }
                yield Hit(paragraph, match.start(), match.end(), message)


@rule(
    "record_states",
    ERROR,
    explanation=_("how many nodes ended so differs from the recorded year"),
    remedy=_("take the number from the record, or correct the record"),
    wrong=(
        "全年3项节点工作如期完成3项。",
        "全年3项节点工作如期完成2项，逾期完成1项。",
        "全年3项节点工作如期完成2项，延期2项。",
    ),
    right=("全年3项节点工作如期完成2项，延期1项。", "全年3项节点工作如期完成2项，1项因故未完成。"),
)
def record_states(document: Document, content: Content) -> Iterator[Hit]:
    """In sentences about the whole year; a deferred node called not done is told by another rule."""
    for paragraph in document.prose:
        for sentence in re.finditer(r"[^。！？\n]+", paragraph.text):
            if not WHOLE_YEAR.search(sentence[0]) or not re.search("节点", sentence[0]):
                continue
            for pattern, outcome in STATES:
                for match in pattern.finditer(sentence[0]):
                    if message := _other(content, outcome, _figure(match)):
                        start = sentence.start() + match.start()
                        yield Hit(paragraph, start, start + len(match[0]), message)


def _other(content: Content, outcome: Outcome, stated: int) -> str:
    recorded = len(content.of(outcome))
    if outcome == Outcome.NOT_DONE and stated == recorded + len(content.of(Outcome.DEFERRED)):
        return ""
    if stated == recorded:
        return ""
    return gettext("the text says %(stated)d, the record %(recorded)d") % {
        "stated": stated,
        "recorded": recorded,
    }


@rule(
    "record_deferred_undone",
    WARNING,
    explanation=_("what the text counts as not done, the record has as deferred"),
    remedy=_("count deferred nodes as deferred (延期), apart from those not done"),
    wrong=("全年3项节点工作如期完成2项，1项因故未完成。",),
    right=("全年3项节点工作如期完成2项，延期1项。",),
)
def record_deferred_undone(document: Document, content: Content) -> Iterator[Hit]:
    deferred, undone = len(content.of(Outcome.DEFERRED)), len(content.of(Outcome.NOT_DONE))
    for paragraph, match in each_match(NOT_DONE, document.prose):
        if deferred and _figure(match) == deferred + undone:
            yield Hit(paragraph, match.start(), match.end())


@rule(
    "record_not_all_done",
    ERROR,
    explanation=_("the text says that everything is done, the record does not"),
    remedy=_("name the nodes that are late, deferred or not done"),
    wrong=("全年节点任务全部按期完成。",),
    right=("全年3项节点工作如期完成2项，延期1项。", "已批准的事项全部完成归档。"),
)
def record_not_all_done(document: Document, content: Content) -> Iterator[Hit]:
    for paragraph, match in each_match(ALL_DONE, document.prose):
        done = content.of(Outcome.ON_TIME) if match[1] else content.done
        if len(done) < len(content.nodes):
            facts = {"done": len(done), "nodes": len(content.nodes)}
            message = gettext("the record has %(done)d of %(nodes)d nodes done so") % facts
            yield Hit(paragraph, match.start(), match.end(), message)
