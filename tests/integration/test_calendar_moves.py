"""A calendar that changes: what waits for a digest goes along with it."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from nodes.models import Cycle
from notifications.claims import claim_due
from notifications.ledger import tell
from notifications.models import Notification
from notifications.moving_digests import move_digests
from notifications.reminders import scan_due_offices
from notifications.timing import next_digest
from tests import builders
from tests.builders import ZONE, person, work_node
from tests.faults.stack import wait_for
from tests.organisation import organisation
from workflow.models import CalendarDay, Office
from workflow.organisation_file import parse_organisation
from workflow.services.calendar_days import DayDraft, remove_day, set_days
from workflow.services.organisation import import_organisation

# A year that nobody has published yet: people work from Monday to Friday, provisionally.
FRIDAY, SATURDAY, MONDAY, TUESDAY, WEDNESDAY = (date(2083, 10, day) for day in (1, 2, 4, 5, 6))
THURSDAY = date(2083, 9, 30)
NOW = datetime(2083, 9, 30, 15, 0, tzinfo=ZONE)


@pytest.fixture
def then(monkeypatch) -> datetime:
    """It is the afternoon before the holiday of a year without a published calendar."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return NOW


def news(office: Office, number: int = 1, at: datetime = NOW) -> Notification:
    """Something to tell by mail in the next digest."""
    node = work_node(office, number, year=2083, **dated())
    tell("evidence_approved", node, slot=f"{number}", at=at, audiences=["handler"], channels=["email"])
    return Notification.objects.get(node=node)


def dated() -> dict[str, Any]:
    return {"planned_start": date(2083, 3, 1), "deadline": date(2083, 12, 1)}


def days_off(*days: date) -> list[DayDraft]:
    return [DayDraft(day, is_workday=False, name="国庆节") for day in days]


def seen(row: Notification) -> tuple[str, date]:
    """The digest in which it goes out, and the day on which that is."""
    row.refresh_from_db()
    assert row.batch.endswith(f":email:{row.recipient_id}")
    return row.batch.split(":")[1], row.due_at.astimezone(ZONE).date()


def test_the_years_days_arrive_and_what_was_planned_without_them_moves(then, db):
    office = builders.office(year=2083)
    row = news(office)
    assert seen(row) == (f"{FRIDAY}", FRIDAY)
    set_days(actor=person("admin"), office=office, days=days_off(FRIDAY, SATURDAY, MONDAY, TUESDAY))
    assert seen(row) == (f"{WEDNESDAY}", WEDNESDAY)
    assert row.due_at.astimezone(ZONE).time().hour == 8


def test_a_working_day_that_comes_earlier_takes_it(then, db):
    office = builders.office(year=2083)
    row = news(office, at=datetime(2083, 10, 1, 15, 0, tzinfo=ZONE))
    assert seen(row) == (f"{MONDAY}", MONDAY)
    set_days(actor=person("admin"), office=office, days=[DayDraft(SATURDAY, is_workday=True)])
    assert seen(row) == (f"{SATURDAY}", SATURDAY)
    remove_day(actor=person("admin"), office=office, day=SATURDAY)
    assert seen(row) == (f"{MONDAY}", MONDAY)


def test_it_keeps_its_place_among_the_digests_that_are_there(then, db):
    office = builders.office(year=2083)
    first, second = news(office, 1), news(office, 2, at=datetime(2083, 10, 3, 9, 0, tzinfo=ZONE))
    set_days(actor=person("admin"), office=office, days=days_off(FRIDAY))
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.batch, first.due_at) == (second.batch, second.due_at)


def test_what_a_worker_holds_or_has_sent_and_other_offices_stay(then, db):
    office, other = builders.office(year=2083), builders.office("other", year=2083)
    rows = {state: news(office, number) for number, state in enumerate(("sending", "sent", "dead"), start=1)}
    for state, row in rows.items():
        Notification.objects.filter(pk=row.pk).update(state=state)
    theirs = news(other)
    set_days(actor=person("admin", office), office=office, days=days_off(FRIDAY))
    assert {seen(row)[0] for row in (*rows.values(), theirs)} == {f"{FRIDAY}"}


