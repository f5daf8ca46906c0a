"""What a score is made of: lines that add up to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from approvals.scores.rounding import NOTHING


@dataclass(frozen=True)
class Line:
    """One step of a score: by which rule (`code`, see `wording`), how much it adds, and its facts."""

    code: str
    amount: Decimal
    facts: dict[str, Any] = field(default_factory=dict)


def summed(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), NOTHING)


def bounded(amount: Decimal, floor: Decimal, ceiling: Decimal | None) -> Iterator[Line]:
    """The line that brings `amount` back between `floor` and `ceiling`, where it lies outside."""
    if amount < floor:
        yield Line("floor", floor - amount, {"floor": floor})
    elif ceiling is not None and amount > ceiling:
        yield Line("ceiling", ceiling - amount, {"ceiling": ceiling})


@dataclass(frozen=True)
class Adjustment:
    """What an appeal that was upheld adds (or takes): to a node by its number, or to a division by its id."""

    appeal: int
    amount: Decimal
    reason: str
    node: int | None = None
    division_id: int | None = None


def adjusted(adjustments: Iterable[Adjustment]) -> Iterator[Line]:
    for one in adjustments:
        yield Line("adjusted", one.amount, {"appeal": one.appeal, "reason": one.reason})
