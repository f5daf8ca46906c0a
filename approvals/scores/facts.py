"""Where each node stood when a year is scored: what the record says, and what it means under a scheme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from approvals.scores.scheme import ItemRule, Scheme
from workflow.calendar import WorkingDays


class Outcome(StrEnum):
    """How a node counts. OVERDUE may still be done, UNDONE is what the year ended without."""

    ON_TIME = "on_time"
    LATE = "late"
    OVERDUE = "overdue"
    UNDONE = "undone"
    CARRIED_OVER = "carried_over"
    PENDING = "pending"


@dataclass(frozen=True)
class Place:
    """What a node is and where it belongs; `weight` and `completion` (percent) are None where none is named.

    `position` is the division's place among the others.
    """

    number: int
    title: str
    indicator: int
    indicator_title: str
    level1: str
    division_id: int
    division: str
    weight: Decimal | None = None
    completion: Decimal | None = None
    position: int = 0


@dataclass(frozen=True)
class NodeRecord:
    """What the record says of a node; days are inclusive.

    `deadline` is the one in force, None when it was left open; `deadline_in_time` the one that deferrals
    asked for in time made. `completed_on` is the day its evidence states, `in_review` when not approved yet.
    """

    place: Place
    deadline: date | None
    deadline_in_time: date | None
    completed_on: date | None = None
    in_review: bool = False


@dataclass(frozen=True)
class Standing:
    """How a node counts under a scheme; `days` are those it is late by, counted as its rule says."""

    place: Place
    outcome: Outcome
    days: int = 0
    deadline: date | None = None
    completed_on: date | None = None
    in_review: bool = False


@dataclass(frozen=True)
class Span:
    """The year's last day, the day on which it is looked at, and the calendar."""

    last_day: date
    on: date
    calendar: WorkingDays

    @property
    def over(self) -> bool:
        return self.on > self.last_day


def stand(record: NodeRecord, scheme: Scheme, span: Span) -> Standing:
    """How `record` counts under `scheme`, as of the span's day."""
    deadline = record.deadline if scheme.late_requests_count else record.deadline_in_time
    outcome, days = _outcome(deadline, record.completed_on, _rule(record.place, scheme), span)
    return Standing(record.place, outcome, days, deadline, record.completed_on, record.in_review)


def done_on(standing: Standing, completed_on: date, scheme: Scheme, span: Span) -> Standing:
    """The same node, done on another day."""
    outcome, days = _outcome(standing.deadline, completed_on, _rule(standing.place, scheme), span)
    return Standing(standing.place, outcome, days, standing.deadline, completed_on)


def _rule(place: Place, scheme: Scheme) -> ItemRule:
    return scheme.rule_for(place.number, place.level1)


def _outcome(
    deadline: date | None, completed_on: date | None, rule: ItemRule, span: Span
) -> tuple[Outcome, int]:
    """What was done after the year's end or is done later than today has not been done yet."""
    done = completed_on if completed_on and completed_on <= min(span.on, span.last_day) else None
    if done and (deadline is None or done <= deadline):
        return Outcome.ON_TIME, 0
    if deadline is None or deadline > span.last_day:
        return Outcome.CARRIED_OVER, 0
    if done:
        return Outcome.LATE, days_between(deadline, done, rule, span.calendar)
    if span.over:
        return Outcome.UNDONE, days_between(deadline, span.last_day, rule, span.calendar)
    if deadline >= span.on:
        return Outcome.PENDING, 0
    return Outcome.OVERDUE, days_between(deadline, span.on, rule, span.calendar)


def days_between(deadline: date, day: date, rule: ItemRule, calendar: WorkingDays) -> int:
    """How many days `day` lies after `deadline`, working days or calendar days as the rule has it."""
    return calendar.between(deadline, day) if rule.days == "working" else (day - deadline).days
