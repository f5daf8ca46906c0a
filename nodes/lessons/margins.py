"""Planned against actual: how early or late work was done, by whatever groups it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nodes.lessons.spread import Spread, spread
from nodes.lessons.works import Work
from workflow.calendar import WorkingDays


@dataclass(frozen=True)
class Measured:
    """A work with its margins, both None where there is nothing to measure."""

    work: Work
    days: int | None
    working_days: int | None


def measured(found: Iterable[Work], calendar: WorkingDays) -> list[Measured]:
    return [Measured(work, work.days, work.working_days(calendar)) for work in found]


@dataclass(frozen=True)
class Row:
    """A group of works: how they ended, which always adds up, and how early they were."""

    key: Any
    nodes: int
    on_time: int
    late: int
    deferred: int
    working_days: Spread | None
    calendar_days: Spread | None

    @property
    def not_done(self) -> int:
        return self.nodes - self.on_time - self.late - self.deferred


def row(key: Any, found: Sequence[Measured]) -> Row:
    works = [one.work for one in found]
    return Row(
        key,
        len(works),
        sum(work.on_time for work in works),
        sum(work.late for work in works),
        sum(work.deferred for work in works),
        spread(one.working_days for one in found if one.working_days is not None),
        spread(one.days for one in found if one.days is not None),
    )


def grouped(found: Iterable[Measured], by: Callable[[Work], Hashable]) -> list[Row]:
    """A row for each value of `by`, in the order in which the values first appear."""
    groups: dict[Hashable, list[Measured]] = {}
    for one in found:
        groups.setdefault(by(one.work), []).append(one)
    return [row(key, group) for key, group in groups.items()]


# Where a margin lies, in working days: late, then so many before the deadline, each up to the next.
STEPS = (0, 3, 6, 11, 21, 41)


@dataclass(frozen=True)
class Bar:
    """How many works were done `at_least` so many working days ahead and before the next step.

    `at_least` is None for what was late, `below` None for the last bar.
    """

    at_least: int | None
    below: int | None
    number: int


def histogram(found: Iterable[Measured]) -> list[Bar]:
    """What was late, and how far ahead the rest was."""
    values = [one.working_days for one in found if one.working_days is not None and not one.work.late]
    late = sum(one.work.late for one in found if one.working_days is not None)
    edges = [*STEPS, None]
    bars = [
        Bar(low, high, sum(low <= value and (high is None or value < high) for value in values))
        for low, high in zip(STEPS, edges[1:], strict=True)
    ]
    return [Bar(None, 0, late), *bars]
