"""How numbers spread: median and percentiles, in words that a table can print."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of `values` lie, interpolated as in `nodes.figures`.

    Both ends count: 0 is the least, 1 the greatest. Raises ValueError without values or beyond 0 to 1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError(f"no percentile {share} of {len(values)} values")
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


@dataclass(frozen=True)
class Spread:
    """Of so many numbers the middle and both tails, rounded to one digit."""

    count: int
    p10: float
    p20: float
    median: float
    p80: float
    p90: float


def spread(values: Iterable[float]) -> Spread | None:
    """None without values: nothing is said about nothing."""
    found = list(values)
    if not found:
        return None
    p10, p20, median, p80, p90 = (round(percentile(found, one), 1) for one in (0.1, 0.2, 0.5, 0.8, 0.9))
    return Spread(len(found), p10, p20, median, p80, p90)


def share_of(part: int, whole: int) -> float | None:
    """Per cent, rounded to one digit; None of nothing."""
    return round(part * 100 / whole, 1) if whole else None
