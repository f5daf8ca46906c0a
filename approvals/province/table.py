"""Offices side by side: their lights and states in words, sorted, narrowed, added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from approvals.province.counting import NOTHING, Counts, OfficeYear, Said


class OfficeLight(TextChoices):
    """How an office's year looks, the worst first."""

    OVERDUE = "overdue", pgettext_lazy("office", "something overdue")
    LATE = "late", pgettext_lazy("office", "some done late")
    ON_TRACK = "on_track", pgettext_lazy("office", "on track")
    DONE = "done", pgettext_lazy("office", "all done or deferred")
    NO_YEAR = "no_year", pgettext_lazy("office", "no year yet")


class SummaryStage(TextChoices):
    """How far an office's annual summary is, as the overseeing office sees it."""

    NOT_BEGUN = "not_begun", pgettext_lazy("overseen summary", "not begun")
    DRAFT = "draft", pgettext_lazy("overseen summary", "being written")
    AT_SIGN_OFF = "at_sign_off", pgettext_lazy("overseen summary", "at sign-off")
    SIGNED = "signed", pgettext_lazy("overseen summary", "signed, not handed in")
    SENT = "sent", pgettext_lazy("overseen summary", "to be received")
    RETURNED = "returned", pgettext_lazy("overseen summary", "returned")
    RECEIVED = "received", pgettext_lazy("overseen summary", "received")


# The tags and lights whose looks the style sheets know.
LIGHT_LOOKS = {
    OfficeLight.OVERDUE: "overdue",
    OfficeLight.LATE: "done_late",
    OfficeLight.ON_TRACK: "on_track",
    OfficeLight.DONE: "done_on_time",
    OfficeLight.NO_YEAR: "not_started",
}
STAGE_LOOKS = {
    SummaryStage.SENT: "now",
    SummaryStage.RETURNED: "warn",
    SummaryStage.RECEIVED: "approved",
    SummaryStage.SIGNED: "pending",
    SummaryStage.AT_SIGN_OFF: "pending",
}
ENTIRE = 100.0


@dataclass(frozen=True)
class Row:
    """An office's line: its year, its light, how far its summary is."""

    year: OfficeYear
    light: OfficeLight
    stage: SummaryStage

    @property
    def counts(self) -> Counts:
        return self.year.counts

    @property
    def light_look(self) -> str:
        return LIGHT_LOOKS[self.light]

    @property
    def stage_look(self) -> str:
        return STAGE_LOOKS.get(self.stage, "")


def rows(found: Iterable[OfficeYear]) -> list[Row]:
    return [Row(one, light(one), stage(one.said)) for one in found]


def light(one: OfficeYear) -> OfficeLight:
    counts = one.counts
    if not one.begun:
        return OfficeLight.NO_YEAR
    if counts.overdue:
        return OfficeLight.OVERDUE
    if counts.late:
        return OfficeLight.LATE
    return OfficeLight.DONE if counts.nodes and not counts.not_done else OfficeLight.ON_TRACK


def stage(said: Said) -> SummaryStage:
    """The newest round says it where the summary was handed in, else the summary itself."""
    return SummaryStage(said.filing or said.summary or SummaryStage.NOT_BEGUN)


# Narrowing and sorting

SORTS: Mapping[str, Callable[[Row], Any]] = {
    "name": lambda row: row.year.name,  # as the database orders names
    "light": lambda row: list(OfficeLight).index(row.light),
    "nodes": lambda row: row.counts.nodes,
    "on_time": lambda row: row.counts.on_time,
    "late": lambda row: row.counts.late,
    "deferred": lambda row: row.counts.deferred,
    "not_done": lambda row: row.counts.not_done,
    "overdue": lambda row: row.counts.overdue,
    "returned": lambda row: row.counts.returned,
    "score": lambda row: float(row.year.said.score or -1),
    "summary": lambda row: list(SummaryStage).index(row.stage),
}


@dataclass(frozen=True)
class Asked:
    """What an address asks for; a sort with “-” before it goes down. What is no choice asks nothing."""

    sort: str = "name"
    light: str = ""
    stage: str = ""
    text: str = ""

    @classmethod
    def of(cls, address: Mapping[str, str]) -> Asked:
        sort, lit, staged = (address.get(name, "") for name in ("sort", "light", "summary"))
        return cls(
            sort if sort.removeprefix("-") in SORTS else "name",
            lit if lit in OfficeLight.values else "",
            staged if staged in SummaryStage.values else "",
            address.get("q", "").strip()[:100],
        )

    def shows(self, row: Row) -> bool:
        return (
            self.light in ("", row.light)
            and self.stage in ("", row.stage)
            and self.text.casefold() in f"{row.year.name} {row.year.code}".casefold()
        )


def arranged(found: Sequence[Row], asked: Asked) -> list[Row]:
    """The rows that `asked` shows, in its order; where that is the same, as they came: by name."""
    shown, down = [row for row in found if asked.shows(row)], asked.sort.startswith("-")
    name = asked.sort.removeprefix("-")
    if name == "name":
        return shown[::-1] if down else shown
    return sorted(shown, key=SORTS[name], reverse=down)


def total(found: Iterable[Row]) -> Counts:
    return reduce(add, (row.counts for row in found), NOTHING)


# Bars


@dataclass(frozen=True)
class Part:
    """A part of a bar that is a hundred wide."""

    name: str
    start: float
    width: float


def bar(counts: Counts) -> list[Part]:
    """Done on time, done late, deferred, open, overdue: what there is of them, side by side."""
    shares = (
        ("on-time", counts.on_time),
        ("late", counts.late),
        ("deferred", counts.deferred),
        ("open", counts.not_done - counts.overdue),
        ("overdue", counts.overdue),
    )
    parts, start = [], 0.0
    for name, number in shares:
        if number:
            width = round(number * ENTIRE / counts.nodes, 2)
            parts.append(Part(name, round(start, 2), width))
            start += width
    return parts


# Taking it along

NUMBERS = ("nodes", "on_time", "late", "deferred", "not_done", "overdue", "returned")
COLUMNS = (
    gettext_lazy("Office"), gettext_lazy("Code"), pgettext_lazy("office", "Light"), gettext_lazy("Nodes"),
    gettext_lazy("Done on time"), gettext_lazy("Done late"), gettext_lazy("Deferred"),
    gettext_lazy("Not done"), gettext_lazy("Overdue"), gettext_lazy("Returned once or more"),
    gettext_lazy("Score"), gettext_lazy("Grade"), gettext_lazy("Annual summary"),
)  # fmt: skip


def sheet(found: Sequence[Row]) -> tuple[list[str], list[list[Any]]]:
    """The same as a table for other programs, the sums below."""
    lines = [_line(row) for row in found]
    together = total(found)
    return [str(name) for name in COLUMNS], [
        *lines,
        [_("Together"), "", "", *_numbers(together), None, "", ""],
    ]


def _line(row: Row) -> list[Any]:
    said = row.year.said
    score = float(said.score) if said.score else None
    about = [row.year.name, row.year.code, str(row.light.label)]
    return [*about, *_numbers(row.counts), score, said.grade, str(row.stage.label)]


def _numbers(counts: Counts) -> list[int]:
    return [getattr(counts, name) for name in NUMBERS]
