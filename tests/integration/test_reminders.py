"""The morning's reminders: who hears of which node on which day, once, whatever runs twice or not at all."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nodes.models import Cycle, State, WorkNode
from notifications import reminders
from notifications.models import ChannelKind, Notification, ReminderScan
from tests import builders
from tests.builders import appoint, defer, delegate, person, work_node
from tests.mornings import DUE, morning
from tests.organisation import LEADER, OTHER_DIVISION, organisation
from workflow.models import CalendarDay, Office

TEN_BEFORE, FIVE_BEFORE, THREE_BEFORE, ONE_BEFORE = (
    date(2021, 4, 23), date(2021, 4, 29), date(2021, 5, 6), date(2021, 5, 8),
)  # fmt: skip
HEAD_HEARS, LEADER_HEARS, UNIT_HEARS = date(2021, 5, 11), date(2021, 5, 17), date(2021, 5, 24)


def told(office: Office, on: date) -> set[tuple[str, str]]:
    """What the scan of a day says and to whom, as everybody sees it in the system."""
    reminders.scan(office, on)
    rows = Notification.objects.filter(office=office, slot=on.isoformat(), channel=ChannelKind.IN_APP)
    return set(rows.values_list("rule", "recipient__username"))


def days_of(office: Office, first: date, last: date) -> dict[date, set[tuple[str, str]]]:
    """What each day says, where it says anything."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day: found for day in days if (found := told(office, day))}


def ledger() -> list[tuple]:
    return sorted(Notification.objects.values_list("dedup_key", "state"))


def an_organisation(*, handlers: list[str], **users: dict[str, str]) -> dict[str, Any]:
    """Sections in which 新闻文化处 has these handlers, and some users other e-mails or none."""
    file = organisation()
    file["divisions"][0]["handlers"] = handlers
    for entry in file["users"]:
        entry.update(users.get(entry["username"], {}))
    return {"divisions": file["divisions"], "users": file["users"]}


# What a node's people hear


def test_a_node_nobody_touches_is_heard_of_on_the_days_of_the_policy(office):
    work_node(office, deadline=DUE, state=State.IN_PROGRESS)
    assert days_of(office, date(2021, 4, 10), date(2021, 5, 31)) == {
        TEN_BEFORE: {("before_10", "xinwen1")},
        FIVE_BEFORE: {("before_5", "xinwen1")},
        THREE_BEFORE: {("before_3", "xinwen1")},
        ONE_BEFORE: {("before_1", "xinwen1")},
        DUE: {("due_day", "xinwen1")},
        HEAD_HEARS: {("escalated_1", "xinwen0")},
        date(2021, 5, 13): {("overdue_3", "xinwen1")},
        LEADER_HEARS: {("escalated_5", "fuzhuren2")},
        date(2021, 5, 18): {("overdue_6", "xinwen1")},
        date(2021, 5, 21): {("overdue_9", "xinwen1")},
        UNIT_HEARS: {("escalated_10", "zhuren")},
        date(2021, 5, 26): {("overdue_12", "xinwen1")},
        date(2021, 5, 31): {("overdue_15", "xinwen1")},
    }


def test_one_due_in_the_national_holiday_is_heard_of_before_it_and_overdue_after_it(office):
    work_node(office, deadline=date(2021, 10, 5))
    assert days_of(office, date(2021, 9, 27), date(2021, 10, 11)) == {
        date(2021, 9, 28): {("before_3", "xinwen1")},
        date(2021, 9, 30): {("due_day", "xinwen1")},
        date(2021, 10, 8): {("escalated_1", "xinwen0")},
        date(2021, 10, 11): {("overdue_3", "xinwen1")},
    }


def test_each_is_told_in_the_system_and_by_mail_when_the_office_sends(office):
    node = work_node(office, deadline=DUE)
    reminders.scan(office, DUE)
    rows = Notification.objects.filter(node=node)
    assert dict(rows.values_list("channel", "state")) == {"in_app": "sent", "email": "pending"}
    assert rows.get(channel="in_app").due_at == morning(DUE)
    # A few minutes later, to each at a time of their own, off the full hour that vendors throttle.
    assert timedelta(minutes=2) <= rows.get(channel="email").due_at - morning(DUE) < timedelta(minutes=9)


def _silent_nodes() -> dict[str, Callable[[Office], WorkNode]]:
    def in_state(state: str) -> Callable[[Office], WorkNode]:
        return lambda office: work_node(office, deadline=DUE, state=state)

    def deferred_to_the_day(office: Office) -> WorkNode:
        # Until the division takes it up again nobody works on it, though the new day lies in another year.
        node = work_node(office, deadline=date(2021, 4, 1))
        defer(node, date(2022, 1, 10))
        return node

    return {
        "approved": in_state(State.APPROVED),
        "handed in": in_state(State.EVIDENCE_SUBMITTED),
        "deferred without a date": in_state(State.DEFERRED),
        "deferred to a later year": deferred_to_the_day,
    }


