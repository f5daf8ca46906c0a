"""Finds the header row by what it says, and tells which column holds what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice

from nodes.catalogue.cells import Value, as_key, as_text
from nodes.catalogue.sheet import Sheet

NUMBER, LEVEL1, LEVEL2, LEVEL3_NUMBER, LEVEL3 = "节点序号", "一级指标", "二级指标", "三级指标序号", "三级指标"
TITLE, LEAD, SUPPORTING, LEADER = "工作节点", "责任处室", "配合处室", "分管领导"
START, DEADLINE, EVIDENCE = "计划开始", "完成时限", "佐证材料要求"

REQUIRED = (NUMBER, LEVEL1, LEVEL2, LEVEL3_NUMBER, LEVEL3, TITLE, LEAD, DEADLINE)
OPTIONAL = (SUPPORTING, LEADER, START, EVIDENCE)
# A line of the filing lines above may hold one or two of these words, a header row holds more.
FEWEST_KNOWN = 3
HEADER_WITHIN = 50


@dataclass(frozen=True)
class Columns:
    """Where each named column stands (from 0); `duplicates` are names that occur more than once."""

    header_row: int
    known: dict[str, int]
    extra: dict[str, int]
    duplicates: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The required columns the file does not have."""
        return tuple(name for name in REQUIRED if name not in self.known)


def find_columns(sheet: Sheet) -> Columns | None:
    """Return the columns of the row that names the most of them; None when no row looks like a header."""
    top = islice(sheet.rows.items(), HEADER_WITHIN)
    candidates = [_columns(number, values) for number, values in top]
    best = max(candidates, key=lambda columns: len(columns.known), default=None)
    return best if best and len(best.known) >= FEWEST_KNOWN else None


def _columns(number: int, values: list[Value]) -> Columns:
    names = [_header(value) for value in values]
    first = {name: names.index(name) for name in names if name}
    return Columns(
        header_row=number,
        known={name: index for name, index in first.items() if name in REQUIRED + OPTIONAL},
        extra={name: index for name, index in first.items() if name not in REQUIRED + OPTIONAL},
        duplicates=tuple(name for name, times in Counter(names).items() if name and times > 1),
    )


def _header(value: Value) -> str:
    """A known name however it is spaced or marked (“* 责任 处室：”); any other header as it stands."""
    key = as_key(value).strip("*:")
    return key if key in REQUIRED + OPTIONAL else as_text(value)
