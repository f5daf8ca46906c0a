"""Timing two ways of doing the same, in turns, so that the machine's moods hit both alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


@dataclass
class Comparison:
    """Median seconds of the governed and the bare act, statements each sends, and the ratio allowed."""

    name: str
    governed: float
    bare: float
    governed_queries: int
    bare_queries: int
    allowed: float

    @property
    def ratio(self) -> float:
        return self.governed / self.bare

    def as_row(self) -> tuple[str, ...]:
        return (
            self.name,
            f"{self.governed * 1000:.2f}",
            f"{self.bare * 1000:.2f}",
            f"{self.ratio:.2f}",
            f"{self.allowed:.1f}",
            f"{self.governed_queries}/{self.bare_queries}",
        )


def compare(
    name: str,
    *,
    allowed: float,
    rounds: int,
    governed: Callable[[int], Any],
    bare: Callable[[int], Any],
    after: Callable[[], Any] = lambda: None,
) -> Comparison:
    """Do both acts `rounds` times in turns, each with the number of the round; the first is warm-up."""
    queries = [_queries(act, 0, after) for act in (governed, bare)]
    times: tuple[list[float], list[float]] = ([], [])
    for number in range(1, rounds + 1):
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            times[which].append(_seconds((governed, bare)[which], number))
            after()
    medians = [statistics.median(taken) for taken in times]
    return Comparison(name, *medians, *queries, allowed)


def _seconds(act: Callable[[int], Any], number: int) -> float:
    begin = time.perf_counter()
    act(number)
    return time.perf_counter() - begin


def _queries(act: Callable[[int], Any], number: int, after: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act(number)
    after()
    return len(captured)