@pytest.mark.parametrize("what", _silent_nodes())
def test_nobody_hears_of_what_waits_for_no_work(office, what):
    _silent_nodes()[what](office)
    spring = days_of(office, date(2021, 4, 20), date(2021, 5, 26))
    winter = days_of(office, date(2021, 12, 20), date(2022, 1, 26))
    assert {**spring, **winter} == {}


@pytest.mark.parametrize("status", [Cycle.Status.DRAFT, Cycle.Status.CLOSED])
def test_nobody_hears_of_a_year_that_is_not_open(office, status):
    work_node(office, deadline=DUE)
    office.cycles.update(status=status)
    assert told(office, DUE) == set()


def test_a_deferred_deadline_is_the_one_that_counts(office):
    node = work_node(office, deadline=DUE, state=State.IN_PROGRESS)
    defer(node, date(2021, 6, 4))
    assert days_of(office, DUE, date(2021, 6, 4)) == {
        date(2021, 5, 21): {("before_10", "xinwen1")},
        date(2021, 5, 28): {("before_5", "xinwen1")},
        date(2021, 6, 1): {("before_3", "xinwen1")},
        date(2021, 6, 3): {("before_1", "xinwen1")},
        date(2021, 6, 4): {("due_day", "xinwen1")},
    }


def test_what_was_reopened_is_heard_of_again(office):
    node = work_node(office, deadline=DUE, state=State.APPROVED)
    builders.reopen(node, on=date(2021, 5, 12))
    assert told(office, date(2021, 5, 13)) == {("overdue_3", "xinwen1")}


# Who hears it, on the day


def test_from_their_first_day_on_the_successor_hears_it(office):
    work_node(office, deadline=DUE)
    appoint(LEADER, to="successor", from_=LEADER_HEARS)
    assert told(office, LEADER_HEARS) == {("escalated_5", "successor")}


def test_the_day_before_it_was_still_the_predecessor(office):
    work_node(office, deadline=DUE)
    appoint(LEADER, to="successor", from_=LEADER_HEARS + timedelta(days=1))
    assert told(office, LEADER_HEARS) == {("escalated_5", "fuzhuren2")}


def test_a_delegate_hears_it_besides_the_holder_within_the_window(office):
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=DUE + timedelta(days=1))
    delegate(LEADER, to="successor", starts=date(2021, 5, 10), ends=LEADER_HEARS)
    assert told(office, LEADER_HEARS) == {("escalated_5", "fuzhuren2"), ("escalated_5", "successor")}
    assert told(office, LEADER_HEARS + timedelta(days=1)) >= {("escalated_5", "fuzhuren2")}
    assert not Notification.objects.filter(recipient__username="successor", node__number=2).exists()


def test_a_revoked_delegation_ends_it(office):
    work_node(office, deadline=DUE)
    delegation = delegate(LEADER, to="successor", starts=DUE, ends=LEADER_HEARS)
    builders.workflow.revoke_delegation(actor=person("admin"), delegation=delegation)
    assert told(office, LEADER_HEARS) == {("escalated_5", "fuzhuren2")}


def test_every_handler_of_the_division_hears_it(db):
    office = builders.office(**an_organisation(handlers=["xinwen1", "successor"]))
    work_node(office, deadline=DUE)
    assert told(office, DUE) == {("due_day", "xinwen1"), ("due_day", "successor")}


def test_who_left_hears_nothing(office):
    work_node(office, deadline=DUE)
    office.users.filter(username="xinwen1").update(is_active=False)
    assert "xinwen1" not in {name for _rule, name in told(office, DUE)}


def test_where_nobody_acts_as_handler_the_head_hears_it(db):
    office = builders.office(**an_organisation(handlers=[]))
    work_node(office, deadline=DUE)
    assert told(office, DUE) == {("due_day", "xinwen0")}


def test_where_the_only_handler_left_the_head_hears_it(office):
    work_node(office, deadline=DUE)
    office.users.filter(username="xinwen1").update(is_active=False)
    assert told(office, DUE) == {("due_day", "xinwen0")}


def test_a_delegate_of_a_handler_is_one_and_the_head_is_left_alone(db):
    office = builders.office(**an_organisation(handlers=["xinwen1"]))
    work_node(office, deadline=DUE)
    delegate("新闻文化处:handler", to="successor", starts=DUE, ends=DUE)
    office.users.filter(username="xinwen1").update(is_active=False)
    assert told(office, DUE) == {("due_day", "successor")}


def test_who_has_no_mail_address_hears_it_in_the_system(db):
    office = builders.office(**an_organisation(handlers=["xinwen1"], xinwen1={"email": ""}))
    work_node(office, deadline=DUE)
    reminders.scan(office, DUE)
    assert [row.channel for row in Notification.objects.all()] == [ChannelKind.IN_APP]


