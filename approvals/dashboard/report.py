"""The board on paper: A4 pages with all its drawings and the lists that matter, or one picture of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pymupdf
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.dashboard.board import Board
from approvals.dashboard.gantt import Group
from approvals.dashboard.standings import Standing
from approvals.dashboard.waiting import Waiting
from approvals.drawings import calendar, curve, lights
from approvals.drawings.gantt import GROUP, ROW, gantt
from approvals.drawings.paper import ONE_AT_A_TIME, paint
from approvals.drawings.shapes import Drawing, Words
from approvals.drawings.tables import Column, numbers, table

WIDTH, HEIGHT = 595.0, 842.0  # A4 in points
MARGIN, TOP, FOOT = 40.0, 44.0, 802.0
INNER = WIDTH - 2 * MARGIN
ROWS_OF_A_LIST = 12
ROOM_OF_A_GANTT = 1010.0  # its own units: what fits on a page below the heading
GANTT_WIDTH, GANTT_TITLES = 760.0, 280.0
ROOM_OF_A_CALENDAR = 430.0
DOTS_AN_INCH = 120
PAGES_OF_A_PICTURE = 8


def file_name(found: Board, ending: str) -> str:
    scope = found.scope
    parts = [str(scope.cycle.office), str(scope.cycle.year), scope.label, f"{scope.day:%Y%m%d}"]
    return f"{'-'.join(parts)}.{ending}"


def pdf(found: Board) -> bytes:
    """The board as a PDF with its fonts."""
    with ONE_AT_A_TIME, _Paper(found).document as document:
        document.subset_fonts()
        return document.tobytes(garbage=3, deflate=True, no_new_id=True)


def png(found: Board) -> bytes:
    """The board's pages one below the other as a picture; of a very long one, the first eight."""
    with ONE_AT_A_TIME, _Paper(found).document as document:
        pages = [page.get_pixmap(dpi=DOTS_AN_INCH) for page in document.pages(0, PAGES_OF_A_PICTURE)]
        high = sum(page.height for page in pages)
        whole = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, pages[0].width, high), False)
        top = 0
        for page in pages:
            page.set_origin(0, top)
            whole.copy(page, page.irect)
            top += page.height
        return whole.tobytes("png")


class _Paper:
    """Pages that fill from top to bottom."""

    def __init__(self, found: Board) -> None:
        self.found, self.document = found, pymupdf.open()
        self.page: Any = None
        self.top = FOOT
        self._write()
        self._number_pages()

    def put(self, *drawings: Drawing, heading: str = "", gap: float = 14) -> None:
        """Side by side, below what is there; on a new page where this one has no room."""
        width = (INNER - 16 * (len(drawings) - 1)) / len(drawings)
        high = max(drawing.height * width / drawing.width for drawing in drawings)
        if self.top + high + (20 if heading else 0) > FOOT:
            self._begin_page()
        if heading:
            self._heading(heading)
        for place, drawing in enumerate(drawings):
            paint(self.page, drawing, MARGIN + place * (width + 16), self.top, width)
        self.top += high + gap

    def _begin_page(self) -> None:
        self.page = self.document.new_page(width=WIDTH, height=HEIGHT)
        self.top = TOP

    def _heading(self, text: str) -> None:
        self.line(text, 11.5, bold=True)
        self.top += 4

    def line(self, text: str, size: float, *, tone: str = "ink", bold: bool = False) -> None:
        words = Words(0, size, text, size, tone, bold=bold)
        paint(self.page, Drawing("line", "", "", INNER, size, [words]), MARGIN, self.top, INNER)
        self.top += size * 1.5

    def _write(self) -> None:
        self._begin_page()
        found = self.found
        for text, size, tone, bold in _title(found):
            self.line(text, size, tone=tone, bold=bold)
        self.top += 6
        if not found.nodes:
            self.line(_("This year has no nodes."), 11)
            return
        self.put(numbers([(one.label, str(one.number)) for one in found.headline], INNER))
        # Twice as wide as the drawings below it, and written no larger than they are.
        self.put(lights.shares(found.lights, width=2 * lights.WIDTH, columns=6), heading=_("Lights"))
        both = f"{_('Planned against actual')} · {_('Completion by division')}"
        self.put(curve.rising(found.curve), lights.by_division(found.divisions), heading=both)
        tables = _tables(found)
        for _waiting_list in range(2):
            self._list(*next(tables))
        self._calendar()
        for heading, columns, rows in tables:
            self._list(heading, columns, rows)
        for drawing in _gantts(found):
            self.put(drawing, heading=_("The year's work in time"))

    def _calendar(self) -> None:
        months = [calendar.month(month) for month in self.found.months]
        rows = [months[first : first + 4] for first in range(0, 12, 4)]
        if self.top + ROOM_OF_A_CALENDAR > FOOT:
            self._begin_page()
        self._heading(_("Deadline calendar"))
        for row in rows:
            self.put(*row, gap=4)
        self.top += 10

    def _list(self, heading: str, columns: list[Column], rows: list[list[str]]) -> None:
        if rows:
            self.put(table(columns, _first(rows, len(columns))), heading=heading)

    def _number_pages(self) -> None:
        pages = len(self.document)
        for number, page in enumerate(self.document.pages(), 1):
            text = _("Page %(number)d of %(pages)d") % {"number": number, "pages": pages}
            about = f"{self.found.scope.cycle.office} · {self.found.scope.cycle.year}"
            foot = Drawing("foot", "", "", INNER, 10)
            foot.add(Words(0, 8, about, 8, "soft"), Words(INNER, 8, text, 8, "soft", "end"))
            paint(page, foot, MARGIN, HEIGHT - 30, INNER)


