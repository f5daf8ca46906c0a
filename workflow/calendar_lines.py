"""Reads days off and working days as they are pasted from a notice, a day or a span of days a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from django.utils.translation import gettext as _

from workflow.refusals import Invalid
from workflow.services.calendar_days import DayDraft

DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
LINE = re.compile(
    rf"{DAY}(?:\s*(?:至|到|~|～|—+)\s*{DAY})?[\s,，、]+(休|班|放假|上班|休息|工作)(?:[\s,，、]+(\S+))?(?:[\s,，、]+(.+))?"
)
REST = ("休", "放假", "休息")
LONGEST_SPAN = 31
MOST_LINES = 200


def read_lines(text: str, *, field: str) -> list[DayDraft]:
    """The days that `text` names. Raises Invalid with one message a line that cannot be read."""
    found: list[DayDraft] = []
    errors: list[str] = []
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1)]
    told = [(number, line) for number, line in lines if line]
    if not told:
        raise Invalid({field: [_("Paste at least one line.")]})
    if len(told) > MOST_LINES:
        raise Invalid({field: [_("At most %(limit)d lines at a time.") % {"limit": MOST_LINES}]})
    for number, line in told:
        try:
            found += _days(line)
        except ValueError as error:
            errors.append(_("Line %(number)d: %(what)s") % {"number": number, "what": error})
    if errors:
        raise Invalid({field: errors})
    return found


def _days(line: str) -> Iterator[DayDraft]:
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(_("“%(line)s” is not like “2027-02-05 休 春节”") % {"line": line[:40]})
    first = _day(match.group(1, 2, 3))
    last = _day(match.group(4, 5, 6)) if match[4] else first
    span = (last - first).days
    if not 0 <= span < LONGEST_SPAN:
        raise ValueError(_("the days from %(first)s to %(last)s are no span of days off") % {
            "first": first, "last": last,
        })  # fmt: skip
    for offset in range(span + 1):
        day = first + timedelta(days=offset)
        yield DayDraft(day, match[7] not in REST, match[8] or "", (match[9] or "").strip())


def _day(parts: tuple[str, ...]) -> date:
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError as error:
        raise ValueError(_("there is no such day as “%(text)s”") % {"text": "-".join(parts)}) from error
