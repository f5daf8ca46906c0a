"""Drawing up a year's summary, or refusing to, and putting it on disk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from approvals.models import AnnualSummary, SummarySignOff
from approvals.official import LETTER
from approvals.summary.blocks import compose
from approvals.summary.checks import ERROR, Finding, findings, slips
from approvals.summary.collecting import collect
from approvals.summary.content import Content
from approvals.summary.document import write
from approvals.summary.keeping import from_json
from approvals.summary.parts import Body
from nodes.models import Cycle
from workflow.cli import write_whole
from workflow.files import path_of
from workflow.refusals import Invalid, NotFound

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
    cycle: Cycle,
    *,
    issued_on: date | None = None,
    number: int | None = None,
    draft: bool = False,
    form: str = LETTER,
) -> Summary:
    """Write the summary of `cycle`, dated `issued_on` (the office's today when None).

    One that is signed is what was signed. Else it says what the record says now, with what people wrote last.
    `number` is the document's number in the year of issue, `form` that of a letter or a report. Raises Unfit
    while the checks find errors, unless it is a `draft`, which says so and lists what was found.
    """
    summary = AnnualSummary.objects.select_related("signed__file").filter(cycle=cycle).first()
    if summary and summary.signed:
        return Summary(frozen(summary.signed), [])
    with translation.override(LANGUAGE):
        content = collect(cycle, issued_on=issued_on or cycle.office.day(timezone.now()), number=number)
        body = _body(content, summary)
    found = [*findings(content), *slips(body)]
    if not draft and any(one.severity == ERROR for one in found):
        raise Unfit(found)
    with translation.override(LANGUAGE):
        mending = [*findings(content), *slips(body)] if draft else None
        return Summary(write(content, body=body.printed(), form=form, draft_with=mending), found)


def _body(content: Content, summary: AnnualSummary | None) -> Body:
    """What the record says, with what people wrote and arranged in the newest version."""
    newest = summary.versions.last() if summary else None
    if newest is None:
        return compose(content)
    before = from_json(newest.body)
    return compose(content, dict(before.joins)).with_hand_of(before)


def frozen(signed: SummarySignOff) -> bytes:
    """The bytes that were signed. Raises NotFound when they are not on this machine."""
    path = path_of(signed.sha256)
    if not path.is_file():
        facts = {"name": signed.file}
        raise NotFound(_("The content of “%(name)s” is not here; ask the administrator.") % facts)
    return path.read_bytes()


def save(summary: Summary, path: Path) -> None:
    """Put the document at `path` whole or not at all, with the folders it needs. Raises Invalid."""
    write_whole([summary.document], path)
