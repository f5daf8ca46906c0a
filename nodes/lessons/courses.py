"""What happened to a work and when, so that it can be looked at as it stood on any day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from nodes.lessons.works import Work


@dataclass(frozen=True)
class Round:
    """Evidence: handed in, and `decided_on` returned, approved or withdrawn (None: it waits)."""

    submitted_on: date
    outcome: str
    decided_on: date | None = None


@dataclass(frozen=True)
class Course:
    """A work with its beginning, its rounds of evidence and the changes of its deadline, each in order.

    A change says from which day on which deadline held, None for one that was left open.
    """

    work: Work
    started_on: date | None = None
    rounds: tuple[Round, ...] = ()
    changes: tuple[tuple[date, date | None], ...] = ()

    @cached_property
    def ended_on(self) -> date | None:
        """When its evidence was approved."""
        return next((one.decided_on for one in self.rounds if one.outcome == "approved"), None)

    def due_on(self, day: date) -> date | None:
        """The deadline in force at the end of `day`."""
        due: date | None = self.work.promised
        for changed_on, new in self.changes:
            if changed_on <= day:
                due = new
        return due

    def started_by(self, day: date) -> bool:
        return self.started_on is not None and self.started_on <= day

    def returned_by(self, day: date) -> int:
        return sum(
            one.outcome == "returned" and one.decided_on is not None and one.decided_on <= day
            for one in self.rounds
        )

    def at_work_on(self, day: date) -> bool:
        """Whether at the end of `day` it was neither done nor waiting for review nor without a day."""
        if (self.ended_on and self.ended_on <= day) or self._waited_on(day):
            return False
        due = self.due_on(day)
        return due is not None and due.year == self.work.year

    def _waited_on(self, day: date) -> bool:
        return any(
            one.submitted_on <= day and (one.decided_on is None or one.decided_on > day)
            for one in self.rounds
        )

    def slipped(self, due: date) -> bool:
        """Whether it was not completed by `due`, put off or not: asked of a year that is over."""
        completed = self.work.completed_on if self.work.done else None
        return completed is None or completed > due
