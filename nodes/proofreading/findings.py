"""What proofreading reports: where, how grave, by which rule, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error must be mended, a warning looked at, an info may stay."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


ERROR, WARNING, INFO = Severity


@dataclass(frozen=True)
class Finding:
    """One thing a reader would stumble over, in the language active when it was found.

    `line` is the line of a .txt file, or the paragraph of a .docx file, counted from 1; `quote` holds the
    words concerned with a few around them.
    """

    line: int
    severity: Severity
    rule: str
    quote: str
    message: str
    remedy: str = ""

    def as_dict(self) -> dict[str, int | str]:
        return asdict(self)


GRAVEST_FIRST = tuple(Severity)


def in_order(found: list[Finding]) -> list[Finding]:
    """By line, the gravest of a line first, each once."""
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda one: (one.line, GRAVEST_FIRST.index(one.severity), one.rule, one.quote))
