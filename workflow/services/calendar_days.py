"""The office's own days in the working-day calendar: they go before what is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit, events
from workflow.clock import moment
from workflow.models import CalendarDay, Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound

YEARS = range(2000, 2101)
LONGEST_TEXT = 100
MOST_DAYS = 400


@dataclass(frozen=True)
class CalendarChanged:
    """The office's working days are others than before, from the aware moment `at` on."""

    office: Office
    at: datetime


@dataclass(frozen=True)
class DayDraft:
    """What an office says about a day: whether people work, what the day is called, by which notice."""

    day: date
    is_workday: bool
    name: str = ""
    source: str = ""


@transaction.atomic
def set_days(*, actor: User, office: Office, days: Sequence[DayDraft], at: datetime | None = None) -> int:
    """Let `days` hold for the office, all or none; return how many are new or different.

    Deadlines stay where they are; reminders and urgings are counted anew from now on, and what waits for
    a digest goes along with it. Raises NotAllowed, and Invalid for a day out of reach, a text too long, or
    a day that is said to be both.
    """
    require(actor, "workflow.manage_settings", office, at=at)
    _check(days)
    Office.objects.select_for_update(no_key=True).get(pk=office.pk)
    wanted = {one.day: one for one in days}
    known = {row.day: row for row in CalendarDay.objects.filter(office=office, day__in=wanted)}
    differing = [one for one in wanted.values() if one.day not in known or _draft(known[one.day]) != one]
    if not differing:
        return 0
    before = [_as_data(_draft(known[one.day])) for one in differing if one.day in known]
    CalendarDay.objects.filter(pk__in=[known[one.day].pk for one in differing if one.day in known]).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(office=office, day=one.day, is_workday=one.is_workday, name=one.name, source=one.source)
        for one in differing
    )
    facts = {"before": before, "after": [_as_data(one) for one in differing]}
    audit.record(actor, "calendar.changed", office, at=at, data=facts)
    _announce(office, at)
    return len(differing)


@transaction.atomic
def remove_day(*, actor: User, office: Office, day: date, at: datetime | None = None) -> None:
    """Let a day be again what is published for it. Raises NotAllowed, NotFound."""
    require(actor, "workflow.manage_settings", office, at=at)
    row = CalendarDay.objects.select_for_update().filter(office=office, day=day).first()
    if row is None:
        raise NotFound(_("The office has set nothing for this day."))
    facts = {"before": [_as_data(_draft(row))], "after": []}
    row.delete()
    audit.record(actor, "calendar.changed", office, at=at, data=facts)
    _announce(office, at)


def _check(days: Sequence[DayDraft]) -> None:
    if len(days) > MOST_DAYS:
        raise Invalid(_("At most %(limit)d days at a time.") % {"limit": MOST_DAYS})
    errors: dict[str, list[str]] = {}
    for one in days:
        if one.day.year not in YEARS:
            errors["day"] = [_("%(day)s is too far away.") % {"day": one.day}]
        for field in ("name", "source"):
            if len(getattr(one, field)) > LONGEST_TEXT:
                errors[field] = [_("At most %(limit)d characters.") % {"limit": LONGEST_TEXT}]
    both = {one.day for one in days if one.is_workday} & {one.day for one in days if not one.is_workday}
    if both:
        errors["day"] = [_("%(day)s is said to be both.") % {"day": min(both)}]
    if errors:
        raise Invalid(errors)


def _draft(row: CalendarDay) -> DayDraft:
    return DayDraft(row.day, row.is_workday, row.name, row.source)


def _as_data(one: DayDraft) -> dict[str, Any]:
    return {
        "day": one.day.isoformat(), "is_workday": one.is_workday, "name": one.name, "source": one.source
    }  # fmt: skip


def _announce(office: Office, at: datetime | None) -> None:
    """The calendar that `selectors.working_days` keeps on the instance is not right any more."""
    office.__dict__.pop("_working_days", None)
    events.publish(CalendarChanged(office, moment(at)))
