"""What the pages about an annual summary show: its blocks with what is said of each, and what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast
from urllib.parse import urlencode

from django.core.cache import caches
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from approvals.models import (
    AnnualSummary,
    SummaryComment,
    SummarySignOff,
    SummaryVersion,
)
from approvals.services.signing_summaries import capacity_to_sign
from approvals.summary import checking, compiling
from approvals.summary.checking import Remark
from approvals.summary.comparing import Difference, differences
from approvals.summary.content import Content
from approvals.summary.parts import Assessment, Body, Heading, Paragraph, Part, Table, Written, text_of
from approvals.summary.segments import Figure, Segment
from nodes.addresses import with_year
from nodes.models import Cycle
from nodes.selectors import today
from workflow import people
from workflow.models import AuditEntry, PostKind, User
from workflow.people import Capacity
from workflow.refusals import NotFound
from workflow.selectors import newest_entries
from workflow.visiting import whole_number

LABEL = 16  # characters of a block by which it is called
REMEMBERED = 300  # seconds, as long as nothing happens in the office
ABOUT_THE_YEAR = ("node.", "evidence.", "deferral.", "catalogue.", "cycle.", "organisation.", "post.")
Answer = TypeVar("Answer")


# Looking one up


def summary_of(user: User, cycle: Cycle) -> AnnualSummary | None:
    """The year's summary, as far as the user may see it."""
    found = AnnualSummary.objects.visible_to(user).filter(cycle=cycle)
    signed = ("signed__file__file", "signed__decided_by", "signed__on_behalf_of", "signed__version__author")
    summary = found.select_related("office", "signed__post", *signed).first()
    if summary is not None:
        cycle.office = summary.office
        summary.cycle = cycle
    return summary


def existing_summary(user: User, cycle: Cycle) -> AnnualSummary:
    """The year's summary. Raises NotFound."""
    summary = summary_of(user, cycle)
    if summary is None:
        raise NotFound(_("There is no such summary in your office."))
    return summary


def newest_version(summary: AnnualSummary) -> SummaryVersion:
    version = summary.versions.select_related("author").last()
    assert version is not None
    version.summary = summary
    return version


def waiting_sign_off(summary: AnnualSummary) -> SummarySignOff | None:
    """The round that waits for the head of the unit."""
    pending = summary.sign_offs.filter(outcome=SummarySignOff.Outcome.PENDING)
    return pending.select_related("version__author", "asked_by", "asked_for", "process").first()


@dataclass(frozen=True)
class ToSign:
    """A summary that waits for a person's signature, and in which capacity it does."""

    sign_off: SummarySignOff
    capacity: Capacity


def summaries_to_sign(user: User) -> list[ToSign]:
    """The summaries that the user signs now, the longest wait first."""
    if user.office is None or PostKind.HEAD_OF_UNIT not in people.roles(user):
        return []
    pending = SummarySignOff.objects.filter(
        summary__office=user.office_id, outcome=SummarySignOff.Outcome.PENDING
    )
    found = pending.select_related("summary__cycle", "asked_by").order_by("asked_at", "id")
    on = today(user.office)
    able = ((one, capacity_to_sign(user, one, on)) for one in found)
    return [ToSign(one, capacity) for one, capacity in able if capacity]


# What the checks say, and what has changed since


def facts(summary: AnnualSummary, version: SummaryVersion) -> Content:
    """The year as of the version's cut-off."""
    key = f"facts:{version.pk}:{summary.issued_on}:{summary.number}"
    return _remembered(summary, key, lambda: compiling.facts_of(summary, version.cut_off))


def examined(summary: AnnualSummary, version: SummaryVersion) -> list[Remark]:
    """What the checks say of the version."""

    def examine() -> list[Remark]:
        return checking.remarks(compiling.body_of(version), facts(summary, version))

    return _remembered(summary, f"remarks:{version.pk}:{summary.number}:{get_language()}", examine)


def changed_since(summary: AnnualSummary, version: SummaryVersion) -> list[Difference]:
    """How the record speaks now, compared with `version`; empty where nothing was recorded since."""
    about = Q()
    for beginning in ABOUT_THE_YEAR:
        about |= Q(action__startswith=beginning)
    later = Q(at__gt=version.cut_off) | Q(recorded_at__gt=version.at)
    if not AuditEntry.objects.filter(about, later, office=summary.office_id).exists():
        return []
    return _remembered(
        summary, f"since:{version.pk}", lambda: compared_with_now(summary, version, timezone.now())
    )


def compared_with_now(summary: AnnualSummary, version: SummaryVersion, now: datetime) -> list[Difference]:
    return differences(compiling.body_of(version), compiling.compiled_anew(summary, version, now))


