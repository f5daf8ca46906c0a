"""Deadlines set closer to real completion: what the next year's deadline of a node might be, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from nodes.lessons.likeness import matches
from nodes.lessons.spread import percentile
from nodes.lessons.works import Work
from workflow.calendar import WorkingDays

PERCENTILE = 80  # so many in a hundred were done by the day that is suggested
YEARS = 3  # so far back the lessons look
KEEP = 5  # up to so many working days ahead a deadline fits


class Verdict(TextChoices):
    TIGHT = "tight", _("too tight")
    LOOSE = "loose", _("too loose")
    FITS = "fits", _("fits")
    UNKNOWN = "unknown", _("nothing to go by")


@dataclass(frozen=True)
class PastYear:
    """One year of the same work: `ahead` of its promise by so many working days, None when it never was done
    or was only put off."""

    year: int
    ahead: int | None
    deferred: bool


@dataclass(frozen=True)
class Suggestion:
    """What to set, and what it rests on.

    `day` is a working day of the year it is for, None where nothing can be suggested; `lead` the working
    days ahead of the promise by which `PERCENTILE` in a hundred were done, negative when they were late;
    `unmoved` what the same day of the calendar would be. `past` names every year known, the newest first.
    """

    verdict: Verdict
    day: date | None = None
    unmoved: date | None = None
    lead: int | None = None
    past: tuple[PastYear, ...] = ()
    division_id: int = 0
    division: str = ""

    @property
    def years(self) -> tuple[int, ...]:
        """The years that count, in order."""
        return tuple(sorted(one.year for one in self.past if one.ahead is not None))

    @property
    def moves(self) -> bool:
        """Whether another day is suggested than the same one of the calendar."""
        return self.day is not None and self.day != self.unmoved

    @property
    def left_out(self) -> tuple[PastYear, ...]:
        """The years in which it was not completed."""
        return tuple(one for one in self.past if one.ahead is None)


def lineage(
    works: Sequence[Work], past: Mapping[int, Sequence[Work]]
) -> dict[tuple[int, int], tuple[Work, ...]]:
    """For each work's key the same work in `past` years, the newest first; a year may be missing."""
    chains: dict[tuple[int, int], list[Work]] = {work.key: [work] for work in works}
    for year in sorted(past, reverse=True):
        heads = {chain[-1].key: key for key, chain in chains.items()}
        found = matches([chain[-1] for chain in chains.values()], past[year])
        for head, match in found.items():
            chains[heads[head]].append(match)
    return {key: tuple(chain[1:]) for key, chain in chains.items()}


def suggest(history: Sequence[Work], year: int, calendar: WorkingDays) -> Suggestion:
    """The deadline for `year` that `history` (the same work in earlier years, the newest first) speaks for.

    It is the newest promise that was kept or missed by a completion, moved to `year` and by as many working
    days as it was ahead at the percentile. Up to `KEEP` days ahead nothing is moved, so that deadlines do
    not creep forward year by year. Nothing is suggested where the work never was completed.
    """
    recent = [work for work in history if year - YEARS <= work.year < year]
    past = tuple(PastYear(w.year, w.ahead_of_promise(calendar), w.deferred) for w in recent)
    leads = [one.ahead for one in past if one.ahead is not None]
    if not leads:
        return Suggestion(Verdict.UNKNOWN, past=past)
    lead = math.floor(percentile(leads, 1 - PERCENTILE / 100) + 1e-9)
    newest = next(work for work in recent if work.ahead_of_promise(calendar) is not None)
    unmoved = within(calendar, year, calendar.on_or_before(in_year(newest.promised, year)))
    if 0 <= lead <= KEEP:
        return Suggestion(Verdict.FITS, unmoved, unmoved, lead, past)
    moved = calendar.before(unmoved, lead) if lead > 0 else calendar.after(unmoved, -lead)
    verdict = Verdict.LOOSE if lead > 0 else Verdict.TIGHT
    return Suggestion(verdict, within(calendar, year, moved), unmoved, lead, past)


def in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February is then the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(year, day.month, last)


def within(calendar: WorkingDays, year: int, day: date) -> date:
    """`day`, or the working day of `year` nearest to it."""
    first = calendar.after(date(year - 1, 12, 31), 1)
    last = calendar.on_or_before(date(year, 12, 31))
    return min(max(day, first), last)
