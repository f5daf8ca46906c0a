"""The year's work as bars in time, division by division."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from approvals.dashboard.scope import Scope
from approvals.dashboard.standings import Standing
from nodes.light import Light


@dataclass(frozen=True)
class Bar:
    """A node's time: from `start` to the deadline it had at first, and on to the one it has now.

    `current` is None where the deadline was left open. All days lie in the year; what does not is cut off.
    """

    standing: Standing
    start: date
    baseline: date
    current: date | None
    completed: date | None
    url: str

    @property
    def light(self) -> Light:
        return self.standing.light

    @property
    def deferred(self) -> bool:
        return self.current != self.baseline


@dataclass(frozen=True)
class Group:
    """A division's bars, and where all its nodes are listed."""

    name: str
    url: str
    bars: tuple[Bar, ...]


def groups(scope: Scope, found: Iterable[Standing]) -> list[Group]:
    """The scope's divisions that lead nodes, in the office's order; their nodes by number."""
    bars: dict[int, list[Bar]] = {}
    for standing in found:
        bars.setdefault(standing.node.lead_division_id, []).append(_bar(scope, standing))
    return [
        Group(one.name, scope.list_of(division=one.pk), tuple(bars[one.pk]))
        for one in scope.divisions
        if one.pk in bars
    ]


def _bar(scope: Scope, standing: Standing) -> Bar:
    fact, node, year = standing.fact, standing.node, scope.cycle

    def within(day: date) -> date:
        return min(max(day, year.first_day), year.last_day)

    baseline = within(node.baseline_deadline)
    return Bar(
        standing,
        min(within(node.planned_start or year.first_day), baseline),
        baseline,
        within(fact.deadline) if fact.deadline else None,
        within(fact.completed_on) if standing.done and fact.completed_on else None,
        standing.url,
    )
