"""Clocks that jump, days of 23 and 25 hours, years nobody has published: one digest a person and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone

from notifications import delivery, reminders
from notifications.models import Notification, ReminderScan
from notifications.timing import next_digest, send_moment
from tests import builders
from tests.builders import ZONE, row
from tests.faults.reconciling import reconcile
from tests.mornings import mails
from tests.organisation import DIVISION, ORGANISATION, OTHER_DIVISION
from tests.post_office import PostOffice
from workflow.models import CalendarDay, Office
from workflow.selectors import working_days

LONG_AGO, WEEK = timedelta(days=365), timedelta(days=6, hours=10)
MONDAY = date(2021, 5, 10)


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """That moment of May 2021, of which the 10th is a Monday."""
    return datetime(2021, 5, day, hour, minute, second, tzinfo=ZONE)


def an_office(first: date, days: int, *, zone: str = "Asia/Shanghai", send_at: str = "08:47") -> Office:
    """Each of its two divisions has a node due on each of so many days."""
    office = builders.office(
        year=first.year,
        office=ORGANISATION["office"] | {"time_zone": zone},
        reminder_policy={"send_at": send_at, "quiet_hours": None},
    )
    rows = [
        row(2 * n + m, deadline=first + timedelta(days=n), lead_division=division, planned_start=None)
        for n in range(days)
        for m, division in enumerate((DIVISION, OTHER_DIVISION), 1)
    ]
    builders.import_catalogue(
        actor=None, office=office, year=first.year, catalogue=builders.Catalogue(rows, [])
    )
    return office


class Clock:
    """The office's clock, whatever it says; `letters` counts them by reader and the day they went out."""

    def __init__(self, office: Office, post_office: PostOffice) -> None:
        self.office, self.post_office = office, post_office
        self.letters: Counter[tuple[str, date]] = Counter()

    def tick(self, now: datetime) -> None:
        """What is due by now is written, and what may go out by now is sent."""
        so_far = len(self.post_office.letters)
        reminders.scan_due_offices(now)
        due = list(mails(state="pending", due_at__lte=now).values_list("pk", flat=True))
        mails(pk__in=due).update(due_at=timezone.now() - LONG_AGO)
        delivery.attempt(due)
        new = self.post_office.letters[so_far:]
        self.letters.update((letter["To"].partition("@")[0], self.office.day(now)) for letter in new)

    def days_of(self, username: str) -> list[date]:
        """The days on which this person had a letter, and nobody had two letters, nor one digest twice."""
        assert set(self.letters.values()) == {1}
        assert set(digests(self.post_office).values()) == {1}
        return sorted(day for name, day in self.letters if name == username)


def every(minutes: int, first: datetime, last: datetime) -> Iterator[datetime]:
    while first <= last:
        yield first
        first += timedelta(minutes=minutes)


def digests(post_office: PostOffice) -> Counter[tuple[str, date]]:
    """How many digests of which day each person has."""
    batches = dict(mails().values_list("message_id", "batch"))
    return Counter(
        (letter["To"].partition("@")[0], date.fromisoformat(batches[letter["Message-ID"]].split(":")[1]))
        for letter in post_office.letters
    )


def what_days_say(office: Office, days: Iterable[date]) -> set[tuple[object, ...]]:
    """All that is said on these days where clocks run as they should."""
    with transaction.atomic():
        ReminderScan.objects.all().delete()
        Notification.objects.all().delete()
        for day in days:
            reminders.scan(office, day, send=False)
        found = said()
        transaction.set_rollback(True)
    return found


def said() -> set[tuple[object, ...]]:
    return set(mails().values_list("slot", "rule", "node__number", "recipient__username"))


# Midnight

OVER_MIDNIGHT = {
    "it ticks just before and just after": [
        at(10, 23, 59, 59), at(11, 0, 0, 0), at(11, 0, 0, 1), at(11, 0, 10), at(12, 0, 0, 0), at(12, 0, 10),
        at(13, 0, 10), at(14, 0, 10),
    ],
    "it goes back over midnight again and again": [
        at(10, 23, 59, 59), at(11, 0, 0, 1), at(10, 23, 59, 30), at(11, 0, 5), at(10, 23, 55), at(11, 0, 10),
        at(10, 12), at(12, 0, 10), at(11, 23, 59), at(12, 0, 11), at(13, 0, 10), at(14, 0, 10),
    ],
    "it jumps two days ahead and is set right": [
        at(10, 0, 10), at(13, 0, 10), at(11, 0, 10), at(11, 12), at(12, 0, 10), at(13, 0, 10), at(14, 0, 10),
    ],
    "it stood still over two midnights": [at(10, 0, 10), at(10, 0, 10), at(13, 9), at(14, 0, 10)],
}  # fmt: skip


