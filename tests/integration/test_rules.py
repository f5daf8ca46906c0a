"""An office's own rules: whom they tell of what by which channel, beside the standard rhythm."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from nodes.events import WorkStarted
from nodes.models import State
from nodes.services.watching import watch
from notifications import delivery, reminders, rule_events
from notifications.forecast import forecast
from notifications.letters import headline
from notifications.models import Channel, Notification
from notifications.told_below import is_escalation, told_below
from tests import builders
from tests.builders import defer, person, submit_evidence, work_node
from tests.mornings import DUE, mails
from tests.organisation import DIVISION, OTHER_DIVISION
from tests.post_office import text
from workflow.models import Office
from workflow.policy import ReminderPolicy, Rule
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy

QUIET = {
    "working_days_before": (), "on_due_day": False, "overdue_every_working_days": None, "escalate": (),
    "quiet_hours": None,
}  # fmt: skip


def rule(called: str = "a", **facts: Any) -> Rule:
    return Rule.model_validate({"id": called, "name": f"规则{called}", "to": ("handler",), **facts})


def follow(office: Office, *rules: Rule, **facts: Any) -> ReminderPolicy:
    """Let the office have these rules, beside no rhythm unless one is given."""
    policy = ReminderPolicy.model_validate({**QUIET, **facts, "rules": rules})
    set_reminder_policy(actor=person("admin", office), office=office, policy=policy)
    return policy


def told(office: Office, on: date = DUE) -> set[tuple[str, int, str, str]]:
    """Under which rule, of which node, who was told on a day, by what."""
    rows = Notification.objects.filter(office=office, slot=on.isoformat())
    return {
        (row.rule, row.node.number, row.recipient.username, row.channel)
        for row in rows.select_related("node", "recipient")
    }


# Timed rules


def test_each_rule_speaks_of_its_nodes_over_its_channels(office):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=DUE, lead_division=OTHER_DIVISION)
    work_node(office, 3, deadline=DUE, level1="党的建设")
    follow(
        office,
        rule("news", only={"divisions": [DIVISION]}, channels=["in_app"]),
        rule("party", only={"indicators": ["党的建设"]}, to=["division_head"], channels=["wecom_robot"]),
    )
    reminders.scan(office, DUE)
    assert told(office) == {
        ("rule:news", 1, "xinwen1", "in_app"),
        ("rule:news", 3, "xinwen1", "in_app"),
        ("rule:party", 3, "xinwen0", "wecom_robot"),
    }


@pytest.mark.parametrize("named", ["服务大局", "人文交流", "三级指标2", "2"])
def test_an_indicator_goes_by_any_title_above_the_node_or_its_number(office, named):
    work_node(office, 1, deadline=DUE, level1="党的建设", level2="组织建设")
    work_node(office, 2, deadline=DUE)
    follow(office, rule(only={"indicators": [named]}, channels=["in_app"]))
    reminders.scan(office, DUE)
    assert told(office) == {("rule:a", 2, "xinwen1", "in_app")}


def test_a_weight_is_a_number_however_it_is_written(office):
    written = {1: {"权重": "3分"}, 2: {"分值": " 2.5 "}, 3: {"权重": "重点"}, 4: {}, 5: {"weight": "10%"}}
    for number, attributes in written.items():
        work_node(office, number, deadline=DUE, attributes=attributes)
    follow(office, rule(only={"weight_at_least": "2.5"}, channels=["in_app"]))
    reminders.scan(office, DUE)
    assert {number for _rule, number, _who, _by in told(office)} == {1, 2, 5}


def test_supporting_divisions_and_watchers_hear_of_it(office):
    node = work_node(office, 1, deadline=DUE, supporting_divisions=(OTHER_DIVISION,))
    work_node(office, 2, deadline=DUE)
    watch(actor=person("shenji", office), node=node)
    follow(office, rule(working_days=-1, to=["supporting", "watchers"], channels=["in_app"]))
    eve = date(2021, 5, 8)
    reminders.scan(office, eve)
    assert told(office, eve) == {
        ("rule:a", 1, "mishu1", "in_app"),
        ("rule:a", 1, "shenji", "in_app"),
    }


def test_nobody_hears_twice_of_a_node_on_a_day_and_the_last_rule_speaks(office):
    work_node(office, 1, deadline=DUE)
    follow(
        office,
        rule("first", to=["handler", "division_head"]),
        rule("last", channels=["email"]),
        on_due_day=True,
    )
    reminders.scan(office, DUE)
    assert told(office) == {
        ("rule:first", 1, "xinwen1", "in_app"),
        ("rule:last", 1, "xinwen1", "email"),
        ("rule:first", 1, "xinwen0", "in_app"),
        ("rule:first", 1, "xinwen0", "email"),
    }


def test_scanned_again_it_adds_nothing_and_a_rule_not_in_use_is_silent(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule("on"), rule("off", enabled=False, to=["head_of_unit"]))
    assert reminders.scan(office, DUE) == 2
    assert reminders.scan(office, DUE) == 0
    assert {name for name, *_rest in told(office)} == {"rule:on"}


def test_a_rule_that_came_after_the_scan_does_not_tell_the_same_people_again(office):
    work_node(office, 1, deadline=DUE)
    follow(office, on_due_day=True)
    reminders.scan(office, DUE)
    before = told(office)
    follow(office, rule(to=["handler", "division_head"], channels=["in_app"]), on_due_day=True)
    assert reminders.scan(office, DUE) == 1
    assert told(office) - before == {("rule:a", 1, "xinwen0", "in_app")}


def test_a_rule_comes_again_after_the_deadline_as_often_as_it_says(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule(working_days=-2, every=3, channels=["in_app"]))
    days = [date(2021, 4, 20) + timedelta(days=n) for n in range(40)]
    heard = [day for day in days if reminders.scan(office, day)]
    # Two working days before, then one after it, and every third; 1 to 5 May are off, the 8th is worked.
    assert heard == [date(2021, 5, n) for n in (7, 11, 14, 19, 24, 27)]


def test_what_was_done_deferred_or_moved_since_the_scan_is_not_mentioned(office, post_office):
    done, moved, left = (work_node(office, n, deadline=DUE, state=State.IN_PROGRESS) for n in (1, 2, 3))
    later = work_node(office, 4, deadline=DUE, state=State.IN_PROGRESS)
    follow(office, rule())
    reminders.scan(office, DUE)
    submit_evidence(done, on=DUE)
    defer(moved, on=DUE)
    defer(later, date(2021, 12, 1), on=DUE)
    delivery.sweep()
    (letter,) = post_office.to("xinwen1")
    assert left.title in text(letter)
    assert not [node for node in (done, moved, later) if node.title in text(letter)]
    assert mails(rule="rule:a", state="lapsed").count() == 3


def test_two_offices_keep_their_rules_to_themselves(office):
    other = builders.office("other")
    for one in (office, other):
        work_node(one, 1, deadline=DUE)
    follow(office, rule(only={"indicators": ["服务大局"]}, to=["handler", "watchers"], channels=["in_app"]))
    for one in (office, other):
        reminders.scan(one, DUE)
    assert {name for name, *_rest in told(office)} == {"rule:a"}
    assert {name for name, *_rest in told(other)} == {"due_day"}


def test_somebody_who_left_for_another_office_does_not_hear_as_a_watcher(office):
    other = builders.office("other")
    node = work_node(office, 1, deadline=DUE)
    watch(actor=person("shenji", office), node=node)
    person("shenji", office).__class__.objects.filter(username="shenji", office=office).update(
        office=other, username="moved"
    )
    follow(office, rule(to=["watchers"]))
    reminders.scan(office, DUE)
    assert told(office) == set()


def test_the_coming_month_is_what_the_scans_will_write(office):
    Channel.objects.create(office=office, kind="wecom_robot", name="群", settings={}, secrets="")
    node = work_node(office, 1, deadline=DUE, supporting_divisions=(OTHER_DIVISION,))
    work_node(office, 2, deadline=date(2021, 5, 20), attributes={"权重": "5"})
    watch(actor=person("shenji", office), node=node)
    policy = follow(
        office,
        rule("heavy", working_days=-3, only={"weight_at_least": 4}, channels=["wecom_robot"]),
        rule("all", working_days=-1, to=["handler", "supporting", "watchers"], channels=["email"]),
        working_days_before=(5, 3, 1),
        overdue_every_working_days=5,
    )
    first = date(2021, 4, 26)
    expected = {
        (day.day, one.rule, one.number, one.person, by)
        for day in forecast(office, policy, first)
        for one in day.reminders
        for by in one.channels
    }
    names = {user.username: str(user) for user in office.users.all()}
    for day in (first + timedelta(days=n) for n in range(31)):
        reminders.scan(office, day)
        for name, number, username, by in told(office, day):
            expected.remove((day, name, number, names[username], by))
    assert expected == set()


# Rules about what happens


def test_what_happens_is_told_to_those_whom_the_rule_names_in_their_digest(office):
    node = work_node(office, 1, state=State.IN_PROGRESS, attributes={"权重": "5"})
    light = work_node(office, 2, state=State.IN_PROGRESS)
    follow(office, rule(on="submitted", to=["leader_in_charge"], only={"weight_at_least": 5}))
    at = timezone.now()
    for one in (node, light):
        submit_evidence(one, on=at)
    rows = Notification.objects.filter(rule="rule:a:submitted")
    assert {(row.node_id, row.recipient.username, row.channel) for row in rows} == {
        (node.pk, "fuzhuren2", "in_app"), (node.pk, "fuzhuren2", "email"),
    }  # fmt: skip
    assert rows.get(channel="email").batch.startswith("digest:")
    with translation.override("zh-hans"):
        assert headline(rows.get(channel="in_app")) == "节点 1“工作节点1”：新闻文化处已报送佐证材料"


def test_whoever_is_told_of_it_anyway_is_told_once_on_each_channel(office):
    node = work_node(office, 1, state=State.IN_PROGRESS)
    watch(actor=person("shenji", office), node=node)
    follow(
        office,
        rule("all", on="submitted", to=["performance_office", "watchers", "leader_in_charge"]),
        rule("mail", on="submitted", to=["leader_in_charge"], channels=["email"]),
    )
    submit_evidence(node)
    rows = Notification.objects.filter(node=node, slot__isnull=False).exclude(recipient__username="xinwen1")
    assert {(row.recipient.username, row.channel): row.rule for row in rows} == {
        ("jixiao1", "in_app"): "evidence_submitted",
        ("jixiao1", "email"): "evidence_submitted",
        ("jixiao2", "in_app"): "evidence_submitted",
        ("jixiao2", "email"): "evidence_submitted",
        ("shenji", "in_app"): "watched_submitted",
        ("shenji", "email"): "rule:all:submitted",
        ("fuzhuren2", "in_app"): "rule:all:submitted",
        ("fuzhuren2", "email"): "rule:mail:submitted",
    }
    assert rows.count() == 8


def test_a_deferral_is_told_of_after_the_applicant_heard_of_it(office):
    node = work_node(office, 1)
    follow(office, rule(on="deferred", to=["handler", "division_head"], channels=["in_app"]))
    defer(node, date(2022, 3, 1))
    told_of = Notification.objects.filter(channel="in_app", recipient__username__startswith="xinwen")
    assert {(row.recipient.username, row.rule) for row in told_of} == {
        ("xinwen1", "deferral_approved"),
        ("xinwen0", "rule:a:deferred"),
    }


def test_an_office_without_rules_pays_nothing_for_them(office, django_assert_num_queries):
    node = work_node(office, 1)
    reminder_policy(node.office)
    event = WorkStarted(node, person("xinwen1", office), timezone.now())
    with django_assert_num_queries(0):
        rule_events._about("started")(event)


# Who was told what, and what the ladder says


def test_a_leader_who_is_told_under_a_rule_learns_what_those_below_were_told(office):
    work_node(office, 1, deadline=DUE)
    follow(office, rule("up", working_days=2, to=["leader_in_charge"]), on_due_day=True)
    reminders.scan(office, DUE)
    reminders.scan(office, date(2021, 5, 12))
    row = Notification.objects.select_related("office", "node__lead_division").get(
        rule="rule:up", channel="in_app"
    )
    assert is_escalation(row)
    assert "新闻文化处经办人" in told_below([row])[row.pk]
    with translation.override("zh-hans"):
        assert "新闻文化处已超期 2 个工作日" in headline(row)


def test_a_head_does_not_hear_of_those_above_as_of_those_below(office):
    work_node(office, 1, deadline=DUE)
    ladder = [{"after_working_days_overdue": 1, "to": "division_head"}]
    follow(office, rule("boss", to=["leader_in_charge"]), on_due_day=True, escalate=ladder)
    reminders.scan(office, DUE)
    reminders.scan(office, date(2021, 5, 11))
    assert ("rule:boss", 1, "fuzhuren2", "in_app") in told(office)
    row = Notification.objects.select_related("office").get(rule="escalated_1", channel="in_app")
    said = told_below([row])[row.pk]
    assert "新闻文化处经办人" in said
    assert str(person("fuzhuren2")) not in said
