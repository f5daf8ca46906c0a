"""A year of the working-day calendar, month by month, as a page shows it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from workflow.calendar import WorkingDays
from workflow.models import CalendarDay, Office
from workflow.selectors import working_days


@dataclass(frozen=True)
class Day:
    """A day of a month; `mark` is 休 for a weekday off, 班 for a weekend day at work, else empty."""

    day: date
    is_workday: bool
    mark: str
    own: CalendarDay | None
    is_today: bool


@dataclass(frozen=True)
class Month:
    """A month: its weeks from Monday (None for days of other months), and how many working days it has."""

    number: int
    weeks: list[list[Day | None]]
    workdays: int


@dataclass(frozen=True)
class Year:
    """A year's months, the days that the office or the platform set, and what the rest comes from."""

    year: int
    months: list[Month]
    own: list[CalendarDay]
    platform: list[CalendarDay]
    provisional: bool
    workdays: int


def year_of(office: Office, year: int, today: date) -> Year:
    """The office's calendar of `year`."""
    set_days = CalendarDay.objects.filter(Q(office=office) | Q(office=None), day__year=year)
    rows = list(set_days.order_by("day"))
    own = {row.day: row for row in rows if row.office_id}
    days = working_days(office)
    months = [_month(days, own, year, number, today) for number in range(1, 13)]
    return Year(
        year=year,
        months=months,
        own=list(own.values()),
        platform=[row for row in rows if row.office_id is None],
        provisional=WorkingDays().is_provisional(date(year, 1, 1)),
        workdays=sum(month.workdays for month in months),
    )


def _month(days: WorkingDays, own: dict[date, CalendarDay], year: int, number: int, today: date) -> Month:
    weeks = [
        [_day(days, own, day, today) if day.month == number else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(year, number)
    ]
    workdays = sum(1 for week in weeks for day in week if day and day.is_workday)
    return Month(number, weeks, workdays)


def _day(days: WorkingDays, own: dict[date, CalendarDay], day: date, today: date) -> Day:
    works, weekend = days.is_workday(day), day.weekday() >= 5
    mark = "班" if works and weekend else "休" if not works and not weekend else ""
    return Day(day, works, mark, own.get(day), day == today)
