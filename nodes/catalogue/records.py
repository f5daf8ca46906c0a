"""What reading a catalogue gives: rows, and problems that name their row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class CatalogueRow:
    """One work node as the file states it; dates are inclusive, `row` is the file's own, from 1."""

    row: int
    number: int
    level1: str
    level2: str
    level3_number: int
    level3: str
    title: str
    lead_division: str
    supporting_divisions: tuple[str, ...]
    leader: str
    planned_start: date | None
    deadline: date
    evidence_required: str
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Something wrong: `row` 0 is the file as a whole, `column` "" the whole row."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        if not self.row:
            return f"file: {self.message}"
        place = f"row {self.row}, column {self.column}" if self.column else f"row {self.row}"
        return f"{place}: {self.message}"


@dataclass(frozen=True)
class Catalogue:
    """The rows that are right, in the file's order, and everything that is wrong, sorted by row."""

    rows: list[CatalogueRow]
    problems: list[Problem]