@pytest.mark.parametrize("ticks", OVER_MIDNIGHT.values(), ids=OVER_MIDNIGHT.keys())
def test_over_midnight_everybody_has_one_digest_a_day_and_misses_nothing(db, mail_from_here, ticks):
    office = an_office(MONDAY, 8, send_at="00:00")
    clock = Clock(office, mail_from_here)
    for now in [*ticks, at(14, 12)]:
        clock.tick(now)
    assert date(2021, 5, 14) in clock.days_of("xinwen1")
    reconcile(mail_from_here)
    assert said() == what_days_say(office, [MONDAY + timedelta(days=n) for n in range(5)])


def test_a_clock_a_month_ahead_does_not_silence_the_days_until_then(db, mail_from_here):
    office = an_office(MONDAY, 8)
    clock = Clock(office, mail_from_here)
    clock.tick(at(10, 9))
    clock.tick(at(10, 9) + timedelta(days=31))
    for day in range(11, 15):
        clock.tick(at(day, 9))
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    assert clock.days_of("xinwen1") == [*days, MONDAY + timedelta(days=31)]
    reconcile(mail_from_here)
    assert said() >= what_days_say(office, days)


# Days of 23 and of 25 hours

CHANGES = [
    ("Europe/Berlin", "02:30", date(2021, 3, 28), "03:30"),
    ("Europe/Berlin", "02:30", date(2021, 10, 31), "02:30"),
    ("America/New_York", "02:15", date(2021, 3, 14), "03:15"),
    ("America/New_York", "01:45", date(2021, 11, 7), "01:45"),
]


@pytest.mark.parametrize(("zone", "send_at", "change", "local"), CHANGES)
def test_where_the_clock_is_put_forward_or_back_there_is_one_digest_a_day(
    db, mail_from_here, zone, send_at, change, local
):
    days = [change + timedelta(days=n) for n in (-1, 0, 1)]
    office = an_office(change - timedelta(days=1), 4, zone=zone, send_at=send_at)
    for day in days:  # they work that weekend
        CalendarDay.objects.create(office=office, day=day, is_workday=True)
    midnight = datetime.combine(days[0], time(0), ZoneInfo(zone)).astimezone(UTC)
    clock = Clock(office, mail_from_here)
    for now in every(30, midnight, midnight + timedelta(hours=72)):
        clock.tick(now)
    assert clock.days_of("xinwen1") == days
    assert reconcile(mail_from_here).arrived == len(mail_from_here.letters)
    assert said() == what_days_say(office, days)
    assert f"{send_moment(office, change).astimezone(UTC).astimezone(ZoneInfo(zone)):%H:%M}" == local


@pytest.mark.parametrize(("zone", "send_at", "change", "local"), CHANGES)
def test_news_of_such_a_night_waits_for_a_digest_that_is_still_to_come(db, zone, send_at, change, local):
    office = an_office(change, 1, zone=zone, send_at=send_at)
    CalendarDay.objects.create(office=office, day=change, is_workday=True)
    evening = datetime.combine(change - timedelta(days=1), time(20), ZoneInfo(zone)).astimezone(UTC)
    latest = evening
    for now in every(15, evening, evening + timedelta(hours=12)):
        _day, moment = next_digest(office, now)
        assert moment.astimezone(UTC) >= max(now, latest)
        latest = moment.astimezone(UTC)


# A year that is not published yet


def test_a_year_without_a_calendar_has_a_digest_on_each_weekday(db, mail_from_here):
    first = date(2035, 3, 5)
    office = an_office(first, 10)
    assert first.weekday() == 0
    assert working_days(office).is_provisional(first)
    clock = Clock(office, mail_from_here)
    for now in every(
        600, datetime.combine(first, time(9), ZONE), datetime.combine(first, time(9), ZONE) + WEEK
    ):
        clock.tick(now)
    assert clock.days_of("xinwen1") == [first + timedelta(days=n) for n in range(5)]
    reconcile(mail_from_here)
    assert said() == what_days_say(office, [first + timedelta(days=n) for n in range(7)])
