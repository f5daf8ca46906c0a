"""Planned against actual: three rising lines over the year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from approvals.dashboard.curves import Curve
from approvals.drawings.looks import month_name
from approvals.drawings.shapes import Drawing, Line, Point, Words

WIDTH, HEIGHT = 420.0, 290.0
LEFT, RIGHT, TOP, BOTTOM = 28.0, 418.0, 50.0, 266.0
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000)


class Frame:
    """Where a day and a count lie."""

    def __init__(self, curve: Curve) -> None:
        self.first, self.days = curve.first, (curve.last - curve.first).days + 1
        self.step = next((step for step in STEPS if curve.nodes <= step * 5), curve.nodes // 5 + 1)
        self.most = self.step * max(1, -(-curve.nodes // self.step))

    def x(self, day: date) -> float:
        """The end of `day`: what is due lasts until midnight."""
        share = ((day - self.first).days + 1) / self.days
        return LEFT + min(max(share, 0), 1) * (RIGHT - LEFT)

    def y(self, count: int) -> float:
        return BOTTOM - count / self.most * (BOTTOM - TOP)


def rising(curve: Curve) -> Drawing:
    """Nodes due as promised, due as it stands now, and done, added up day by day."""
    promised, due, done = curve.now
    told = _("By %(day)s: due as promised %(promised)d, due now %(due)d, done %(done)d of %(nodes)d.") % {
        "day": curve.until, "promised": promised, "due": due, "done": done, "nodes": curve.nodes,
    }  # fmt: skip
    drawing = Drawing("chart-curve", _("Planned against actual"), told, WIDTH, HEIGHT)
    frame = Frame(curve)
    drawing.add(*_ground(frame, curve))
    drawing.add(Line("strong", list(_stairs(frame, curve.promised, curve.last)), 1.5, dashed=True))
    drawing.add(Line("ink", list(_stairs(frame, curve.due, curve.last)), 1.5))
    if curve.begun:
        drawing.add(Line("green", list(_stairs(frame, curve.done, curve.until)), 3))
        if curve.day <= curve.last:
            drawing.add(*_today(frame, curve))
    drawing.add(*_legend(curve))
    return drawing


def _stairs(frame: Frame, days: tuple[date, ...], until: date) -> Iterator[Point]:
    """The line through how many of `days` have come, a step at each."""
    yield LEFT, frame.y(0)
    height = 0
    for day in sorted({day for day in days if day <= until}):
        yield frame.x(day), frame.y(height)
        height = sum(one <= day for one in days)
        yield frame.x(day), frame.y(height)
    yield frame.x(until), frame.y(height)


def _ground(frame: Frame, curve: Curve) -> Iterator[Line | Words]:
    for count in range(0, frame.most + 1, frame.step):
        yield Line("line", [(LEFT, frame.y(count)), (RIGHT, frame.y(count))])
        yield Words(LEFT - 6, frame.y(count) + 4, str(count), 12, "soft", "end")
    for number in range(1, 13):
        month = date(curve.first.year, number, 1)
        middle = frame.x(month.replace(day=15))
        yield Words(middle, BOTTOM + 18, month_name(month), 11, "soft", "middle")


def _today(frame: Frame, curve: Curve) -> Iterator[Line | Words]:
    x = frame.x(curve.day)
    anchor = "end" if x > WIDTH / 2 else "start"
    yield Line("blue", [(x, TOP - 6), (x, BOTTOM)], 1.5)
    day = f"{curve.day:%m-%d}"
    yield Words(x + (-5 if anchor == "end" else 5), TOP - 1, day, 12, "blue", anchor, bold=True)


def _legend(curve: Curve) -> Iterator[Line | Words]:
    promised, due, done = curve.now
    left = 0.0
    for label, count, tone, width, dashed in (
        (_("due as promised"), promised, "strong", 1.5, True),
        (_("due now"), due, "ink", 1.5, False),
        (_("done"), done, "green", 3.0, False),
    ):
        yield Line(tone, [(left, 13), (left + 22, 13)], width, dashed)
        yield Words(left + 27, 18, f"{label} {count}", 13, bold=tone == "green")
        left += 144
