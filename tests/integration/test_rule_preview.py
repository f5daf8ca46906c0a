"""Reminder rules tried before they are kept: what they say of a real node, and whom they tell in a month."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from notifications.placeholders import PLACEHOLDERS
from tests.browsing import logged_in, main_text
from tests.builders import work_node
from tests.integration.test_rule_settings import (
    ADD,
    EARLY,
    LATE,
    PAGE,
    TYPED,
    have,
    of_rule,
    office_of_this_year,
    rules,
)
from workflow.models import Office


@pytest.fixture
def this_year(db) -> Office:
    return office_of_this_year()


def test_a_rule_is_tried_before_it_is_kept(this_year):
    visitor = logged_in("admin")
    typed = TYPED | {"days": "3", "weight": "", "divisions": [], "preview": "1", "channels": []}
    response = visitor.post(ADD, typed)
    page = main_text(response)
    assert response.status_code == 200
    assert "尚未保存" in page
    assert "请关注“工作节点" in page
    assert "办主任" in page or "副主任" in page
    assert "重点节点提前提请领导 ·" in page
    assert rules(this_year) == ()


def test_the_text_is_tried_with_a_node_of_ones_choice(this_year):
    typed = TYPED | {"weight": "", "template": "{编号}号“{节点}”，{处室}", "preview": "1"}
    visitor = logged_in("admin")
    assert "3号“工作节点3”，新闻文化处" in main_text(visitor.post(ADD, typed | {"node": "3"}))
    assert "当前年度没有这个节点" in main_text(visitor.post(ADD, typed | {"node": "99"}))
    elsewhere = main_text(visitor.post(ADD, typed | {"node": "3", "weight": "5"}))
    assert "不在本规则的适用范围内" in elsewhere
    assert "没有符合条件" in main_text(visitor.post(ADD, typed | {"weight": "5"}))


def test_trying_costs_little_whatever_is_asked_for(this_year, django_assert_max_num_queries):
    every_name = "".join(one.token for one in PLACEHOLDERS)
    typed = TYPED | {"weight": "", "indicators": ["服务大局"], "template": every_name, "preview": "1"}
    visitor = logged_in("admin")
    visitor.post(ADD, typed)
    with django_assert_max_num_queries(15):
        page = main_text(visitor.post(ADD, typed))
    assert re.search(r"工作节点(\d)\1(20\d\d)新闻文化处", page)


def test_without_a_text_the_usual_words_are_shown(this_year):
    visitor = logged_in("admin")
    before = TYPED | {"weight": "", "template": "", "preview": "1", "days": "2"}
    assert "还有 2 个工作日" in main_text(visitor.post(ADD, before))
    returned = main_text(visitor.post(ADD, before | {"when": "returned"}))
    assert "佐证材料已退回" in returned
    assert "无法预知" in returned


def test_a_switched_off_rule_tells_nobody_in_the_preview_either(this_year):
    have(this_year, EARLY.model_copy(update={"enabled": False}))
    assert "规则已停用" in main_text(logged_in("admin").get(of_rule("r1")))


def test_the_month_is_narrowed_by_rule_channel_and_day(this_year):
    have(this_year, LATE.model_copy(update={"working_days": -20, "channels": ("in_app",)}))
    visitor = logged_in("jixiao1")
    everything = visitor.get(PAGE).context["month"]
    own = visitor.get(PAGE, {"month-rule": "r3"}).context["month"]
    standard = visitor.get(PAGE, {"month-rule": "before"}).context["month"]
    assert 0 < own.total < everything.total
    assert 0 < standard.total < everything.total
    assert {line.words for day in own.days for line in day.lines} == {"超期督办"}
    assert visitor.get(PAGE, {"month-rule": "r3", "month-channel": "email"}).context["month"].total == 0
    one_day = visitor.get(PAGE, {"month-day": str(everything.days[0].day)}).context["month"]
    assert [day.day for day in one_day.days] == [everything.days[0].day]
    nonsense = visitor.get(PAGE, {"month-day": "tomorrow", "month-rule": "' OR 1=1", "month-channel": "x"})
    assert nonsense.context["month"].total == everything.total


def test_a_long_month_is_folded(this_year, django_assert_max_num_queries):
    today = timezone.localdate()
    for number in range(10, 90):
        due = today + timedelta(days=number % 28 + 1)
        work_node(this_year, number, year=today.year, title="很长的标题" * 20, deadline=due,
                  planned_start=min(due, date(today.year, 1, 1)))  # fmt: skip
    every_day = LATE.model_copy(
        update={"working_days": -30, "to": ("handler", "division_head", "leader_in_charge", "watchers")}
    )
    have(this_year, every_day)
    visitor = logged_in("admin")
    visitor.get(PAGE)
    with django_assert_max_num_queries(15):
        response = visitor.get(PAGE)
    assert len(response.content) < 120_000
    assert "另有" in main_text(response)
