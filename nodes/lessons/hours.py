"""How much working time passes between two moments."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from workflow.calendar import WorkingDays

BEGINS, ENDS = time(9), time(17)  # of a working day, in the office's time zone
HOURS_A_DAY = 8


def working_hours(calendar: WorkingDays, since: datetime, until: datetime) -> float:
    """Hours between two moments (both in the office's time zone) that lie on working days, 9:00 to 17:00.

    0 when `until` is not after `since`.
    """
    if until <= since:
        return 0.0
    first, last = since.date(), until.date()
    if first == last:
        return _within(calendar, first, since.time(), until.time())
    whole = calendar.between(first, last - timedelta(days=1))
    begun = _within(calendar, first, since.time(), ENDS)
    return begun + whole * HOURS_A_DAY + _within(calendar, last, BEGINS, until.time())


def _within(calendar: WorkingDays, day: date, since: time, until: time) -> float:
    if not calendar.is_workday(day):
        return 0.0
    begin, end = max(_hours(since), _hours(BEGINS)), min(_hours(until), _hours(ENDS))
    return max(end - begin, 0.0)


def _hours(moment: time) -> float:
    return moment.hour + moment.minute / 60 + moment.second / 3600
