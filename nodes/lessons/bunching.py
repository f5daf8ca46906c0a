"""Work that crowds before deadlines and at the end of the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from nodes.lessons.margins import Measured
from nodes.lessons.spread import share_of

LAST_DAYS = 3  # the deadline itself and the two working days before it


@dataclass(frozen=True)
class Rush:
    """Of the works of a group that were done, how many in the last days before their deadline."""

    key: Any
    done: int
    last_days: int
    late: int

    @property
    def share(self) -> float | None:
        return share_of(self.last_days, self.done)


def in_last_days(one: Measured) -> bool:
    """Whether it was done in time, and hardly so."""
    return one.working_days is not None and not one.work.late and one.working_days < LAST_DAYS


def rush(key: Any, found: Iterable[Measured]) -> Rush:
    done = [one for one in found if one.working_days is not None]
    return Rush(key, len(done), sum(map(in_last_days, done)), sum(one.work.late for one in done))


def rushes(found: Iterable[Measured], by: Callable[[Measured], Hashable]) -> list[Rush]:
    """A line for each value of `by` that has something done, the greatest share first."""
    groups: dict[Hashable, list[Measured]] = {}
    for one in found:
        groups.setdefault(by(one), []).append(one)
    rows = [row for key, group in groups.items() if (row := rush(key, group)).done]
    return sorted(rows, key=lambda row: (-(row.share or 0), -row.done))


@dataclass(frozen=True)
class Month:
    """What a month of the year saw: nodes due and done, and evidence handed in."""

    number: int
    due: int
    done: int
    submitted: int


@dataclass(frozen=True)
class Rhythm:
    """How a year's work was spread: by month, the days with most evidence, and December's shares."""

    months: tuple[Month, ...]
    busiest: tuple[tuple[date, int], ...]
    days: int
    submitted: int

    @property
    def december_done(self) -> float | None:
        return share_of(self.months[11].done, sum(month.done for month in self.months))

    @property
    def december_due(self) -> float | None:
        return share_of(self.months[11].due, sum(month.due for month in self.months))

    @property
    def december_submitted(self) -> float | None:
        return share_of(self.months[11].submitted, self.submitted)

    @property
    def a_day(self) -> float | None:
        """Rounds of evidence on a day on which any came, on average."""
        return round(self.submitted / self.days, 1) if self.days else None


def rhythm(year: int, found: Sequence[Measured], submitted: Iterable[date], *, most: int = 10) -> Rhythm:
    """`submitted` are the days on which evidence was handed in; what another year saw counts nowhere."""
    days = Counter(day for day in submitted if day.year == year)
    due = Counter(one.work.month for one in found)
    done = Counter(_month_done(one, year) for one in found)
    handed_in: Counter[int] = Counter()
    for day, number in days.items():
        handed_in[day.month] += number
    months = tuple(Month(number, due[number], done[number], handed_in[number]) for number in range(1, 13))
    busiest = tuple(sorted(days.items(), key=lambda pair: (-pair[1], pair[0]))[:most])
    return Rhythm(months, busiest, len(days), days.total())


def _month_done(one: Measured, year: int) -> int | None:
    day = one.work.completed_on
    return day.month if one.work.done and day and day.year == year else None
