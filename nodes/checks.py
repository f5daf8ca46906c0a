"""Text checks on a statement: blanks and slips that would embarrass the annual summary."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.utils.translation import gettext_lazy as _

from nodes.kinds import Kind
from nodes.proofreading import TEXT_RULES, Document, Text
from nodes.proofreading.words import mentions, pairs_in

__all__ = ["SHORT", "Finding", "check_statement", "look_over", "mentions", "pairs_in"]

# What the annual summary must not contain.
BLANKS = ("blank_figure", "blank_date", "placeholder", "doubled_mark")
# What the author of a statement should look at as well.
SLIPS = (
    "impossible_date",
    "padded_date",
    "reversed_dates",
    "missing_year_char",
    "doc_number_brackets",
    "doc_number_form",
    "half_width_parens",
    "half_width_stop",
    "straight_quotes",
    "unpaired_mark",
    "steps_sequence",
    "heading_sequence",
    "sum_of_states",
    "sum_written_out",
    "list_count",
    "item_twice",
    "set_union",
    "garbled",
)
SHORT = 12
MESSAGES = {
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
LONGEST_QUOTE = 40  # characters


@dataclass(frozen=True)
class Finding:
    """One slip: the rule's name and the words around it."""

    rule: str
    quote: str

    @property
    def message(self) -> str:
        """What is wrong, in the reader's language; of a rule that is no more, its name."""
        known = TEXT_RULES.rules.get(self.rule)
        return str(known.explanation if known else MESSAGES.get(self.rule, self.rule))

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def check_statement(text: str) -> list[Finding]:
    """What a reader would stumble over in `text`, in order of rules; what a summary must not contain."""
    found = _found(text, BLANKS)
    if len(text.strip()) < SHORT:
        found.append(Finding("too_short", text.strip()))
    return found


def look_over(text: str, title: str, *, kind: str, details: Collection[str] = ()) -> list[Finding]:
    """All that the author of a statement for the node with this title should look at once more.

    Besides what `check_statement` finds: slips of writing, nothing of what the title is about, and, for work
    of a `kind` that happens on a day, no word of when (unless one of the facts given in `details`, by name,
    says it). A text too short to judge is only told so.
    """
    found = check_statement(text)
    if any(finding.rule == "too_short" for finding in found):
        return found
    found += _found(text, SLIPS)
    if kind in HAPPENING and DATED.isdisjoint(details) and not WHEN.search(text):
        found.append(Finding("no_date", ""))
    if not mentions(text, title):
        found.append(Finding("off_topic", title[:LONGEST_QUOTE]))
    return found


def _found(text: str, rules: Collection[str]) -> list[Finding]:
    """What the proofreading rules with these ids find in a statement."""
    document = Document.of(Text.from_string(text))
    hits = (hit for name in rules for hit in TEXT_RULES.rules[name].findings(document))
    return [Finding(hit.rule, hit.quote) for hit in hits]
