"""The catalogue as a workbook: what a filter shows, under the headings that an import reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from io import BytesIO
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from nodes.catalogue import columns
from nodes.light import Light
from nodes.models import Cycle

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WRAPPED = Alignment(vertical="top", wrap_text=True)


class Column(NamedTuple):
    """A heading, the column's width in characters, and what a node says in it."""

    heading: str
    width: int
    value: Callable[[Any], Any]


def _columns() -> list[Column]:
    return [
        Column(columns.NUMBER, 9, lambda node: node.number),
        Column(columns.LEVEL1, 18, lambda node: node.indicator.parent.parent.title),
        Column(columns.LEVEL2, 18, lambda node: node.indicator.parent.title),
        Column(columns.LEVEL3_NUMBER, 13, lambda node: node.indicator.number),
        Column(columns.LEVEL3, 40, lambda node: node.indicator.title),
        Column(columns.TITLE, 44, lambda node: node.title),
        Column(columns.LEAD, 14, lambda node: node.lead_division.name),
        Column(columns.SUPPORTING, 16, lambda node: "、".join(map(str, node.supporting_divisions.all()))),
        Column(columns.LEADER, 18, lambda node: str(node.lead_division.leader_in_charge or "")),
        Column(columns.START, 12, lambda node: node.planned_start),
        Column(columns.DEADLINE, 12, lambda node: node.baseline_deadline),
        Column(_("Current deadline"), 12, lambda node: node.current_deadline),
        Column(_("State"), 14, lambda node: str(node.get_state_display())),
        Column(_("Light"), 12, lambda node: str(Light(node.light).label)),
        Column(_("Completed on"), 12, lambda node: node.completed_on),
        Column(_("Times returned"), 10, lambda node: node.returns),
        Column(columns.EVIDENCE, 40, lambda node: node.evidence_required),
    ]


def file_name(cycle: Cycle) -> str:
    return _("%(office)s %(year)d work nodes.xlsx") % {"office": cycle.office, "year": cycle.year}


def workbook(nodes: Iterable[Any]) -> BytesIO:
    """All of `nodes`, a line each below a frozen heading; whatever looks like a formula stays text."""
    book, shown = Workbook(write_only=True), _columns()
    sheet = book.create_sheet(_("Work nodes"))
    for index, column in enumerate(shown, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    cells = _Cells(sheet)
    lines = [cells.heading([column.heading for column in shown])]
    lines += [[cells.value(column.value(node)) for column in shown] for node in nodes]
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(shown))}{len(lines)}"
    for line in lines:
        sheet.append(line)
    return _bytes(book)


def _bytes(book: Workbook) -> BytesIO:
    content = BytesIO()
    book.save(content)
    content.seek(0)
    return content


class _Cells:
    """Makes a sheet's cells; the looks are made once, since each new one is looked up in the whole book."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.plain = self._look()
        self.day = self._look(number_format="yyyy-mm-dd")
        # Text when somebody edits the cell, too.
        self.quoted = self._look(quotePrefix=True)
        self.head = self._look(font=Font(bold=True), fill=PatternFill("solid", fgColor="EDEAE0"))

    def _look(self, **style: Any) -> Any:
        model = WriteOnlyCell(self.sheet, "")
        model.alignment = WRAPPED
        for name, value in style.items():
            setattr(model, name, value)
        return model._style  # type: ignore[attr-defined]

    def heading(self, names: list[str]) -> list[Cell]:
        return [self._cell(name, self.head) for name in names]

    def value(self, value: Any) -> Cell:
        if isinstance(value, date):
            return self._cell(value, self.day)
        if not isinstance(value, str):
            return self._cell(value, self.plain)
        formula = value.startswith(FORMULA_STARTS)
        cell = self._cell(
            ILLEGAL_CHARACTERS_RE.sub("", value) or None, self.quoted if formula else self.plain
        )
        if formula:
            cell.data_type = "s"
        return cell

    def _cell(self, value: Any, look: Any) -> Cell:
        cell = WriteOnlyCell(self.sheet, value)
        cell._style = look  # type: ignore[attr-defined]
        return cell
