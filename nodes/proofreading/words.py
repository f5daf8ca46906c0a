"""Compares Chinese words without a dictionary: by pairs of characters, and by characters in order."""

from __future__ import annotations

import re

# What any node could be about: a title is told by what is left without these.
COMMON = re.compile(
    r"召开|举办|举行|组织|参加|开展|制定|制作|编制|编印|印发|修订|完成|做好|办理|落实|推动|加强|提升|优化|规范"
    r"|完善|建立|成立|维护|新增|处理|妥善|配合|参与|承办|严格|坚决|有计划|分步骤|第.{1,3}[次批届]|首[次期批]"
    r"|[一二两三四五六七八九十]次|相关|工作|节点|活动|任务|方案|管理|年度|全省|江西省?|[《》“”‘’（）()、，,。：:—·\s]"
)
ENOUGH = 2  # characters that must be left of a part, or nothing can be said of it
MENTIONED = 0.15  # the share of the title's pairs of characters that tells that it is mentioned
SILENT = re.compile(r"[“”‘’\"'《》〈〉「」·\s]")


def pairs_in(text: str) -> set[str]:
    """The pairs of neighbouring characters: for Chinese as good as words."""
    return {text[at : at + 2] for at in range(len(text) - 1)}


def telling_parts(title: str) -> list[str]:
    """The parts of a title that other titles do not share."""
    return [part.lower() for part in COMMON.split(title) if len(part) >= ENOUGH]


def mentioned_share(title: str, known: set[str]) -> float | None:
    """How much of `title` is among the pairs `known`, from 0 to 1; None where it says nothing of its own."""
    wanted: set[str] = set().union(*map(pairs_in, telling_parts(title)))
    return len(wanted & known) / len(wanted) if wanted else None


def mentions(text: str, title: str) -> bool:
    """Whether `text` has to do with `title`: enough of the title's pairs of characters appear in it."""
    share = mentioned_share(title, pairs_in(text.lower()))
    return share is None or share >= MENTIONED


def plain(name: str) -> str:
    """A name without quotation marks, dots and spaces, which writers put or leave out."""
    return SILENT.sub("", name)


def shared(one: str, other: str) -> int:
    """How many characters two names share in the same order."""
    before = [0] * (len(other) + 1)
    for mark in one:
        row = [0]
        for at, against in enumerate(other):
            row.append(before[at] + 1 if mark == against else max(before[at + 1], row[at]))
        before = row
    return before[-1]


def likeness(one: str, other: str) -> float:
    """From 0 (nothing in common) to 1 (the same)."""
    return 2 * shared(one, other) / (len(one) + len(other)) if one and other else 0.0