def _title(found: Board) -> Iterator[tuple[str, float, str, bool]]:
    scope = found.scope
    office, heading = scope.cycle.office, _("The year's figures")
    yield f"{office} {scope.cycle.year} {heading}", 18, "ink", True
    if scope.as_of:
        seen = _("as it stood at the end of %(day)s") % {"day": scope.as_of}
    else:
        seen = office.minute(timezone.now())
    counts = _("%(nodes)d nodes, %(divisions)d divisions, %(share)s%% done") % {
        "nodes": len(found.nodes), "divisions": len(found.divisions), "share": found.share_done,
    }  # fmt: skip
    yield f"{scope.label} · {seen} · {counts}", 10, "soft", False
    if not scope.narrowed:
        yield (
            _("Indicators on three levels: %(level1)d / %(level2)d / %(level3)d") % found.indicators,
            10,
            "soft",
            False,
        )


def _tables(found: Board) -> Iterator[tuple[str, list[Column], list[list[str]]]]:
    node = [Column(_("No."), 32, "end"), Column(_("Work node"), 240), Column(_("Lead division"), 110)]
    whom = [*node[:2], Column(_("Waiting on"), 173), Column(_("Since"), 70, "end")]
    yield _("Waiting for sign-off"), whom, [_waiting(one) for one in found.sign_offs]
    yield _("Waiting for review"), whom, [_waiting(one) for one in found.reviews]
    late = [*node, Column(_("Light"), 63), Column(_("Late by"), 70, "end")]
    yield _("Late"), late, [[*_node(one), str(one.light.label), _days(one.days_late)] for one in found.late]
    back = [*node, Column(_("Times returned"), 133, "end")]
    yield _("Returned evidence"), back, [[*_node(one), str(one.fact.returned)] for one in found.returned]
    put_off = [*node, Column(_("was"), 66), Column(_("New deadline"), 67)]
    yield (
        _("Deferrals granted"),
        put_off,
        [
            [
                str(one.node.number),
                one.node.title,
                str(one.node.lead_division),
                str(one.previous_due or _("not fixed")),
                str(one.new_due or _("no day named")),
            ]
            for one in found.deferrals
        ],
    )


def _node(one: Standing) -> list[str]:
    return [str(one.node.number), one.node.title, str(one.node.lead_division)]


def _waiting(one: Waiting) -> list[str]:
    return [str(one.node.number), one.node.title, one.whom, _days(one.days)]


def _days(days: int) -> str:
    return ngettext("%(days)s working day", "%(days)s working days", days) % {"days": days}


def _first(rows: list[list[str]], width: int) -> list[list[str]]:
    """The first rows of a list, and how many more there are."""
    if len(rows) <= ROWS_OF_A_LIST:
        return rows
    more = _("and %(more)d more") % {"more": len(rows) - ROWS_OF_A_LIST}
    return [*rows[:ROWS_OF_A_LIST], ["", more, *[""] * (width - 2)]]


def _gantts(found: Board) -> Iterator[Drawing]:
    """The bars, as many on a page as it holds."""
    page: list[Group] = []
    room = ROOM_OF_A_GANTT
    for group in found.gantt:
        for bars in _pieces(group):
            high = GROUP + len(bars.bars) * ROW
            if page and high > room:
                yield _gantt(found, page)
                page, room = [], ROOM_OF_A_GANTT
            page.append(bars)
            room -= high
    if page:
        yield _gantt(found, page)


def _pieces(group: Group) -> Iterator[Group]:
    most = int((ROOM_OF_A_GANTT - GROUP) // ROW)
    for first in range(0, len(group.bars), most):
        yield replace(group, bars=group.bars[first : first + most])


def _gantt(found: Board, page: Sequence[Group]) -> Drawing:
    scope = found.scope
    return gantt(page, scope.cycle.year, scope.day, width=GANTT_WIDTH, titles=GANTT_TITLES)
