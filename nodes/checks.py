"""Text checks on a statement: blanks and slips that would embarrass the annual summary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

COUNTERS = "人|个|批|人次|项|次|名|家|场|件|份|%|％"
PATTERNS = (
    (
        "blank_figure",
        rf"(?<![\d \u3000])[ \u3000]+(?:{COUNTERS})(?![\w])",
        gettext_lazy("a figure is missing"),
    ),
    ("placeholder", r"[Xx×]{2,}|[_＿]{2,}|待定|某某", gettext_lazy("a placeholder was left in")),
    ("doubled_mark", r"([。，、；：！？])\1", gettext_lazy("a doubled punctuation mark")),
)
SHORT = 12


@dataclass(frozen=True)
class Finding:
    """One slip: the rule's name, the words around it and what is wrong, for a person."""

    rule: str
    quote: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def check_statement(text: str) -> list[Finding]:
    """What a reader would stumble over in `text`, in order of rules."""
    found = list(_pattern_findings(text))
    if len(text.strip()) < SHORT:
        found.append(Finding("too_short", text.strip(), _("too short to show what was done")))
    return found


def _pattern_findings(text: str) -> Iterator[Finding]:
    for rule, pattern, message in PATTERNS:
        for match in re.finditer(pattern, text):
            quote = text[max(0, match.start() - 10) : match.end() + 4].strip()
            yield Finding(rule, quote, str(message))
