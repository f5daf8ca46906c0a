"""How each light is drawn: by tone, and by pattern for whoever does not tell tones apart."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext

from approvals.drawings.shapes import Box, Boxes
from nodes.light import Light

LOOKS = {
    Light.DONE_ON_TIME: ("green", "solid"),
    Light.DONE_LATE: ("amber", "hatched"),
    Light.ON_TRACK: ("green", "outlined"),
    Light.DUE_SOON: ("amber", "solid"),
    Light.OVERDUE: ("red", "solid"),
    Light.NOT_STARTED: ("grey", "outlined"),
    Light.SUSPENDED: ("grey", "hatched"),
}


def boxes(light: Light, found: Iterable[Box]) -> Boxes:
    tone, look = LOOKS[light]
    return Boxes(tone, tuple(found), look)


def month_name(month: date) -> str:
    """The month in few letters."""
    return date_format(month, pgettext("date format of a month", "M"))
