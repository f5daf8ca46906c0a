"""The year as it was planned, as it is planned now, and as it went: counts that grow day by day."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from approvals.dashboard.scope import Scope
from approvals.dashboard.standings import Standing


@dataclass(frozen=True)
class Curve:
    """Days on which something was due or done, in order: one entry a node, none before the year begins.

    What is due after the year stays in `promised` and `due`, beyond its last day.
    """

    first: date
    last: date
    day: date
    promised: tuple[date, ...]
    due: tuple[date, ...]
    done: tuple[date, ...]
    nodes: int

    def by(self, days: tuple[date, ...], day: date) -> int:
        """How many of `days` have come by the end of `day`."""
        return bisect_right(days, day)

    @property
    def begun(self) -> bool:
        return self.day >= self.first

    @property
    def until(self) -> date:
        """The last day of which it is known what was done."""
        return min(self.day, self.last)

    @property
    def now(self) -> tuple[int, int, int]:
        """Promised, due and done by the day looked from."""
        return tuple(self.by(days, self.until) for days in (self.promised, self.due, self.done))  # type: ignore[return-value]


@dataclass(frozen=True)
class MonthRow:
    """A month's own counts and those since January; `done` is None in a month that has not come."""

    month: date
    due: int
    promised_by: int
    due_by: int
    done: int | None
    done_by: int | None
    url: str


def curve(scope: Scope, found: Sequence[Standing]) -> Curve:
    first, last = scope.cycle.first_day, scope.cycle.last_day
    facts = [standing.fact for standing in found]
    done = [s.fact.completed_on for s in found if s.done and s.fact.completed_on]
    return Curve(
        first,
        last,
        scope.day,
        tuple(sorted(max(fact.node.baseline_deadline, first) for fact in facts)),
        tuple(sorted(max(fact.deadline, first) for fact in facts if fact.deadline)),
        tuple(sorted(max(day, first) for day in done)),
        len(facts),
    )


def month_rows(scope: Scope, drawn: Curve, found: Iterable[Standing]) -> list[MonthRow]:
    """January to December."""
    due = Counter(s.fact.deadline.replace(day=1) for s in found if s.fact.deadline)
    return [_month_row(scope, drawn, date(drawn.first.year, number, 1), due) for number in range(1, 13)]


def _month_row(scope: Scope, drawn: Curve, month: date, due: Counter[date]) -> MonthRow:
    end, before = _last_of(month), month - timedelta(days=1)
    come = month <= drawn.until and drawn.begun
    done_by = drawn.by(drawn.done, end) if come else None
    return MonthRow(
        month,
        due[month],
        drawn.by(drawn.promised, end),
        drawn.by(drawn.due, end),
        None if done_by is None else done_by - drawn.by(drawn.done, before),
        done_by,
        scope.list_of(month=month.month),
    )


def _last_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