def _remembered(summary: AnnualSummary, key: str, answer: Callable[[], Answer]) -> Answer:
    """The answer, remembered until something happens in the office."""
    newest = newest_entries(summary.office)
    kept = caches["near"].get_or_set(f"summary:{newest}:{key}", answer, REMEMBERED)
    return cast(Answer, kept)


# What was said


@dataclass(frozen=True)
class Thread:
    """A comment with its answers."""

    comment: SummaryComment
    answers: list[SummaryComment] = field(default_factory=list)


def threads(summary: AnnualSummary, *, settled: bool = False) -> dict[str, list[Thread]]:
    """By block, the comments that are not `settled`, or all."""
    found = summary.comments.select_related("author", "settled_by", "version")
    questions: dict[int, Thread] = {}
    blocks: dict[str, list[Thread]] = {}
    for comment in found:
        if comment.answers_id:
            if comment.answers_id in questions:
                questions[comment.answers_id].answers.append(comment)
        elif settled or comment.settled_at is None:
            questions[comment.pk] = Thread(comment)
            blocks.setdefault(comment.block, []).append(questions[comment.pk])
    return blocks


# The sheet


@dataclass(frozen=True)
class Shown:
    """A block on the sheet. `pieces` and `cells` are words with the address behind them, empty for none.

    A heading over `indicators` knows their numbers.
    """

    block: Any
    kind: str
    pieces: list[tuple[str, str]] = field(default_factory=list)
    cells: list[list[tuple[str, str]]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    indicators: tuple[int, ...] = ()

    @property
    def talked(self) -> bool:
        """Whether it is offered to be commented on: of an indicator its heading is enough."""
        if self.kind == "heading":
            return bool(self.indicators)
        return not self.block.key.startswith("indicator-") or bool(self.threads)

    @property
    def label(self) -> str:
        """How the block is called where it cannot be seen: an indicator by its number."""
        return str(self.indicators[0]) if self.indicators else text_of(self.block)[:LABEL]

    @property
    def looks(self) -> str:
        """The names under which the style sheet knows its row in the editor."""
        by_hand = isinstance(self.block, Written | Assessment)
        return "editor__row editor__row--hand" if by_hand else "editor__row"


def sheet(
    version: SummaryVersion,
    body: Body,
    *,
    remarks: Iterable[Remark] = (),
    talk: dict[str, list[Thread]] | None = None,
) -> list[Shown]:
    """Every block of `body`, the annex last, as a page about `version` shows it."""
    said: dict[str, list[Remark]] = {}
    for one in remarks:
        said.setdefault(one.block, []).append(one)
    return [
        _shown(version, block, said.get(block.key, []), (talk or {}).get(block.key, []))
        for block in (*body.blocks, body.annex)
    ]


def _shown(version: SummaryVersion, block: Part, remarks: list[Remark], talk: list[Thread]) -> Shown:
    address = figure_addresses(version, block.key)
    kind = type(block).__name__.lower()
    pieces: list[tuple[str, str]] = []
    cells: list[list[tuple[str, str]]] = []
    if isinstance(block, Paragraph):
        pieces = [address(one) for one in block.sentence.segments]
    elif isinstance(block, Table):
        cells = [[address(one) for one in row] for row in block.cells]
    numbers = block.indicators if isinstance(block, Heading) else ()
    return Shown(block, kind, pieces, cells, remarks, talk, numbers)


def figure_addresses(version: SummaryVersion, key: str) -> Callable[[Segment], tuple[str, str]]:
    """What gives each figure of a block, told in order, the address of what is behind it."""
    page, place = reverse("summary-figure"), 0
    year = version.summary.cycle.year

    def address(segment: Segment) -> tuple[str, str]:
        nonlocal place
        if not isinstance(segment, Figure):
            return segment, ""
        place += 1
        if not segment.nodes:
            return segment.text, ""
        if segment.nodes == (whole_number(segment.text),) and segment.query is None:  # a node's own number
            return segment.text, with_year(reverse("node", args=segment.nodes), year)
        behind = {"year": year, "version": version.number, "block": key, "figure": place}
        return segment.text, f"{page}?{urlencode(behind)}"

    return address


def figure(body: Body, key: str, place: int) -> Figure | None:
    """The figure of this `place` (from 1) in the block of this key."""
    block = body.annex if key == body.annex.key else body.block(key)
    segments: Iterable[Segment] = ()
    if isinstance(block, Paragraph):
        segments = block.sentence.segments
    elif isinstance(block, Table):
        segments = (cell for row in block.cells for cell in row)
    figures = [one for one in segments if isinstance(one, Figure)]
    return figures[place - 1] if 0 < place <= len(figures) else None
