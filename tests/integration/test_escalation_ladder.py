"""The ladder: each level hears what the level below was told, and when, until the reason is gone."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from approvals import timers
from nodes.models import State
from notifications import reminders
from notifications.letters import compose
from notifications.models import ChannelKind, Notification
from notifications.selectors import standing
from tests.browsing import logged_in, main_text
from tests.builders import ZONE, file_deferral, person, sign_off, submit_evidence, work_node
from tests.mornings import DUE

HEAD_HEARS, LEADER_HEARS = date(2021, 5, 11), date(2021, 5, 17)
FILED = date(2021, 3, 4)
URGED, ESCALATED = (datetime(2021, 3, day, 8, 47, tzinfo=ZONE) for day in (8, 11))


def letter(username: str, rule: str, on: date) -> str:
    rows = Notification.objects.filter(recipient__username=username, channel=ChannelKind.EMAIL, rule=rule)
    return compose(
        list(rows.select_related("recipient", "office", "node__cycle", "node__lead_division")), on
    ).text


@pytest.fixture
def overdue(office):
    node = work_node(office, 1, deadline=DUE, state=State.IN_PROGRESS)
    for day in (DUE, HEAD_HEARS, date(2021, 5, 13), LEADER_HEARS):
        reminders.scan(office, day)
    return node


def test_the_head_hears_when_the_handler_was_told(overdue):
    said = letter("xinwen0", "escalated_1", HEAD_HEARS)
    assert "于 5 月 10 日提醒" in said
    assert str(person("xinwen1")) in said
    assert "至今未处理" in said


def test_the_leader_hears_of_both_levels_below(overdue):
    said = letter("fuzhuren2", "escalated_5", LEADER_HEARS)
    assert "于 5 月 10 日、13 日" in said or "于 5 月 10 日、5 月 13 日提醒" in said
    assert "于 5 月 11 日提醒" in said
    assert str(person("xinwen0")) in said


def test_one_message_costs_one_query_for_all_its_nodes(office, django_assert_num_queries):
    for number in (1, 2, 3):
        work_node(office, number, deadline=DUE, state=State.IN_PROGRESS)
    for day in (DUE, HEAD_HEARS):
        reminders.scan(office, day)
    rows = Notification.objects.filter(recipient__username="xinwen0", channel="email", rule="escalated_1")
    ready = list(
        rows.select_related(
            "recipient__notification_address", "office", "node__cycle", "node__lead_division", "request"
        )
    )
    for row in ready:
        row.office = ready[0].office
    compose(ready[:1], HEAD_HEARS)
    with django_assert_num_queries(1):
        compose(ready, HEAD_HEARS)


def test_it_stops_the_moment_the_reason_is_gone(overdue):
    raised = Notification.objects.filter(rule__startswith="escalated")
    assert standing(raised).count() == raised.count() > 0
    submit_evidence(overdue)
    assert not standing(raised).exists()


def test_who_stands_above_a_signer_hears_when_the_signer_was_asked(drama_festival):
    request = file_deferral(drama_festival, on=FILED)
    timers.fire_due(URGED)
    timers.fire_due(ESCALATED)
    said = letter("zhuren", "sign_off_escalated", ESCALATED.date())
    assert "3 月 4 日、3 月 8 日" in said
    assert str(person("fuzhuren2")) in said
    raised = Notification.objects.filter(rule="sign_off_escalated")
    sign_off(request, by="fuzhuren2")
    assert not standing(raised).exists()


def test_both_sides_see_who_was_told(overdue, office):
    for name in ("xinwen1", "xinwen0", "jixiao1", "fuzhuren2"):
        page = " ".join(logged_in(name, office).get("/nodes/1/told/").content.decode().split())
        assert str(person("xinwen1")) in page
        assert "2021-05-11 08:47" in page
    assert logged_in("mishu1", office).get("/nodes/1/told/").status_code == 403
    assert "/nodes/1/told/?year=2021" in logged_in("xinwen1", office).get("/nodes/1/").content.decode()


def test_the_node_shows_what_each_level_heard_of_those_below(overdue, office):
    shown = main_text(logged_in("jixiao1", office).get("/nodes/1/told/"))
    head, leader = (str(person(name)) for name in ("xinwen0", "fuzhuren2"))
    assert shown.index(leader) < shown.index(head), "the newest first"
    above = shown[: shown.index("2021-05-11 08:47")]
    assert f"于 5 月 11 日提醒处室负责人{head}" in above
    assert "至今未处理" in above


@pytest.fixture
def waiting_deferral(drama_festival):
    request = file_deferral(drama_festival, on=FILED)
    timers.fire_due(URGED)
    timers.fire_due(ESCALATED)
    return request


def test_the_request_shows_who_was_asked_urged_and_told_further_up(waiting_deferral, office):
    """Both sides of it do: whoever asks, whoever signs, and the performance office."""
    for name in ("xinwen1", "fuzhuren2", "zhuren", "jixiao1"):
        page = logged_in(name, office).get(f"/deferrals/{waiting_deferral.pk}/told/")
        shown = main_text(page)
        asked, urged, raised = (f"2021-03-{day}" for day in ("04", "08 08:47", "11 08:47"))
        assert shown.index(raised) < shown.index(urged) < shown.index(asked)
        above = shown[shown.index(raised) : shown.index(urged)]
        assert str(person("zhuren")) in above
        assert f"此前已于 3 月 4 日、3 月 8 日提醒{person('fuzhuren2')}，至今未处理。" in above


def test_the_request_unfolds_its_ladder_where_it_is_signed(waiting_deferral, office):
    leader, address = logged_in("fuzhuren2", office), f"/deferrals/{waiting_deferral.pk}/told/"
    assert f'hx-get="{address}"' in leader.get(f"/deferrals/{waiting_deferral.pk}/").content.decode()
    part = leader.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<main" not in part
    assert "2021-03-11 08:47" in part
    assert logged_in("mishu1", office).get(address).status_code == 404


def test_a_ladder_costs_the_same_however_high_it_is(waiting_deferral, office, django_assert_max_num_queries):
    leader, address = logged_in("fuzhuren2", office), f"/deferrals/{waiting_deferral.pk}/told/"
    leader.get(address)
    with django_assert_max_num_queries(12):
        leader.get(address)
