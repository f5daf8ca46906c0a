"""The score of one node, line by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from approvals.scores.facts import Outcome, Place, Standing
from approvals.scores.lines import Adjustment, Line, adjusted, bounded, summed
from approvals.scores.rounding import NOTHING, rounded, shared
from approvals.scores.scheme import ItemRule, Scheme

ALL = Decimal(100)
BEHIND = (Outcome.LATE, Outcome.OVERDUE, Outcome.UNDONE)


@dataclass(frozen=True)
class NodeScore:
    """What a node got of its `points`; one that does not count yet, or was left out, has none of both."""

    standing: Standing
    points: Decimal
    lines: tuple[Line, ...]
    counts: bool

    @property
    def place(self) -> Place:
        return self.standing.place

    @property
    def score(self) -> Decimal:
        return summed(self.lines)

    @property
    def lost(self) -> Decimal:
        return self.points - self.score


def allotted(standings: Sequence[Standing], scheme: Scheme) -> dict[int, Decimal]:
    """Node number to the points it can get."""
    if scheme.points_from == "indicator":
        return _by_indicator(standings, scheme)
    return {one.place.number: rounded(_weight(one.place, scheme)) for one in standings}


def _weight(place: Place, scheme: Scheme) -> Decimal:
    if scheme.points_from == "equal" or place.weight is None:
        return scheme.points_without_weight
    return place.weight


def _by_indicator(standings: Sequence[Standing], scheme: Scheme) -> dict[int, Decimal]:
    """An indicator's weight is the first that one of its nodes names; they share it alike."""
    groups: dict[int, list[Place]] = {}
    for one in standings:
        groups.setdefault(one.place.indicator, []).append(one.place)
    found: dict[int, Decimal] = {}
    for places in groups.values():
        named = (place.weight for place in places if place.weight is not None)
        parts = shared(next(named, scheme.points_without_weight), len(places))
        found |= {place.number: part for place, part in zip(places, parts, strict=True)}
    return found


def score_node(
    standing: Standing, points: Decimal, scheme: Scheme, adjustments: Iterable[Adjustment] = ()
) -> NodeScore:
    """What a node that can get `points` gets under `scheme`."""
    if reason := _left_out(standing, scheme):
        return NodeScore(standing, NOTHING, (Line(reason, NOTHING),), counts=False)
    rule = scheme.rule_for(standing.place.number, standing.place.level1)
    lines = [
        Line("base", points, {"points": points}),
        *_losses(standing, points, rule, scheme),
        *adjusted(adjustments),
    ]
    lines += bounded(summed(lines), NOTHING, most(points, rule))
    return NodeScore(standing, points, tuple(lines), counts=True)


def most(points: Decimal, rule: ItemRule) -> Decimal:
    """The most that a node with `points` can get under its rule."""
    over = rule.over_cap if rule.completion == "proportional" else Decimal(0)
    return points + rounded(points * over / ALL)


def _left_out(standing: Standing, scheme: Scheme) -> str:
    if standing.outcome == Outcome.PENDING:
        return "pending"
    carried = standing.outcome == Outcome.CARRIED_OVER
    return "left_out" if carried and scheme.carried_over == "left_out" else ""


def _losses(standing: Standing, points: Decimal, rule: ItemRule, scheme: Scheme) -> Iterator[Line]:
    if standing.outcome == Outcome.CARRIED_OVER:
        yield _carried_over(standing, points, scheme)
        return
    completion = list(_completion(standing, points, rule))
    yield from completion
    if standing.outcome in BEHIND:
        achieved = points + summed(completion)
        if achieved > 0:
            yield from _lateness(standing, achieved, points, rule)


def _carried_over(standing: Standing, points: Decimal, scheme: Scheme) -> Line:
    if scheme.carried_over == "completion":
        ratio = min(standing.place.completion or Decimal(0), ALL)
        return Line("carried_by_completion", _part(points, ratio) - points, {"ratio": ratio})
    percent = scheme.carried_over_percent
    return Line("carried_over", _part(points, percent) - points, {"percent": percent})


def _completion(standing: Standing, points: Decimal, rule: ItemRule) -> Iterator[Line]:
    """What is lost (or won) by how much of it was done."""
    recorded, undone = standing.place.completion, standing.outcome == Outcome.UNDONE
    if undone and (recorded is None or rule.undone_is_zero):
        yield Line("undone", -points)
        return
    ratio = ALL if recorded is None else recorded
    if undone:
        ratio = min(ratio, ALL)
    if rule.completion == "full":
        if ratio < ALL:
            yield Line("incomplete", -points, {"ratio": ratio})
    elif ratio < rule.threshold:
        yield Line("below_threshold", -points, {"ratio": ratio, "threshold": rule.threshold})
    elif ratio < ALL:
        yield Line("proportional", _part(points, ratio) - points, {"ratio": ratio})
    elif ratio > ALL and rule.over_cap:
        yield from _over(points, ratio, rule)


def _over(points: Decimal, ratio: Decimal, rule: ItemRule) -> Iterator[Line]:
    won, limit = _part(points, ratio - ALL), _part(points, rule.over_cap)
    yield Line("over", won, {"ratio": ratio})
    if won > limit:
        yield Line("over_cap", limit - won, {"percent": rule.over_cap})


def _lateness(standing: Standing, achieved: Decimal, points: Decimal, rule: ItemRule) -> Iterator[Line]:
    facts: dict[str, Any] = {
        "days": standing.days,
        "unit": rule.days,
        "open": standing.outcome != Outcome.LATE,
    }
    if rule.lateness == "share":
        kept = _part(achieved, rule.late_share)
        yield Line("late_share", kept - achieved, facts | {"percent": rule.late_share})
    elif rule.lateness == "day_rate":
        yield _by_day(achieved, points, rule, facts)
    else:
        yield Line("late_free", NOTHING, facts)


def _by_day(achieved: Decimal, points: Decimal, rule: ItemRule, facts: dict[str, Any]) -> Line:
    daily = points * rule.day_rate / ALL if rule.day_rate_in == "percent" else rule.day_rate
    due = rounded(daily * facts["days"])
    code = "late_days" if due < achieved else "late_exhausted"
    return Line(code, -min(due, achieved), facts | {"rate": rule.day_rate, "rate_in": rule.day_rate_in})


def _part(points: Decimal, percent: Decimal) -> Decimal:
    return rounded(points * percent / ALL)
