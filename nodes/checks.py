"""Text checks on a statement: blanks and slips that would embarrass the annual summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _

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
}


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
    """What a reader would stumble over in `text`, in order of rules."""
    found = list(_pattern_findings(text))
    if len(text.strip()) < SHORT:
        found.append(Finding("too_short", text.strip()))
    return found


def _pattern_findings(text: str) -> Iterator[Finding]:
    for rule, pattern in PATTERNS.items():
        for match in re.finditer(pattern, text):
            yield Finding(rule, text[max(0, match.start() - 10) : match.end() + 4].strip())
