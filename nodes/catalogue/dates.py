"""Dates as offices write them: real ones, 2021-06-30, 2021年6月30日, or 6月30日 with the year understood."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.utils.translation import gettext as _
from openpyxl.utils.datetime import from_excel

from nodes.catalogue.cells import FULL_WIDTH, Value, as_text

CROSSES_YEAR = re.compile(r"[（(【\[]?(?<!不)跨年度?[）)】\]]?")
TIME = re.compile(r"[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
NUMERIC = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})")
CHINESE = re.compile(r"(?:(?P<year>\d{4})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]")
# Serial numbers of days from 1982 to 2119: what a date becomes when its cell lost the date format.
SERIALS = range(30_000, 80_000)


class NotADate(ValueError):
    """The cell holds no date; `str()` says what it should look like."""


def crosses_year(value: Value) -> bool:
    """Return whether a cell notes that its row reaches into another year (跨年)."""
    return CROSSES_YEAR.search(as_text(value)) is not None


def read_date(value: Value, *, year: int) -> date:
    """Return the day a cell names, `year` being understood where it names none. Raises NotADate."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and SERIALS.start <= value < SERIALS.stop:
        return _from_serial(value)
    return _from_text(as_text(value), year)


def _from_serial(value: float) -> date:
    moment = from_excel(int(value))
    assert isinstance(moment, datetime)
    return moment.date()


def _from_text(text: str, year: int) -> date:
    plain = TIME.sub("", CROSSES_YEAR.sub("", text.translate(FULL_WIDTH)).strip())
    compact = "".join(plain.split())
    match = NUMERIC.fullmatch(compact) or CHINESE.fullmatch(compact)
    if not match:
        raise NotADate(_("“%(text)s” is not a date; write it like 2021-06-30") % {"text": text})
    if match["year"] is None and crosses_year(text):
        raise NotADate(_("“%(text)s” crosses the year but does not name one") % {"text": text})
    try:
        return date(int(match["year"] or year), int(match["month"]), int(match["day"]))
    except ValueError as error:
        raise NotADate(_("there is no such day as “%(text)s”") % {"text": text}) from error
