"""A catalogue as the rows of a workbook, in the columns that reading it expects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from nodes.catalogue import columns as c

HEADER = (
    c.NUMBER, c.LEVEL1, c.LEVEL2, c.LEVEL3_NUMBER, c.LEVEL3, c.TITLE, c.LEAD, c.SUPPORTING, c.LEADER,
    c.START, c.DEADLINE, c.EVIDENCE,
)  # fmt: skip


def example(year: int, division: str) -> list[Any]:
    """One row as it may look."""
    return [
        1, "党管外事", "统筹协调", 1, "召开外事工作会议", "召开全省外事工作会议", division, "", "",
        date(year, 3, 1), date(year, 6, 30), "会议通知、会议纪要、图片",
    ]  # fmt: skip


def table(year: int, nodes: Iterable[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """The header and the rows of `nodes`: values by column name, beside which further columns may stand."""
    given = list(nodes)
    extra = [name for name in dict.fromkeys(name for node in given for name in node) if name not in HEADER]
    header: Sequence[str] = [*HEADER, *extra]
    return list(header), [[_cell(year, name, node.get(name)) for name in header] for node in given]


def _cell(year: int, name: str, value: Any) -> Any:
    """A day of another year says so, as reading asks for."""
    if name in HEADER and isinstance(value, date) and value.year != year:
        return f"{value.isoformat()}（跨年）"
    return value
