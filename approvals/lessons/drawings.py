"""The pictures of the lessons: plain shapes, painted like those of the board."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from approvals.drawings.shapes import Box, Boxes, Dots, Drawing, Line, Shape, Words, fitted
from nodes.lessons.bunching import Month, Rhythm
from nodes.lessons.margins import Bar
from nodes.lessons.spread import Spread

WIDTH = 420.0
ROW = 26.0
NAME = 112.0
COUNT = 34.0
MONTH = (WIDTH - 30) / 12
COLUMNS = (("grey", "outlined"), ("green", "solid"), ("blue", "hatched"))  # due, done, handed in
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


@dataclass(frozen=True)
class Named:
    """A line of a drawing: its label, where it leads, and its spread (None: nothing measured)."""

    label: str
    spread: Spread | None
    href: str = ""


# How early


def bar_label(bar: Bar) -> str:
    """What a bar of the histogram counts, in few words."""
    if bar.at_least is None:
        return pgettext("chart", "late")
    if bar.below is None:
        return _("%(days)d or more") % {"days": bar.at_least}
    return f"{bar.at_least}–{bar.below - 1}"


def histogram(bars: Sequence[Bar]) -> Drawing:
    """How many nodes were done late, and how many so many working days ahead."""
    told = "; ".join(f"{bar_label(bar)}: {bar.number}" for bar in bars)
    title = _("Working days ahead of the deadline")
    drawing = Drawing("lesson-margins", title, told, WIDTH, 226)
    step = WIDTH / len(bars)
    most = max([bar.number for bar in bars] + [1])
    for place, bar in enumerate(bars):
        left, height = place * step, bar.number / most * 150
        tone = "amber" if bar.at_least is None else "green"
        drawing.add(Boxes(tone, ((left + 8, 180 - height, step - 16, height),)))
        drawing.add(Words(left + step / 2, 174 - height, str(bar.number), 13, anchor="middle", bold=True))
        drawing.add(Words(left + step / 2, 198, bar_label(bar), 12, "soft", "middle"))
    drawing.add(Line("line", [(0, 180), (WIDTH, 180)]))
    drawing.add(Words(WIDTH, 220, _("working days before the deadline"), 11, "soft", "end"))
    return drawing


class Axis:
    """Where so many working days ahead lie: time runs to the right, so that early is left of the deadline."""

    def __init__(self, rows: Sequence[Named]) -> None:
        found = [row.spread for row in rows if row.spread]
        self.early = max([one.p90 for one in found] + [5.0])
        self.late = max([-one.p10 for one in found] + [0.0])
        span = self.early + self.late
        self.step = next((step for step in STEPS if span <= step * 5), STEPS[-1])
        self.early = -(-self.early // self.step) * self.step
        self.late = -(-self.late // self.step) * self.step if self.late else 0.0
        self.room = WIDTH - NAME - COUNT - 16

    def x(self, days: float) -> float:
        return NAME + 8 + (self.early - days) / (self.early + self.late) * self.room

    def ticks(self) -> Iterator[float]:
        days = self.early
        while days >= -self.late:
            yield days
            days -= self.step


def spreads(name: str, title: str, rows: Sequence[Named]) -> Drawing:
    """A line from the 10th to the 90th percentile, a box from the 20th to the 80th, a dot at the median."""
    told = "; ".join(f"{row.label} {row.spread.median:g}" for row in rows if row.spread)
    drawing = Drawing(name, title, told, WIDTH, 34 + len(rows) * ROW)
    axis = Axis(rows)
    bottom = 20 + len(rows) * ROW
    for days in axis.ticks():
        at = axis.x(days)
        drawing.add(Line("strong" if days == 0 else "line", [(at, 18), (at, bottom)]))
        drawing.add(Words(at, 12, _tick(days), 11, "ink" if days == 0 else "soft", "middle", bold=days == 0))
    for place, row in enumerate(rows):
        drawing.add(*_spread(row, axis, 20 + place * ROW))
    return drawing


def _label(text: str, top: float, room: float = NAME, href: str = "") -> Words:
    """What a row is about, at its left; shortened where it has no room."""
    short = fitted(text, room - 10, 13)
    return Words(0, top + 17, short, 13, href=href, whole=text if short != text else "")


def _tick(days: float) -> str:
    return pgettext("chart", "deadline") if days == 0 else f"{-days:+g}"


def _spread(row: Named, axis: Axis, top: float) -> Iterator[Shape]:
    yield _label(row.label, top, href=row.href)
    if row.spread is None:
        yield Words(WIDTH, top + 17, "—", 12, "soft", "end")
        return
    one, middle = row.spread, top + ROW / 2
    yield Line("ink", [(axis.x(one.p90), middle), (axis.x(one.p10), middle)], 1.5)
    left, right = axis.x(one.p80), axis.x(one.p20)
    yield Boxes("green", ((left, top + 7, max(right - left, 2), ROW - 14),), "outlined")
    yield Dots("ink", [(axis.x(one.median), middle)], 3.4)
    yield Words(WIDTH, top + 17, str(one.count), 12, "soft", "end")


# How crowded


def months(found: Rhythm) -> Drawing:
    """Three columns a month: due, done, and rounds of evidence handed in."""
    told = "; ".join(f"{one.number}: {one.due}/{one.done}/{one.submitted}" for one in found.months)
    title = _("Due, done and handed in, by month")
    drawing = Drawing("lesson-months", title, told, WIDTH, 232)
    most = max([max(_counts(one)) for one in found.months] + [1])
    scale = next((one for one in STEPS if most <= one * 4), most)
    top = most + scale
    for count in range(0, top, scale):
        y = 200 - count / top * 160
        drawing.add(Line("line", [(28, y), (WIDTH, y)]))
        drawing.add(Words(22, y + 4, str(count), 11, "soft", "end"))
    for one in found.months:
        middle = 30 + (one.number - 0.5) * MONTH
        drawing.add(Words(middle, 218, str(one.number), 11, "soft", "middle"))
    for place, (tone, look) in enumerate(COLUMNS):
        drawing.add(Boxes(tone, tuple(_columns(found.months, place, top)), look))
    drawing.add(*_legend())
    return drawing


def _counts(one: Month) -> tuple[int, int, int]:
    """As high as its columns, in the order of `COLUMNS`."""
    return one.due, one.done, one.submitted


def _columns(found: Sequence[Month], place: int, top: int) -> Iterator[Box]:
    """The `place`-th column of every month that has any; `top` is what 160 units stand for."""
    width = (MONTH - 6) / 3
    for one in found:
        if number := _counts(one)[place]:
            height = number / top * 160
            left = 30 + (one.number - 1) * MONTH + 3 + place * width
            yield left, 200 - height, width - 1, height


def _legend() -> Iterator[Shape]:
    left = 30.0
    labels = pgettext("chart", "due"), pgettext("chart", "done"), _("evidence handed in")
    for label, (tone, look) in zip(labels, COLUMNS, strict=True):
        yield Boxes(tone, ((left, 4, 14, 12),), look)
        yield Words(left + 20, 15, label, 13)
        left += 100


def shares(name: str, title: str, rows: Sequence[tuple[str, float]]) -> Drawing:
    """A bar for each label, as long as its per cent."""
    told = "; ".join(f"{label} {share:g}%" for label, share in rows)
    drawing = Drawing(name, title, told, WIDTH, max(len(rows), 1) * ROW + 4)
    room = WIDTH - NAME - 56
    for place, (label, share) in enumerate(rows):
        top = place * ROW
        drawing.add(_label(label, top))
        drawing.add(Boxes("sunken", ((NAME, top + 6, room, ROW - 12),)))
        if share:
            drawing.add(Boxes("amber", ((NAME, top + 6, max(share / 100 * room, 1), ROW - 12),)))
        drawing.add(Words(WIDTH, top + 17, f"{share:g}%", 13, "soft", "end"))
    drawing.add(Line("line", [(NAME, 0), (NAME, len(rows) * ROW)]))
    return drawing


# How long


def waits(name: str, title: str, rows: Sequence[tuple[str, Spread]]) -> Drawing:
    """Working days waited: a bar up to the median, a line on to the 80th percentile."""
    told = "; ".join(f"{label} {one.median:g} / {one.p80:g}" for label, one in rows)
    drawing = Drawing(name, title, told, WIDTH, 30 + max(len(rows), 1) * ROW)
    most = max([one.p80 for _label, one in rows] + [1.0])
    name_room = 146.0
    room = WIDTH - name_room - 88
    for place, (label, one) in enumerate(rows):
        top, middle = place * ROW, place * ROW + ROW / 2
        drawing.add(_label(label, top, name_room))
        drawing.add(Boxes("blue", ((name_room, top + 7, max(one.median / most * room, 1), ROW - 14),)))
        end = name_room + one.p80 / most * room
        drawing.add(Line("ink", [(name_room, middle), (end, middle)], 1.5))
        drawing.add(Line("ink", [(end, top + 7), (end, top + ROW - 7)], 1.5))
        drawing.add(Words(WIDTH, top + 17, f"{_days(one.median)} / {_days(one.p80)}", 13, "soft", "end"))
    drawing.add(Line("line", [(name_room, 0), (name_room, len(rows) * ROW)]))
    drawing.add(
        Words(WIDTH, len(rows) * ROW + 20, _("median / 80th percentile, working days"), 11, "soft", "end")
    )
    return drawing


def _days(days: float) -> str:
    """So many days; what is rounded to none was shorter than that."""
    return f"{days:g}" if days else "<0.1"