def test_who_leads_two_divisions_hears_of_each_node_once(office):
    file = organisation()
    file["divisions"][1]["leader_in_charge"] = LEADER
    both = builders.office("zj-fao", divisions=file["divisions"])
    work_node(both, 1, deadline=DUE)
    work_node(both, 2, deadline=DUE, lead_division=OTHER_DIVISION)
    reminders.scan(both, LEADER_HEARS)
    heard = Notification.objects.filter(channel=ChannelKind.IN_APP).values_list("node__number", flat=True)
    assert sorted(heard) == [1, 2]


def test_of_two_things_to_say_to_one_person_about_a_node_the_more_urgent_is_said(db):
    policy = {"escalate": [{"after_working_days_overdue": 3, "to": "division_head"}]}
    office = builders.office(**an_organisation(handlers=[]), reminder_policy=policy)
    work_node(office, deadline=DUE)
    assert told(office, date(2021, 5, 13)) == {("escalated_3", "xinwen0")}


def test_after_the_same_number_of_days_several_may_hear_of_it(db):
    both = ("division_head", "head_of_unit")
    policy = {"escalate": [{"after_working_days_overdue": 1, "to": to} for to in both]}
    office = builders.office(reminder_policy=policy)
    work_node(office, deadline=DUE)
    assert told(office, HEAD_HEARS) == {("escalated_1", "xinwen0"), ("escalated_1", "zhuren")}


def test_another_division_and_another_office_hear_nothing(office):
    abroad = builders.office("gd-fao")
    work_node(office, deadline=DUE, supporting_divisions=(OTHER_DIVISION,))
    assert told(abroad, DUE) == set()
    assert told(office, DUE) == {("due_day", "xinwen1")}
    assert set(Notification.objects.values_list("recipient__office", flat=True)) == {office.pk}


def test_each_office_has_its_own_policy_and_calendar(office):
    policy = {
        "working_days_before": [2],
        "on_due_day": False,
        "overdue_every_working_days": None,
        "escalate": [{"after_working_days_overdue": 2, "to": "performance_office"}],
        "send_at": "14:05",
    }
    other = builders.office("gd-fao", reminder_policy=policy)
    CalendarDay.objects.create(office=other, day=date(2021, 5, 7), is_workday=False)
    work_node(other, deadline=DUE)
    other = Office.objects.get(pk=other.pk)  # as the next morning's scan finds it
    assert days_of(other, date(2021, 4, 20), date(2021, 5, 31)) == {
        date(2021, 5, 6): {("before_2", "xinwen1")},
        date(2021, 5, 12): {("escalated_2", "jixiao1"), ("escalated_2", "jixiao2")},
    }
    row = Notification.objects.get(rule="before_2", channel="in_app")
    assert row.due_at == morning(date(2021, 5, 6), 14, 5)


# Once


def test_scanning_again_adds_nothing(office):
    work_node(office, deadline=DUE)
    assert reminders.scan(office, DUE) == 2
    before = ledger()
    assert reminders.scan(office, DUE) == 0
    assert ledger() == before


def test_scanning_again_after_a_change_of_hands_tells_only_the_new_one(office):
    work_node(office, deadline=DUE)
    reminders.scan(office, LEADER_HEARS)
    appoint(LEADER, to="successor", from_=LEADER_HEARS)
    assert reminders.scan(office, LEADER_HEARS) == 2
    assert told(office, LEADER_HEARS) == {("escalated_5", "fuzhuren2"), ("escalated_5", "successor")}


def test_many_scans_at_once_write_each_reminder_once(transactional_db):
    office = builders.office()
    for number in range(1, 21):
        work_node(office, number, deadline=DUE)
    with ThreadPoolExecutor(6) as pool:
        written = list(pool.map(_scan_on_a_connection_of_its_own, [office.pk] * 6))
    assert sum(written) == 40
    assert Notification.objects.count() == 40
    assert ReminderScan.objects.count() == 1


def _scan_on_a_connection_of_its_own(office_id: int) -> int:
    try:
        return reminders.scan(Office.objects.get(pk=office_id), DUE, send=False)
    finally:
        connection.close()


def test_a_scan_costs_the_same_for_one_node_and_for_forty(office):
    def statements(on: date) -> list[str]:
        fresh = Office.objects.get(pk=office.pk)
        with CaptureQueriesContext(connection) as queries:
            reminders.scan(fresh, on)
        return [query["sql"] for query in queries]

    work_node(office, 1, deadline=DUE)
    for_one = statements(DUE)
    for number in range(2, 42):
        work_node(office, number, deadline=DUE)
    for_many = statements(DUE)
    assert Notification.objects.count() == 82
    assert len(for_many) == len(for_one) <= 6
    assert sum("INSERT INTO notifications_notification" in sql for sql in for_many) == 1
