"""Working days: the office's own calendar over the published one over Monday to Friday."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar


class WorkingDays:
    """Answers about working days, quickly: each year is worked out once for an instance.

    A day's status comes from `overrides`, else from the State Council's published calendar with its
    make-up days (chinesecalendar, from 2004 to the last year published), else from Monday to Friday,
    which is *provisional*. An instance is a snapshot: make a new one when the overrides change.

    All arguments are plain dates in the office's time zone; where the calendar itself ends, answers stop
    at `date.min` and `date.max`.

    Parameters
    ----------
    overrides
        Maps a day to whether it is a working day.
    """

    def __init__(self, overrides: Mapping[date, bool] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._years: dict[int, tuple[date, ...]] = {}

    def is_workday(self, day: date) -> bool:
        """Return whether people work on `day`."""
        if day in self._overrides:
            return self._overrides[day]
        published = _published(day.year)
        return day.weekday() < 5 if published is None else day in published

    def is_provisional(self, day: date) -> bool:
        """Return whether the answer for `day` is only Monday-to-Friday, its year being unpublished."""
        return day not in self._overrides and _published(day.year) is None

    def before(self, deadline: date, n: int) -> date:
        """Return the `n`-th working day strictly before `deadline`; `deadline` itself when `n` is 0."""
        if _checked(n) == 0:
            return deadline
        year, position = deadline.year, bisect_left(self._year(deadline.year), deadline) - n
        while position < 0:
            year -= 1
            if year < date.min.year:
                return date.min
            position += len(self._year(year))
        return self._year(year)[position]

    def after(self, day: date, n: int) -> date:
        """Return the `n`-th working day strictly after `day`; `day` itself when `n` is 0."""
        if _checked(n) == 0:
            return day
        year, position = day.year, bisect_right(self._year(day.year), day) + n - 1
        while position >= len(self._year(year)):
            position -= len(self._year(year))
            year += 1
            if year > date.max.year:
                return date.max
        return self._year(year)[position]

    def on_or_before(self, day: date) -> date:
        """Return `day` when it is a working day, else the last working day before it."""
        return day if self.is_workday(day) else self.before(day, 1)

    def between(self, a: date, b: date) -> int:
        """Count the working days d with a < d <= b; 0 when `b` is not after `a`."""
        if b <= a:
            return 0
        years_before_b = sum(len(self._year(year)) for year in range(a.year, b.year))
        return years_before_b + self._rank(b) - self._rank(a)

    def _rank(self, day: date) -> int:
        """How many working days its year has up to and including `day`."""
        return bisect_right(self._year(day.year), day)

    def _year(self, year: int) -> tuple[date, ...]:
        """Every working day of `year`, in order."""
        if year not in self._years:
            self._years[year] = tuple(day for day in _days_of(year) if self.is_workday(day))
        return self._years[year]


def _checked(n: int) -> int:
    if n < 0:
        raise ValueError(f"a number of working days cannot be negative: {n}")
    return n


@lru_cache(maxsize=64)
def _published(year: int) -> frozenset[date] | None:
    """The published working days of `year`; None when the year has not been published.

    Kept for the process: chinesecalendar finds its first and last year anew at every question.
    """
    try:
        return frozenset(day for day in _days_of(year) if chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=offset) for offset in range((date(year, 12, 31) - first).days + 1)]
