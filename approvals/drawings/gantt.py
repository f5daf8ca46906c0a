"""The year's work as bars over the months, grouped by division."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from approvals.dashboard.gantt import Bar, Group
from approvals.drawings.looks import LOOKS, boxes, month_name
from approvals.drawings.shapes import Box, Boxes, Dots, Drawing, Line, Point, Shape, Words, breadth, fitted
from nodes.light import Light

ROW, GROUP, HEAD = 20.0, 30.0, 52.0


@dataclass(frozen=True)
class Field:
    """The part of the drawing to the right of the titles: a year of days."""

    year: int
    left: float
    width: float

    @property
    def days(self) -> int:
        return (date(self.year, 12, 31) - date(self.year, 1, 1)).days + 1

    def begin(self, day: date) -> float:
        return self.left + (day - date(self.year, 1, 1)).days / self.days * self.width

    def end(self, day: date) -> float:
        return self.begin(day) + self.width / self.days

    def span(self, first: date, last: date, top: float, height: float) -> Box:
        return self.begin(first), top, max(self.end(last) - self.begin(first), 2), height


def gantt(
    groups: Sequence[Group], year: int, today: date, *, width: float = 1000, titles: float = 310
) -> Drawing:
    """A row a node: from its start to its deadline, on to the day put off to, and when it was done."""
    count = sum(len(group.bars) for group in groups)
    height = HEAD + count * ROW + len(groups) * GROUP + 6
    told = _("%(count)d nodes from their start to their deadline.") % {"count": count}
    drawing = Drawing("chart-gantt", _("The year's work in time"), told, width, height)
    field = Field(year, titles, width - titles)
    drawing.add(*_legend(), *_months(field, height))
    top = HEAD
    rows: list[tuple[Bar, float]] = []
    heads: list[tuple[Group, float]] = []
    for group in groups:
        heads.append((group, top))
        top += GROUP
        for bar in group.bars:
            rows.append((bar, top))
            top += ROW
    drawing.add(*_heads(heads, width), *_titles(rows, titles), *_bars(rows, field))
    if today.year == year:
        x = field.begin(today)
        drawing.add(Line("blue", [(x, HEAD - 12), (x, height)], 1.5))
        drawing.add(Words(x, HEAD - 26, f"{today:%m-%d}", 11, "blue", "middle", bold=True))
    return drawing


def _months(field: Field, height: float) -> Iterator[Shape]:
    months = [date(field.year, number, 1) for number in range(1, 13)]
    yield Boxes("line", [(field.begin(month), HEAD - 18, 1, height - HEAD + 18) for month in months])
    for month in months:
        middle = field.begin(month) + field.width / 24
        yield Words(middle, HEAD - 8, month_name(month), 11, "soft", "middle")


def _heads(heads: Sequence[tuple[Group, float]], width: float) -> Iterator[Shape]:
    yield Boxes("sunken", [(0, top + 5, width, GROUP - 7) for _group, top in heads])
    for group, top in heads:
        yield Words(6, top + 21, group.name, 13, bold=True, href=group.url)


def _titles(rows: Sequence[tuple[Bar, float]], titles: float) -> Iterator[Words]:
    for bar, top in rows:
        yield Words(28, top + 14, str(bar.standing.node.number), 12, "soft", "end")
    for bar, top in rows:
        title = bar.standing.node.title
        short = fitted(title, titles - 46, 12)
        yield Words(36, top + 14, short, 12, href=bar.url, whole=title if title != short else "")


def _bars(rows: Sequence[tuple[Bar, float]], field: Field) -> Iterator[Shape]:
    by_light: dict[Light, list[Box]] = {}
    later: list[Box] = []
    ends: list[Point] = []
    for bar, top in rows:
        by_light.setdefault(bar.light, []).append(field.span(bar.start, bar.baseline, top + 5, 10))
        if bar.current and bar.current > bar.baseline:
            left, right = field.end(bar.baseline), field.end(bar.current)
            later.append((left, top + 7, right - left, 6))
        elif bar.current is None:
            yield from _without_date(field, bar, top)
        if bar.completed:
            ends.append((field.end(bar.completed), top + 10))
    yield from (boxes(light, by_light[light]) for light in LOOKS if light in by_light)
    yield Boxes("grey", later, "hatched")
    yield Dots("ink", ends, 3.6, hollow=True)


def _without_date(field: Field, bar: Bar, top: float) -> Iterator[Words]:
    """That the new date is open: behind the bar, or before it, wherever there is room."""
    text, left, right = _("no date"), field.begin(bar.start) - 5, field.end(bar.baseline) + 5
    room = breadth(text, 11)
    if right + room <= field.left + field.width:
        yield Words(right, top + 14, text, 11)
    elif left - room >= field.left:
        yield Words(left, top + 14, text, 11, anchor="end")


def _legend() -> Iterator[Shape]:
    labels: list[Words] = []
    left = 0.0
    for light in LOOKS:
        yield boxes(light, [(left, 3, 18, 10)])
        labels.append(Words(left + 23, 12, str(light.label), 11, "soft"))
        left += 40 + breadth(str(light.label), 11)
    yield Boxes("grey", ((left, 5, 18, 6),), "hatched")
    labels.append(Words(left + 23, 12, _("put off"), 11, "soft"))
    left += 40 + breadth(_("put off"), 11)
    yield Dots("ink", ((left + 5, 8),), 3.6, hollow=True)
    yield from [*labels, Words(left + 14, 12, _("done"), 11, "soft")]
