"""Why evidence comes back: the kinds of fault that a reviewer's words name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from nodes.lessons.spread import share_of

EXAMPLES = 3


class Fault(TextChoices):
    MISSING = "missing", _("something is missing from the evidence")
    FIGURES = "figures", _("figures do not agree")
    DATE = "date", _("the day does not agree")
    BLANK = "blank", _("a blank or a placeholder was left")
    UNREADABLE = "unreadable", _("a file cannot be read")
    WORDING = "wording", _("the wording of the statement")
    UNFINISHED = "unfinished", _("the work is not finished")
    OTHER = "other", _("other reasons")


NUMBER = "数据|数字|人数|次数|数量|金额|比例|占比|指标值|统计"
DISAGREES = "不一致|不符|不吻合|有误|错误|矛盾|对不上|核实|核对|出入|偏差"
WORDS = (
    (Fault.UNREADABLE, "打不开|无法打开|不能打开|损坏|乱码|看不清|不清晰|模糊|无法辨认"),
    (Fault.BLANK, "空白|空缺|占位|待定|未填|[Xx×]{2,}|留空"),
    (Fault.FIGURES, f"(?:{NUMBER})[^。；]*(?:{DISAGREES})|(?:{DISAGREES})[^。；]*(?:{NUMBER})"),
    (Fault.DATE, f"(?:日期|时间|时限)[^。；]*(?:{DISAGREES})|(?:{DISAGREES})[^。；]*(?:日期|时间)"),
    (
        Fault.MISSING,
        "缺少|缺失|缺|未附|没有附|未见|未提供|未上传|未按[^。；]*(?:提供|报送|上传)|补充|补齐|补报|补交|不齐|不全|不完整|佐证不足|材料不足",
    ),
    (Fault.UNFINISHED, "未完成|尚未|没有完成|未召开|未印发|未落实"),
    (Fault.WORDING, "表述|措辞|错别字|错字|语句|文字|概述|规范|格式|标点|简要|过于|修改"),
)


def faults(opinion: str) -> tuple[Fault, ...]:
    """Every kind of fault that an opinion names, `OTHER` where none is recognised."""
    found = tuple(fault for fault, words in WORDS if re.search(words, opinion))
    return found or (Fault.OTHER,)


@dataclass(frozen=True)
class Return:
    """One round of evidence that came back; `rules` are the warnings that its author had acknowledged."""

    node: int
    title: str
    division: str
    opinion: str
    on: date
    submission: int
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """Returns of one kind of fault, the newest as examples; a return with two faults stands in both."""

    fault: Fault
    number: int
    share: float
    examples: tuple[Return, ...]


def by_fault(found: Iterable[Return]) -> list[Group]:
    """The kinds of fault, the most frequent first; shares are of all returns."""
    returns = list(found)
    groups: dict[Fault, list[Return]] = {}
    for one in returns:
        for fault in faults(one.opinion):
            groups.setdefault(fault, []).append(one)
    made = [_group(fault, group, len(returns)) for fault, group in groups.items()]
    return sorted(made, key=lambda group: (-group.number, group.fault))


def _group(fault: Fault, group: list[Return], returns: int) -> Group:
    newest = sorted(group, key=lambda one: (one.on, one.submission), reverse=True)
    return Group(fault, len(group), share_of(len(group), returns) or 0.0, tuple(newest[:EXAMPLES]))


def acknowledged(found: Iterable[Return]) -> dict[str, int]:
    """How many returned rounds had been handed in with each warning acknowledged, the most frequent first."""
    counted: dict[str, int] = {}
    for one in found:
        for rule in set(one.rules):
            counted[rule] = counted.get(rule, 0) + 1
    return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))
