"""Compares what the file's own 合计 row states with what was read."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from nodes.catalogue.cells import as_key
from nodes.catalogue.columns import LEVEL1, LEVEL2, LEVEL3, LEVEL3_NUMBER, NUMBER, TITLE
from nodes.catalogue.lines import Line
from nodes.catalogue.report import Report

# “工作节点76个”, “三级指标共71项” …
NAMED = {
    LEVEL1: re.compile(r"一级(?:指标)?[共计为有:=(]{0,2}(\d+)"),
    LEVEL2: re.compile(r"二级(?:指标)?[共计为有:=(]{0,2}(\d+)"),
    LEVEL3: re.compile(r"三级(?:指标)?[共计为有:=(]{0,2}(\d+)"),
    TITLE: re.compile(r"节点[共计为有:=(]{0,2}(\d+)"),
}
# … or the other way round, “76个工作节点” …
LEADING = {
    LEVEL1: re.compile(r"(\d+)[个项条]?一级指标"),
    LEVEL2: re.compile(r"(\d+)[个项条]?二级指标"),
    LEVEL3: re.compile(r"(\d+)[个项条]?三级指标"),
    TITLE: re.compile(r"(\d+)[个项条]?(?:工作)?节点"),
}
# … or a bare number, which its column explains: “合计：76项” stands for the nodes.
BARE = re.compile(r"(?:合计|总计)?\D{0,3}?(\d+)[个项条]?\)?")
COUNTED = {
    NUMBER: TITLE,
    LEVEL1: LEVEL1,
    LEVEL2: LEVEL2,
    LEVEL3_NUMBER: LEVEL3,
    LEVEL3: LEVEL3,
    TITLE: TITLE,
}


def compare(total: Line, nodes: list[Line], report: Report) -> None:
    """Report every number of the total row that differs from the rows above and below it."""
    read = _read(nodes)
    for column, number in sorted(_stated(total).items()):
        if number != read.get(column, number):
            message = _("the total states %(stated)d, but %(read)d were read")
            report.add(total.row, column, message % {"stated": number, "read": read[column]})


def _stated(total: Line) -> dict[str, int]:
    stated: dict[str, int] = {}
    for column, value in total.cells.items():
        stated |= _numbers(column, as_key(value))
    return stated


def _numbers(column: str, text: str) -> dict[str, int]:
    for patterns in (NAMED, LEADING):
        found = {name: int(match[1]) for name, pattern in patterns.items() if (match := pattern.search(text))}
        if found:
            return found
    bare = BARE.fullmatch(text)
    counted = TITLE if text.startswith(("合计", "总计")) else COUNTED.get(column)
    return {counted: int(bare[1])} if bare and counted else {}


def _read(nodes: list[Line]) -> dict[str, int]:
    """Count what the rows say, be they right or wrong: a refused row is not a missing one.

    A count that lacks a cell, which is reported where it lacks, is left out.
    """
    said: dict[str, list[tuple[str, ...]]] = {
        LEVEL1: [(line.text(LEVEL1),) for line in nodes],
        LEVEL2: [(line.text(LEVEL1), line.text(LEVEL2)) for line in nodes],
        LEVEL3: [(line.text(LEVEL3_NUMBER),) for line in nodes],
        TITLE: [(str(line.row),) for line in nodes],
    }
    return {
        column: len(set(names)) for column, names in said.items() if not any("" in name for name in names)
    }
