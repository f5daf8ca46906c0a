"""One node of one year, as the lessons look at it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from nodes.kinds import Kind, kind_of
from nodes.models import State
from workflow.calendar import WorkingDays


@dataclass(frozen=True)
class Work:
    """What a year knows of one node, with the meanings of `nodes.figures.NodeFact`.

    `promised` is the baseline deadline, `due` the one in force, None where it was left open; `completed_on`
    the day that its evidence states. `origin` names year and number of the node it was carried over from.
    """

    year: int
    number: int
    title: str
    division_id: int
    division: str
    state: str
    promised: date
    due: date | None
    completed_on: date | None
    returned: int = 0
    planned_start: date | None = None
    origin: tuple[int, int] | None = None
    pk: int = 0

    @property
    def key(self) -> tuple[int, int]:
        return self.year, self.number

    @cached_property
    def kind(self) -> Kind:
        return kind_of(self.title)

    @property
    def done(self) -> bool:
        return self.state == State.APPROVED

    @property
    def deferred(self) -> bool:
        return self.state == State.DEFERRED

    @property
    def put_off(self) -> bool:
        """Whether its deadline was moved back or left open."""
        return self.due is None or self.due > self.promised

    @property
    def late(self) -> bool:
        return self.done and bool(self.completed_on and self.due and self.completed_on > self.due)

    @property
    def on_time(self) -> bool:
        return self.done and not self.late

    @property
    def measured(self) -> bool:
        """Whether it can be said how early or late it was."""
        return self.done and self.completed_on is not None and self.due is not None

    @property
    def days(self) -> int | None:
        """Calendar days between completion and the deadline in force, negative when late."""
        if not self.measured or self.due is None or self.completed_on is None:
            return None
        return (self.due - self.completed_on).days

    def working_days(self, calendar: WorkingDays) -> int | None:
        """The same in working days."""
        if not self.measured or self.due is None or self.completed_on is None:
            return None
        return margin(calendar, self.completed_on, self.due)

    def ahead_of_promise(self, calendar: WorkingDays) -> int | None:
        """Working days between completion and what was promised when the year began."""
        if not self.done or self.completed_on is None:
            return None
        return margin(calendar, self.completed_on, self.promised)

    @property
    def month(self) -> int | None:
        """The month in which it is due; None when that is open or in another year."""
        return self.due.month if self.due and self.due.year == self.year else None


def margin(calendar: WorkingDays, completed: date, due: date) -> int:
    """Working days from `completed` until `due`: 0 on the same day, negative when it was late.

    A day off after the deadline makes nothing late by a working day: that counts 0, too.
    """
    if completed <= due:
        return calendar.between(completed, due)
    return -calendar.between(due, completed)


def origin_of(noted: Any) -> tuple[int, int] | None:
    """Year and number of the node that one was carried over from, as the roll-over notes it."""
    if not isinstance(noted, dict):
        return None
    year, number = noted.get("year"), noted.get("node")
    return (year, number) if isinstance(year, int) and isinstance(number, int) else None
