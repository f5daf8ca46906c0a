"""Text checks on a statement: blanks and slips that would embarrass the annual summary."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _

from nodes.kinds import Kind

COUNTERS = "人|个|批|人次|项|次|名|家|场|件|份|%|％"
PATTERNS = {
    "blank_figure": rf"(?<![\d \u3000])[ \u3000]+(?:{COUNTERS})(?![\w])",
    "placeholder": r"[Xx×]{2,}|[_＿]{2,}|待定|某某",
    "doubled_mark": r"([。，、；：！？])\1",
}
SHORT = 12
MESSAGES = {
    "blank_figure": _("a figure is missing"),
    "placeholder": _("a placeholder was left in"),
    "doubled_mark": _("a doubled punctuation mark"),
    "too_short": _("too short to show what was done"),
    "no_date": _("it does not say when"),
    "off_topic": _("this is what the node is about, and the statement does not mention it"),
}

WHEN = re.compile(
    r"\d\s*[年月日号]|[一二三四五六七八九十]月|季度|[上下]半年|年[初中底末内度]|全年|当[年月日]|[本今去]年|本月|截至"
    r"|\d{4}[-./]\d{1,2}"
)
HAPPENING = frozenset({Kind.MEETING, Kind.ACTIVITY, Kind.DATA})
DATED = frozenset({"date", "period"})  # facts that say when
# What any node could be about: a title is told by what is left without these.
COMMON = re.compile(
    r"召开|举办|举行|组织|参加|开展|制定|制作|编制|编印|印发|修订|完成|做好|办理|落实|推动|加强|提升|优化|规范"
    r"|完善|建立|成立|维护|新增|处理|妥善|配合|参与|承办|严格|坚决|有计划|分步骤|第.{1,3}[次批届]|首[次期批]"
    r"|[一二两三四五六七八九十]次|相关|工作|节点|活动|任务|方案|管理|年度|全省|江西省?|[《》“”‘’（）()、，,。：:—·\s]"
)
ENOUGH = 2  # characters that must be left of a part, or nothing can be said of it
LONGEST_QUOTE = 40  # characters
MENTIONED = 0.15  # the share of the title's pairs of characters that tells that it is mentioned


@dataclass(frozen=True)
class Finding:
    """One slip: the rule's name and the words around it."""

    rule: str
    quote: str

    @property
    def message(self) -> str:
        """What is wrong, in the reader's language."""
        return str(MESSAGES[self.rule])

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def check_statement(text: str) -> list[Finding]:
    """What a reader would stumble over in `text`, in order of rules; what a summary must not contain."""
    found = list(_pattern_findings(text))
    if len(text.strip()) < SHORT:
        found.append(Finding("too_short", text.strip()))
    return found


def look_over(text: str, title: str, *, kind: str, details: Collection[str] = ()) -> list[Finding]:
    """All that the author of a statement for the node with this title should look at once more.

    Besides what `check_statement` finds: nothing of what the title is about, and, for work of a `kind` that
    happens on a day, no word of when (unless one of the facts given in `details`, by name, says it). A text
    too short to judge is only told so.
    """
    found = check_statement(text)
    if any(finding.rule == "too_short" for finding in found):
        return found
    if kind in HAPPENING and DATED.isdisjoint(details) and not WHEN.search(text):
        found.append(Finding("no_date", ""))
    if not mentions(text, title):
        found.append(Finding("off_topic", title[:LONGEST_QUOTE]))
    return found


def mentions(text: str, title: str) -> bool:
    """Whether `text` has to do with `title`: enough of the title's pairs of characters appear in it."""
    wanted = _pairs(title)
    if not wanted:
        return True
    known = pairs_in(text.lower())
    return len(wanted & known) / len(wanted) >= MENTIONED


def _pairs(title: str) -> set[str]:
    parts = [part.lower() for part in COMMON.split(title) if len(part) >= ENOUGH]
    return set().union(*map(pairs_in, parts)) if parts else set()


def pairs_in(text: str) -> set[str]:
    """The pairs of neighbouring characters: for Chinese as good as words."""
    return {text[at : at + 2] for at in range(len(text) - 1)}


def _pattern_findings(text: str) -> Iterator[Finding]:
    for rule, pattern in PATTERNS.items():
        for match in re.finditer(pattern, text):
            yield Finding(rule, text[max(0, match.start() - 10) : match.end() + 4].strip())