def test_today_stays_today_while_it_goes_out(then, db):
    office = builders.office(year=2083)
    row = news(office, at=NOW - timedelta(days=1))
    assert seen(row)[0] == f"{THURSDAY}"
    set_days(actor=person("admin"), office=office, days=days_off(FRIDAY))
    assert seen(row)[0] == f"{THURSDAY}"
    assert move_digests(office, NOW) == 0


def test_a_day_that_is_off_all_at_once_lets_its_digest_wait(then, db):
    office = builders.office(year=2083)
    row = news(office, at=NOW - timedelta(days=1))
    set_days(actor=person("admin"), office=office, days=days_off(THURSDAY))
    assert seen(row) == (f"{FRIDAY}", FRIDAY)


def test_messages_of_their_own_are_no_digest(then, db):
    office = builders.office(year=2083)
    node = work_node(office, 1, year=2083, **dated())
    tell("node_reopened", node, slot="1", at=NOW, audiences=["handler"], channels=["email"])
    row = Notification.objects.get(node=node)
    set_days(actor=person("admin"), office=office, days=days_off(FRIDAY))
    before = (row.batch, row.due_at)
    row.refresh_from_db()
    assert (row.batch, row.due_at) == before


def test_the_calendar_of_the_service_is_the_one_that_is_asked(then, db):
    """The instance forgets what it knew before anybody is told."""
    office = builders.office(year=2083)
    assert next_digest(office, NOW)[0] == FRIDAY
    set_days(actor=person("admin"), office=office, days=days_off(FRIDAY))
    assert next_digest(office, NOW)[0] == MONDAY
    assert CalendarDay.objects.filter(office=office).count() == 1


def test_a_calendar_that_came_without_a_word_is_noticed_in_the_morning(then, db):
    office = builders.office(year=2083)
    row = news(office)
    CalendarDay.objects.create(office=office, day=FRIDAY, is_workday=False)
    morning = datetime.combine(FRIDAY, time(8, 47), ZONE)
    assert scan_due_offices(morning) == 0
    assert seen(row) == (f"{MONDAY}", MONDAY)


def test_the_hour_stays_the_offices_own_where_clocks_are_put_back_in_between(then, db):
    described = organisation()
    described["office"] = {"code": "berlin", "name": "驻德办", "time_zone": "Europe/Berlin"}
    import_organisation(parse_organisation(json.dumps(described)))
    office = Office.objects.get(code="berlin")
    Cycle.objects.create(office=office, year=2083, status=Cycle.Status.OPEN)
    row = news(office, at=datetime(2083, 10, 28, 15, 0, tzinfo=ZONE))  # clocks go back on Sunday the 31st
    friday, monday = date(2083, 10, 29), date(2083, 11, 1)
    assert row.due_at.astimezone(office.zone).date() == friday
    before = row.due_at.astimezone(office.zone)
    set_days(actor=person("admin", office), office=office, days=days_off(friday))
    row.refresh_from_db()
    after = row.due_at.astimezone(office.zone)
    assert after.date() == monday
    assert after.time() == before.time()
    assert before.utcoffset() != after.utcoffset()


def test_what_a_sweep_is_just_taking_goes_out_as_it_was(then, transactional_db):
    office = builders.office(year=2083)
    row = news(office)
    Notification.objects.update(due_at=datetime(2021, 1, 1, tzinfo=ZONE))
    CalendarDay.objects.create(office=office, day=FRIDAY, is_workday=False)
    office.__dict__.pop("_working_days", None)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert claim_due()
            moving = pool.submit(in_a_connection_of_its_own, move_digests, office, NOW)
            wait_for(somebody_waits_for_a_lock)
        assert moving.result(30) == 0
    row.refresh_from_db()
    assert (row.state, row.batch.split(":")[1]) == ("sending", f"{FRIDAY}")


def in_a_connection_of_its_own(act: Callable[..., Any], *facts: Any) -> Any:
    try:
        return act(*facts)
    finally:
        connection.close()


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0] > 0
