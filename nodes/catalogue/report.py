"""Collects problems, each said once."""

from __future__ import annotations

from collections.abc import Collection

from nodes.catalogue.records import Problem


class Report:
    """Problems found so far.

    Nothing more is said about a cell that is unusable, nor about a column the file does not have.
    """

    def __init__(self, *, ignored: Collection[str] = ()) -> None:
        self._ignored = frozenset(ignored)
        self._unusable: set[tuple[int, str]] = set()
        self._problems: list[Problem] = []
        self._rows: set[int] = set()

    def add(self, row: int, column: str, message: str) -> None:
        """Note a problem with a cell, a row (column "") or the file (row 0)."""
        self._rows.add(row)
        if column not in self._ignored and (row, column) not in self._unusable:
            self._problems.append(Problem(row, column, message))

    def unusable(self, row: int, column: str, message: str) -> None:
        """Note that a cell's value cannot be used at all."""
        self.add(row, column, message)
        self._unusable.add((row, column))

    def about_header(self, row: int, column: str, message: str) -> None:
        """Note a problem with a column as such."""
        self._problems.append(Problem(row, column, message))

    def concerns(self, row: int) -> bool:
        """Return whether anything was wrong with this row."""
        return row in self._rows

    def problems(self) -> list[Problem]:
        """Everything noted, by row, within a row in the order of noticing."""
        return sorted(self._problems, key=lambda problem: problem.row)
