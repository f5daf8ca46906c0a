"""How long the summary of a year of a thousand nodes takes."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from datetime import date

from approvals.summary import checking, compiling
from nodes.models import Cycle
from tests.large_year import CUT_OFF, NODES, large_year

ALLOWED = 5  # seconds


@dataclass(frozen=True)
class Taken:
    """Median seconds that compiling and checking took together; there is no bare way of doing it."""

    seconds: float

    def as_row(self) -> tuple[str, ...]:
        name = f"summary of {NODES:,} nodes, compiled and checked"
        return (name, f"{self.seconds * 1000:.2f}", "", "", f"{ALLOWED * 1000} ms", "")


def run(rounds: int) -> Taken:
    cycle = Cycle.objects.select_related("office").get(office=large_year("summary"))
    return Taken(statistics.median(_once(cycle) for _round in range(rounds)))


def _once(cycle: Cycle) -> float:
    began = time.perf_counter()
    facts = compiling.facts_at(cycle, CUT_OFF, issued_on=date(2022, 1, 13), number=1)
    checking.remarks(compiling.compiled(facts), facts)
    return time.perf_counter() - began
