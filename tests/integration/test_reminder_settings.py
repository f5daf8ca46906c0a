"""The reminder policy: set in plain words, with a look at the coming month before it is kept."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from nodes.models import State
from notifications.forecast import forecast
from notifications.reminders import preview
from tests import builders
from tests.browsing import logged_in
from tests.builders import last_audit, person, work_node
from tests.integration.test_year_settings import text
from workflow.models import AuditEntry, Office, Post
from workflow.policy import Escalation, ReminderPolicy
from workflow.selectors import reminder_policy

PAGE = "/settings/reminders/"
TYPED = {
    "working_days_before": "7、2", "on_due_day": "on", "overdue_every": "4", "after_1": "2",
    "to_1": "division_head", "send_at": "09:05", "quiet_from": "19:00", "quiet_until": "07:30",
    "digest": "on", "urge_after": "3", "escalate_after": "6",
}  # fmt: skip


def kept(office) -> ReminderPolicy:
    return reminder_policy(Office.objects.get(pk=office.pk))


@pytest.fixture
def this_year(db) -> Office:
    """An office in the year it is, with nodes due in the coming weeks and some that are overdue."""
    today = timezone.localdate()
    office = builders.office(year=today.year)
    for number, days in enumerate((-40, -9, -3, 0, 1, 4, 9, 15, 22, 40), start=1):
        due = today + timedelta(days=days)
        start = min(due, date(today.year, 1, 1))
        node = work_node(office, number, year=today.year, planned_start=start, deadline=due)
        if number % 2:
            builders.start(node)
    return office


def test_the_rules_are_set_and_the_trail_keeps_both(office):
    visitor = logged_in("admin")
    assert "提醒规则已保存" in text(visitor.post(PAGE, TYPED, follow=True))
    policy = kept(office)
    assert policy.working_days_before == (7, 2)
    assert policy.escalate == (Escalation(after_working_days_overdue=2, to="division_head"),)
    assert (policy.send_at, policy.quiet_hours) == (time(9, 5), (time(19), time(7, 30)))
    entry = last_audit(office)
    assert (entry.action, entry.data["before"]["overdue_every_working_days"]) == ("policy.changed", 3)
    assert entry.data["after"]["overdue_every_working_days"] == 4
    assert "规则没有变化" in text(visitor.post(PAGE, TYPED, follow=True))
    assert AuditEntry.objects.filter(action="policy.changed").count() == 1
    before, now = office.policy_versions.order_by("number")
    assert (before.made_by, now.made_by) == (None, person("admin"))
    assert (before.policy["overdue_every_working_days"], now.policy["overdue_every_working_days"]) == (3, 4)


def test_what_is_left_empty_does_not_happen(office):
    typed = {"send_at": "09:00", "urge_after": "2", "escalate_after": "5"}
    logged_in("admin").post(PAGE, typed)
    policy = kept(office)
    assert (policy.working_days_before, policy.on_due_day, policy.overdue_every_working_days) == (
        (),
        False,
        None,
    )
    assert (policy.escalate, policy.quiet_hours, policy.digest) == ((), None, False)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"working_days_before": "10, 三"}, "“三”不是 1 到 250 之间的数字。"),
        ({"working_days_before": "0"}, "“0”不是 1 到 250 之间的数字。"),
        ({"working_days_before": " ".join(map(str, range(1, 20)))}, "最多设 10 次提醒。"),
        ({"send_at": ""}, "此项必填。"),
        ({"send_at": "25:00"}, "时间"),
        ({"send_at": "21:00"}, "发送时间不能落在免打扰时段内。"),
        ({"send_at": "18:52"}, "届时已进入免打扰时段；请改为 18:51 或更早。"),
        ({"send_at": "00:05", "quiet_from": "00:10"}, "请改为 00:01 或更早。"),
        ({"quiet_until": ""}, "请同时填写开始和结束时间"),
        ({"quiet_until": "19:00"}, "开始与结束时间不能相同"),
        ({"urge_after": "6"}, "应晚于首次催办。"),
        ({"urge_after": ""}, "此项必填。"),
        ({"after_2": "5"}, "请选择提醒对象。"),
        ({"to_2": "head_of_unit"}, "请填写超期多少个工作日。"),
        ({"after_1": "251"}, "250"),
        ({"to_1": "auditor"}, "auditor"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(office, change, said):
    before = kept(office)
    response = logged_in("admin").post(PAGE, TYPED | change)
    assert response.status_code == 422
    assert said in text(response)
    assert kept(office) == before


@pytest.mark.parametrize(
    ("at", "quiet", "better"),
    [
        ("09:00", ("20:00", "08:00"), "例如 08:47"),
        ("18:30", ("", ""), "例如 18:17"),
        ("07:30", ("20:00", "07:20"), "例如 07:37"),
        ("00:00", ("01:00", "06:00"), "例如 00:07"),
        ("18:30", ("18:40", "08:00"), "例如 18:17"),
    ],
)
def test_a_time_when_robots_are_busiest_is_saved_with_a_word_of_warning(office, at, quiet, better):
    typed = TYPED | {"send_at": at, "quiet_from": quiet[0], "quiet_until": quiet[1]}
    visitor = logged_in("admin")
    assert better in text(visitor.post(PAGE, typed | {"preview": "1"}))
    assert "提醒规则已保存" in text(visitor.post(PAGE, typed, follow=True))
    assert better in text(visitor.get(PAGE))
    assert f"{kept(office).send_at:%H:%M}" == at


@pytest.mark.parametrize("at", ["08:47", "09:05", "17:59", "18:51", "07:31"])
def test_other_times_are_saved_without_a_word(office, at):
    page = text(logged_in("admin").post(PAGE, TYPED | {"send_at": at}, follow=True))
    assert "机器人最繁忙" not in page


def test_the_preview_shows_the_month_under_what_is_not_saved(this_year):
    visitor = logged_in("admin")
    silent = {"send_at": "09:00", "urge_after": "2", "escalate_after": "5", "preview": "1"}
    response = visitor.post(PAGE, silent)
    assert response.status_code == 200
    assert "未来一个月没有提醒" in text(response)
    assert "尚未保存" in text(response)
    assert kept(this_year).working_days_before == (10, 5, 3, 1)
    page = text(visitor.get(PAGE))
    assert "时限前 1 个工作日" in page
    assert "新闻文化处经办人" in page


def test_the_forecast_is_what_the_scans_would_write(this_year):
    policy, tomorrow = kept(this_year), timezone.localdate() + timedelta(days=1)
    foreseen = {
        day.day: sorted({(one.number, one.rule, one.person) for one in day.reminders})
        for day in forecast(this_year, policy, tomorrow)
    }
    assert foreseen
    names = dict(this_year.users.values_list("username", "name"))
    for offset in range(31):
        day = tomorrow + timedelta(days=offset)
        planned = sorted({(p.node, p.rule, names[p.recipient]) for p in preview(this_year, day)})
        assert foreseen.get(day, []) == planned, day


def test_the_forecast_knows_who_stands_in(this_year):
    today = timezone.localdate()
    builders.delegate(
        builders.LEADER, to="successor", starts=today, ends=today + timedelta(days=60), on=today
    )
    Post.objects.get(division__name="新闻文化处", kind="handler").appointments.all().delete()
    told = {one.person for day in forecast(this_year, kept(this_year), today) for one in day.reminders}
    assert "新闻文化处处长" in told
    assert "新闻文化处经办人" not in told


def test_done_nodes_and_closed_years_are_not_foreseen(this_year):
    this_year.cycles.update(status="closed")
    assert forecast(this_year, kept(this_year), timezone.localdate()) == []


def test_another_offices_nodes_are_not_foreseen(this_year):
    other = builders.office("other", year=timezone.localdate().year)
    assert forecast(other, kept(other), timezone.localdate()) == []


def test_the_page_costs_little_however_much_there_is(this_year, django_assert_max_num_queries):
    visitor = logged_in("jixiao1")
    visitor.get(PAGE)
    with django_assert_max_num_queries(12):
        visitor.get(PAGE)


def test_the_performance_office_looks_and_tries_but_does_not_save(office):
    visitor, before = logged_in("jixiao1"), kept(office)
    assert "保存</button>" not in text(visitor.get(PAGE))
    assert visitor.post(PAGE, TYPED | {"preview": "1"}).status_code == 200
    assert visitor.post(PAGE, TYPED).status_code == 403
    assert kept(office) == before


@pytest.mark.parametrize("username", ["xinwen1", "fuzhuren2", "shenji"])
def test_nobody_else_does(office, username):
    assert logged_in(username).post(PAGE, TYPED).status_code == 403


def test_the_new_rules_are_those_of_the_next_scan(office):
    work_node(office, 1, state=State.IN_PROGRESS)
    logged_in("admin").post(PAGE, TYPED)
    office = Office.objects.get(pk=office.pk)
    assert [p.rule for p in preview(office, date(2021, 10, 28))] == ["before_2", "before_2"]
    assert person("xinwen1").office == office
