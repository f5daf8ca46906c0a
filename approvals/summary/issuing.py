"""Drawing up a year's summary, or refusing to, and putting it on disk."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone, translation

from approvals.summary.checks import ERROR, Finding, findings
from approvals.summary.collecting import collect
from approvals.summary.document import write
from nodes.models import Cycle
from workflow.refusals import Invalid

LANGUAGE = "zh-hans"


class Unfit(Invalid):
    """The year's records do not bear a summary yet; `findings` say why, one of them at least an error."""

    def __init__(self, found: list[Finding]) -> None:
        super().__init__({"": [str(one) for one in found if one.severity == ERROR]})
        self.findings = found


@dataclass(frozen=True)
class Summary:
    """A Word document's bytes, and what was found about it, in the caller's language."""

    document: bytes
    findings: list[Finding]


def draw_up(
    cycle: Cycle, *, issued_on: date | None = None, number: int | None = None, draft: bool = False
) -> Summary:
    """Write the summary of `cycle`, dated `issued_on` (the office's today when None).

    `number` is the document's number in the year of issue. Raises Unfit while the checks find errors,
    unless it is a `draft`, which says so and lists what was found.
    """
    with translation.override(LANGUAGE):
        content = collect(cycle, issued_on=issued_on or cycle.office.day(timezone.now()), number=number)
    found = findings(content)
    if not draft and any(one.severity == ERROR for one in found):
        raise Unfit(found)
    with translation.override(LANGUAGE):
        return Summary(write(content, draft_with=findings(content) if draft else None), found)


def save(summary: Summary, path: Path) -> None:
    """Put the document at `path` whole or not at all, with the folders it needs. Raises Invalid."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, summary.document)
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from error


def _replace(path: Path, content: bytes) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
