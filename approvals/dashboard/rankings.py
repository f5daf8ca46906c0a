"""What went wrong most: nodes late or returned, and the divisions they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from approvals.dashboard.standings import DivisionRow, Standing
from nodes.light import LATE


def latest(found: Iterable[Standing]) -> list[Standing]:
    """The nodes that are or were late: those still open first, the longest delay first."""
    late = [standing for standing in found if standing.light in LATE]
    return sorted(late, key=lambda one: (one.done, -one.days_late, one.node.number))


def most_returned(found: Iterable[Standing]) -> list[Standing]:
    """The nodes whose evidence came back, most often first."""
    back = [standing for standing in found if standing.fact.returned]
    return sorted(back, key=lambda one: (-one.fact.returned, one.node.number))


def most_troubled(rows: Iterable[DivisionRow]) -> list[DivisionRow]:
    """The divisions with something late or returned, by how many nodes are concerned."""
    troubled = [row for row in rows if _late(row) or row.returned]
    return sorted(troubled, key=lambda row: (-_late(row), -row.late_days, -row.returned))


def _late(row: DivisionRow) -> int:
    return sum(row.lights[light] for light in LATE)
