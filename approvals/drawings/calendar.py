"""A month of deadlines: who works when, and what is due."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.dashboard.deadlines import Day, Month
from approvals.drawings.looks import month_name
from approvals.drawings.shapes import Box, Boxes, Dots, Drawing, Link, Point, Words

CELL = 24.0
HEAD = 40.0
WIDTH, HEIGHT = 7 * CELL, HEAD + 6 * CELL
MOST_DOTS = 4


def month(found: Month) -> Drawing:
    """A dot for each node due on a day, hollow when it is done; a bar stands for more than four."""
    name = month_name(found.first)
    told = ngettext("%(due)d node is due.", "%(due)d nodes are due.", found.due) % {"due": found.due}
    drawing = Drawing(f"month-{found.first.month}", f"{name} {told}", "", WIDTH, HEIGHT)
    drawing.add(Words(0, 15, name, 13, bold=True))
    if found.due:
        drawing.add(Words(WIDTH, 15, str(found.due), 13, "soft", "end", href=found.url))
    drawing.add(*_letters())
    drawing.add(*_grounds(found), *_mondays(found))
    drawing.add(*_marks([day for day in found.days if day.due]))
    drawing.add(*(_link(day) for day in found.days if day.due))
    return drawing


def _letters() -> Iterator[Words]:
    for place, letter in enumerate(_("Mo Tu We Th Fr Sa Su").split()):
        yield Words((place + 0.5) * CELL, HEAD - 6, letter, 10, "soft", "middle")


def cell(day: date) -> Box:
    """Where a day lies: a week is a row, Monday comes first."""
    weeks = (day.day - 1 + day.replace(day=1).weekday()) // 7
    return day.weekday() * CELL + 1, HEAD + weeks * CELL + 1, CELL - 2, CELL - 2


def _grounds(found: Month) -> Iterator[Boxes]:
    for tone, belongs in (
        ("sunken", lambda day: not day.due and not day.working),
        ("red-wash", lambda day: day.overdue),
        ("blue-wash", lambda day: day.open and not day.overdue),
        ("green-wash", lambda day: day.due and not day.open),
    ):
        yield Boxes(tone, tuple(cell(day.day) for day in found.days if belongs(day)))
    yield Boxes("ink", tuple(cell(day.day) for day in found.days if day.day == found.today), "framed")


def _mondays(found: Month) -> Iterator[Words]:
    """The day of the month where a week begins, and today, unless something is due then."""
    for day in found.days:
        if not day.due and (day.day.weekday() == 0 or day.day == found.today):
            left, top, width, _height = cell(day.day)
            yield Words(left + width / 2, top + 12, str(day.day.day), 11, "soft", "middle")


def _link(day: Day) -> Link:
    return Link(cell(day.day), f"#{day.anchor}", str(day.day.day), says(day))


def says(day: Day) -> str:
    """The day and what is due on it, in words."""
    counted = ngettext("%(due)d node is due.", "%(due)d nodes are due.", len(day.due)) % {"due": len(day.due)}
    return f"{date_format(day.day, 'm-d D')} {counted}"


def _marks(days: list[Day]) -> Iterator[Dots | Boxes]:
    """What tells how many nodes are due, all marks of one look together."""
    for tone, belongs in (("red", True), ("ink", False)):
        some = [day for day in days if bool(day.overdue) == belongs]
        yield Dots(tone, [at for day in some for at in _places(day)[: day.open]], 1.6)
        yield Boxes(tone, [_bar(day) for day in some if day.open and len(day.due) > MOST_DOTS])
    yield Dots("green", [at for day in days for at in _places(day)[day.open :]], 1.4, hollow=True)
    yield Boxes("green", [_bar(day) for day in days if not day.open and len(day.due) > MOST_DOTS])


def _places(day: Day) -> list[Point]:
    """Where the dots of a day stand; none where a bar stands for them."""
    if len(day.due) > MOST_DOTS:
        return []
    left, top, width, _height = cell(day.day)
    first = left + width / 2 - (len(day.due) - 1) * 2.3
    return [(first + place * 4.6, top + 17) for place in range(len(day.due))]


def _bar(day: Day) -> Box:
    left, top, width, _height = cell(day.day)
    return left + width / 2 - 8, top + 15.5, 16, 3
