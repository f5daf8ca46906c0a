"""Which nodes are likely to slip: a few points for what speaks for it, each with its reason.

The points are fixed, not fitted, so that past years can show honestly what they are worth (`backtest`).
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from nodes.kinds import Kind
from nodes.lessons.bunching import LAST_DAYS
from nodes.lessons.courses import Course
from nodes.lessons.works import Work
from workflow.calendar import WorkingDays

HORIZON = 40  # working days ahead: what is due later is not judged yet
NEAR = 10  # working days in which work that has not begun is a worry, and what is due counts as load
MUCH = 5  # nodes that a division has at work for the coming NEAR working days
FEW = 5  # nodes done from which a division's habit can be told, a kind's usual time from as many
FLAGGED = 3  # points from which a node is named as likely to slip


class Reason(TextChoices):
    """What speaks for slipping."""

    NOT_STARTED = "not_started", _("not started")
    SHORT = "short", _("less time left than usual")
    RETURNED = "returned", _("evidence was returned")
    LATE_BEFORE = "late_before", _("late in earlier years")
    LOAD = "load", _("its division has much at work")
    RUSH = "rush", _("its division finishes at the last moment")


POINTS = {
    Reason.NOT_STARTED: 2,
    Reason.SHORT: 2,
    Reason.RETURNED: 1,
    Reason.LATE_BEFORE: 2,
    Reason.LOAD: 1,
    Reason.RUSH: 1,
}


@dataclass(frozen=True)
class Factor:
    """A reason with its points and the numbers that its words name."""

    reason: Reason
    points: int
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Experience:
    """What earlier years say: usual working days by kind, divisions that finish at the last moment (with the
    per cent that do), and in how many years the same work was late, by the work's key."""

    usual: Mapping[Kind, int] = field(default_factory=dict)
    rushing: Mapping[int, int] = field(default_factory=dict)
    late_before: Mapping[tuple[int, int], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Prospect:
    """A node that is at work, looked at on a day: when it is due, and what speaks for slipping."""

    course: Course
    due: date
    days_left: int
    factors: tuple[Factor, ...]

    @property
    def work(self) -> Work:
        return self.course.work

    @property
    def points(self) -> int:
        return sum(factor.points for factor in self.factors)

    @property
    def flagged(self) -> bool:
        return self.points >= FLAGGED


def experience(
    past: Sequence[Course], lineages: Mapping[tuple[int, int], Sequence[Work]], calendar: WorkingDays
) -> Experience:
    """From the courses of earlier years; `lineages` names the same work in them for each work."""
    return Experience(
        _usual(past, calendar),
        _rushing(past, calendar),
        {key: late for key, same in lineages.items() if (late := sum(_slipped(work) for work in same))},
    )


def _slipped(work: Work) -> bool:
    """Late, put off or never done."""
    return work.put_off or not work.on_time


def _usual(past: Sequence[Course], calendar: WorkingDays) -> dict[Kind, int]:
    taken: dict[Kind, list[int]] = {}
    for course in past:
        done = course.work.completed_on if course.work.done else None
        if course.started_on and done and done >= course.started_on:
            taken.setdefault(course.work.kind, []).append(calendar.between(course.started_on, done))
    return {kind: round(statistics.median(days)) for kind, days in taken.items() if len(days) >= FEW}


def _rushing(past: Sequence[Course], calendar: WorkingDays) -> dict[int, int]:
    margins: dict[int, list[int]] = {}
    for course in past:
        if (days := course.work.working_days(calendar)) is not None:
            margins.setdefault(course.work.division_id, []).append(days)
    shares = {
        division: round(sum(days < LAST_DAYS for days in found) * 100 / len(found))
        for division, found in margins.items()
        if len(found) >= FEW
    }
    return {division: share for division, share in shares.items() if share >= 50}


def prospects(
    courses: Sequence[Course], day: date, known: Experience, calendar: WorkingDays
) -> list[Prospect]:
    """What is at work at the end of `day` and due within the horizon, the greatest worry first."""
    far, near = calendar.after(day, HORIZON), calendar.after(day, NEAR)
    open_ = [(course, due) for course in courses if (due := _due(course, day)) and day <= due <= far]
    load = Counter(course.work.division_id for course, due in open_ if due <= near)
    found = [_prospect(course, due, day, known, load, calendar) for course, due in open_]
    return sorted(found, key=lambda one: (-one.points, one.due, one.work.number))


def _due(course: Course, day: date) -> date | None:
    return course.due_on(day) if course.at_work_on(day) else None


def _prospect(
    course: Course, due: date, day: date, known: Experience, load: Counter[int], calendar: WorkingDays
) -> Prospect:
    left = calendar.between(day, due)
    factors = [
        _not_started(course, day, left),
        _short(course, day, left, known, calendar),
        _returned(course, day),
        _late_before(course, known),
        _load(course, load),
        _rush(course, known),
    ]
    return Prospect(course, due, left, tuple(factor for factor in factors if factor))


def _factor(reason: Reason, *numbers: int, more: int = 0) -> Factor:
    return Factor(reason, POINTS[reason] + more, numbers)


def _not_started(course: Course, day: date, left: int) -> Factor | None:
    begins = course.work.planned_start
    expected = left <= NEAR or (begins is not None and begins <= day)
    return _factor(Reason.NOT_STARTED, left) if expected and not course.started_by(day) else None


def _short(course: Course, day: date, left: int, known: Experience, calendar: WorkingDays) -> Factor | None:
    usual = known.usual.get(course.work.kind)
    if usual is None:
        return None
    spent = calendar.between(course.started_on, day) if course.started_by(day) and course.started_on else 0
    return _factor(Reason.SHORT, left, usual) if left < usual - spent else None


def _returned(course: Course, day: date) -> Factor | None:
    times = course.returned_by(day)
    return _factor(Reason.RETURNED, times, more=int(times > 1)) if times else None


def _late_before(course: Course, known: Experience) -> Factor | None:
    times = known.late_before.get(course.work.key, 0)
    return _factor(Reason.LATE_BEFORE, times) if times else None


def _load(course: Course, load: Counter[int]) -> Factor | None:
    count = load[course.work.division_id]
    return _factor(Reason.LOAD, count) if count >= MUCH else None


def _rush(course: Course, known: Experience) -> Factor | None:
    share = known.rushing.get(course.work.division_id)
    return _factor(Reason.RUSH, share) if share else None
