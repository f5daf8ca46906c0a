"""What if: the same year with other outcomes of some nodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from approvals.scores.facts import Outcome, Span, Standing, done_on
from approvals.scores.scheme import Scheme

MOST_DAYS = 400


class What(StrEnum):
    """What is supposed of a node."""

    ON_TIME = "on_time"
    LATE = "late"
    UNDONE = "undone"
    CARRIED_OVER = "carried_over"


@dataclass(frozen=True)
class Supposed:
    """One supposition; `days` (late) are counted as the node's rule counts them."""

    number: int
    what: What
    days: int = 0


def at_years_end(standings: Iterable[Standing]) -> list[Standing]:
    """The year's end where nothing else goes wrong: what is not due yet will be done on time."""
    return [
        replace(one, outcome=Outcome.ON_TIME) if one.outcome == Outcome.PENDING else one for one in standings
    ]


def supposing(
    standings: Sequence[Standing], suppositions: Iterable[Supposed], scheme: Scheme, span: Span
) -> list[Standing]:
    """`standings` with what is supposed in place of what is; of two about one node the last holds."""
    wanted: Mapping[int, Supposed] = {one.number: one for one in suppositions}
    end = replace(span, on=span.last_day + timedelta(days=1))
    return [
        _supposed(one, wanted[one.place.number], scheme, end) if one.place.number in wanted else one
        for one in standings
    ]


def _supposed(standing: Standing, supposed: Supposed, scheme: Scheme, end: Span) -> Standing:
    if supposed.what == What.LATE:
        return done_on(_due(standing, end), _late_by(standing, supposed.days, scheme, end), scheme, end)
    if supposed.what == What.UNDONE:
        never = end.last_day + timedelta(days=1)
        return done_on(_due(standing, end), never, scheme, end)
    return replace(standing, outcome=Outcome(supposed.what), days=0, in_review=False)


def _due(standing: Standing, end: Span) -> Standing:
    """With the deadline that it would be late by: beyond the year it is the last day."""
    deadline = min(standing.deadline or end.last_day, end.last_day)
    return replace(standing, deadline=deadline)


def _late_by(standing: Standing, days: int, scheme: Scheme, end: Span) -> date:
    deadline = _due(standing, end).deadline
    assert deadline is not None
    rule = scheme.rule_for(standing.place.number, standing.place.level1)
    if rule.days == "working":
        return end.calendar.after(deadline, days)
    return deadline + timedelta(days=days)
