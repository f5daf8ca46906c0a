"""The rules for each cell of a node's row, and between the rows."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from nodes.catalogue import columns as c
from nodes.catalogue.cells import FULL_WIDTH, as_text, is_blank
from nodes.catalogue.dates import NotADate, crosses_year, read_date
from nodes.catalogue.divisions import Divisions
from nodes.catalogue.lines import Line
from nodes.catalogue.records import CatalogueRow
from nodes.catalogue.report import Report

LONGEST_TEXT = 300
LARGEST_NUMBER = 1_000_000
NO = ("", "否", "无", "不", "×", "0")


class RowParser:
    """Reads node rows one after the other, remembering what must not occur twice."""

    def __init__(
        self, columns: c.Columns, report: Report, *, year: int, known_divisions: Collection[str]
    ) -> None:
        self._report = report
        self._year = year
        self._extra = list(columns.extra)
        self._divisions = Divisions(known_divisions)
        self._rows_by_number: dict[int, int] = {}
        self._indicators: dict[int, Line] = {}

    def parse(self, line: Line) -> CatalogueRow | None:
        """Return the row, or None when something is wrong with it."""
        number = self._node_number(line)
        level1, level2 = self._needed_text(line, c.LEVEL1), self._needed_text(line, c.LEVEL2)
        level3_number, level3 = self._indicator(line)
        title = self._needed_text(line, c.TITLE)
        lead, supporting = self._lead(line), self._supporting(line)
        start, deadline = self._dates(line)
        if self._report.concerns(line.row) or deadline is None:
            return None
        return CatalogueRow(
            row=line.row,
            number=number,
            level1=level1,
            level2=level2,
            level3_number=level3_number,
            level3=level3,
            title=title,
            lead_division=lead,
            supporting_divisions=supporting,
            leader=line.text(c.LEADER),
            planned_start=start,
            deadline=deadline,
            evidence_required=line.text(c.EVIDENCE),
            attributes=self._attributes(line),
        )

    def _needed_text(self, line: Line, column: str) -> str:
        text = line.text(column)
        if not text:
            self._report.add(line.row, column, _("the cell is empty"))
        elif len(text) > LONGEST_TEXT:
            message = _("the text has %(length)d characters; at most %(limit)d are allowed")
            self._report.add(line.row, column, message % {"length": len(text), "limit": LONGEST_TEXT})
        return text

    def _number(self, line: Line, column: str) -> int:
        """A positive whole number, 0 when the cell holds none."""
        value = line.cells.get(column)
        digits = line.text(column).translate(FULL_WIDTH)
        if is_blank(value):
            self._report.add(line.row, column, _("the number is missing"))
        elif isinstance(value, bool) or not _is_whole(digits):
            message = _("“%(text)s” is not a whole number from 1") % {"text": line.text(column)}
            self._report.add(line.row, column, message)
        else:
            return int(digits)
        return 0

    def _node_number(self, line: Line) -> int:
        number = self._number(line, c.NUMBER)
        earlier = self._rows_by_number.setdefault(number, line.row)
        if number and earlier != line.row:
            message = _("node number %(number)d is already used in row %(row)d")
            self._report.add(line.row, c.NUMBER, message % {"number": number, "row": earlier})
        return number

    def _indicator(self, line: Line) -> tuple[int, str]:
        number, name = self._number(line, c.LEVEL3_NUMBER), self._needed_text(line, c.LEVEL3)
        if number and name:
            self._check_indicator(line, self._indicators.setdefault(number, line), number)
        return number, name

    def _check_indicator(self, line: Line, first: Line, number: int) -> None:
        """One third-level number has one title and stands under one second-level indicator."""
        names = {"number": number, "row": first.row}
        if line.text(c.LEVEL3) != first.text(c.LEVEL3):
            message = _("third-level number %(number)d has another title in row %(row)d: “%(title)s”")
            self._report.add(line.row, c.LEVEL3, message % (names | {"title": first.text(c.LEVEL3)}))
        if _parents(line) != _parents(first):
            message = _("third-level number %(number)d stands under “%(parents)s” in row %(row)d")
            parents = " / ".join(_parents(first))
            self._report.add(line.row, c.LEVEL2, message % (names | {"parents": parents}))

    def _lead(self, line: Line) -> str:
        text = line.text(c.LEAD)
        if not text:
            self._report.add(line.row, c.LEAD, _("the cell is empty"))
        elif found := self._divisions.find(text):
            return found
        elif all(map(self._divisions.find, self._divisions.split(text))):
            self._report.add(line.row, c.LEAD, _("only one division leads; the others belong under 配合处室"))
        else:
            self._report.add(line.row, c.LEAD, self._divisions.unknown(text))
        return ""

    def _supporting(self, line: Line) -> tuple[str, ...]:
        """Every division named, or nothing for those that do not exist; a name may hold a separator."""
        text = line.text(c.SUPPORTING)
        names = [text] if self._divisions.find(text) else self._divisions.split(text)
        for name in names:
            if not self._divisions.find(name):
                self._report.add(line.row, c.SUPPORTING, self._divisions.unknown(name))
        return tuple(dict.fromkeys(found for name in names if (found := self._divisions.find(name))))

    def _dates(self, line: Line) -> tuple[date | None, date | None]:
        start = self._date(line, c.START)
        deadline = self._date(line, c.DEADLINE)
        if is_blank(line.cells.get(c.DEADLINE)):
            self._report.add(line.row, c.DEADLINE, _("the cell is empty"))
        if start and deadline and deadline < start:
            message = _("the deadline %(deadline)s is before the start %(start)s")
            self._report.add(line.row, c.DEADLINE, message % {"deadline": deadline, "start": start})
        return start, deadline

    def _date(self, line: Line, column: str) -> date | None:
        value = line.cells.get(column)
        if not as_text(value):
            return None
        try:
            day = read_date(value, year=self._year)
        except NotADate as refusal:
            self._report.add(line.row, column, str(refusal))
            return None
        self._check_year(line, column, day)
        return day

    def _check_year(self, line: Line, column: str, day: date) -> None:
        if day.year != self._year and not self._crosses_year(line):
            message = _("%(day)s lies outside %(year)d and 跨年 is not noted")
            self._report.add(line.row, column, message % {"day": day, "year": self._year})

    def _crosses_year(self, line: Line) -> bool:
        """Only the dates and the extra columns count: a title may well be about 跨年."""
        noted = (crosses_year(line.cells.get(name)) for name in (c.START, c.DEADLINE, *self._extra))
        ticked = (line.text(name) not in NO for name in self._extra if "跨年" in name)
        return any(noted) or any(ticked)

    def _attributes(self, line: Line) -> dict[str, str]:
        return {name: text for name in self._extra if (text := line.text(name))}


def _is_whole(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and 0 < int(digits[:20]) <= LARGEST_NUMBER


def _parents(line: Line) -> tuple[str, str]:
    return line.text(c.LEVEL1), line.text(c.LEVEL2)
