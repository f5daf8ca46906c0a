"""The year's calendar: which days people work, and how many nodes are due on each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from approvals.dashboard.scope import Scope
from approvals.dashboard.standings import Standing
from nodes.light import Light
from workflow.selectors import working_days


@dataclass(frozen=True)
class Day:
    """A day, whether people work on it, and the nodes due then."""

    day: date
    working: bool
    due: tuple[Standing, ...]

    @property
    def open(self) -> int:
        return sum(not standing.done for standing in self.due)

    @property
    def overdue(self) -> int:
        return sum(standing.light == Light.OVERDUE for standing in self.due)

    @property
    def anchor(self) -> str:
        """Where on the page the day's nodes are listed."""
        return f"due-{self.day:%m%d}"


@dataclass(frozen=True)
class Month:
    """A month's days; `url` is the list of what is due in it."""

    first: date
    days: tuple[Day, ...]
    today: date
    url: str

    @property
    def due(self) -> int:
        return sum(len(day.due) for day in self.days)


def months(scope: Scope, found: Iterable[Standing]) -> list[Month]:
    """January to December of the scope's year."""
    due: dict[date, list[Standing]] = {}
    for standing in found:
        if standing.fact.deadline:
            due.setdefault(standing.fact.deadline, []).append(standing)
    return [_month(scope, date(scope.cycle.year, number, 1), due) for number in range(1, 13)]


def _month(scope: Scope, first: date, due: dict[date, list[Standing]]) -> Month:
    calendar = working_days(scope.cycle.office)
    next_month = (first + timedelta(days=31)).replace(day=1)
    days = [first + timedelta(days=past) for past in range((next_month - first).days)]
    told = tuple(Day(day, calendar.is_workday(day), tuple(due.get(day, ()))) for day in days)
    return Month(first, told, scope.day, scope.list_of(month=first.month))


def busy_days(found: Iterable[Month]) -> list[Day]:
    """The days on which something is due."""
    return [day for month in found for day in month.days if day.due]
