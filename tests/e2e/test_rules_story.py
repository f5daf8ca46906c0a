"""Reminder rules in the browser: one is written, tried, kept, and put back; with and without JavaScript."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import builders
from workflow.models import Office
from workflow.selectors import reminder_policy


def kept(office):
    return reminder_policy(Office.objects.get(pk=office.pk))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_rule_is_tried_kept_and_the_version_before_put_back(office, visit, javascript):
    builders.work_node(office, 59, title="举行汤显祖戏剧节")
    admin = visit("admin", javascript=javascript)
    admin.opens("/settings/reminders/").sees("尚无专项规则")
    admin.do(lambda page: page.locator("#own").get_by_role("link", name="新增规则").click())
    admin.presses("保存").sees("此项必填。", "请填写工作日数。")
    admin.fills("规则名称", "重点工作提请").fills("多少个工作日", "5").ticks("分管领导")
    admin.fills("提醒文字", "请关注“{节点}”")
    admin.do(lambda page: page.locator("form#rule").get_by_role("button", name="预览").click())
    admin.sees("请关注“举行汤显祖戏剧节”", "尚未保存")
    admin.presses("保存", times=2).sees("时限前 5 个工作日", "分管领导", "自拟文字")
    assert [rule.name for rule in kept(office).rules] == ["重点工作提请"]
    admin.do(lambda page: page.get_by_role("button", name="停用：重点工作提请").click())
    admin.sees("未启用")
    admin.presses("修改记录").sees("第 3 版", "规则“重点工作提请” · 启用")
    admin.do(lambda page: page.get_by_role("link", name="恢复第 1 版").click())
    admin.sees("已移除").presses("恢复此版本", times=2).sees("尚无专项规则")
    assert kept(office).rules == ()


def test_a_placeholder_is_put_where_somebody_writes(office, visit):
    admin = visit("admin")
    admin.opens("/settings/reminders/add/").fills("提醒文字", "请看，谢谢")
    admin.do(lambda page: page.get_by_label("提醒文字").evaluate("field => field.setSelectionRange(2, 2)"))
    admin.do(lambda page: page.get_by_role("button", name="{节点}").click())
    assert admin.do(lambda page: page.get_by_label("提醒文字").input_value()) == "请看{节点}，谢谢"


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ("before", {"多少个工作日", "此后每隔几个工作日再次提醒"}),
        ("on_day", {"此后每隔几个工作日再次提醒"}),
        ("returned", set()),
    ],
)
def test_only_what_belongs_to_the_occasion_is_asked(office, visit, when, asked):
    admin = visit("admin").opens("/settings/reminders/add/")
    admin.do(lambda page: page.locator("#id_when").select_option(when))
    for label in ("多少个工作日", "此后每隔几个工作日再次提醒"):
        shown = admin.do(lambda page, label=label: page.get_by_label(label).is_visible())
        assert shown == (label in asked), label


@pytest.mark.parametrize("address", ["", "add/", "history/"])
def test_nothing_scrolls_sideways_on_a_phone(office, visit, address):
    due = timezone.localdate() + timedelta(days=9)
    builders.work_node(office, 59, title="做好汤显祖戏剧节暨国际戏剧交流月活动相关工作" * 3, deadline=due)
    admin = visit("admin", size=(360, 740))
    admin.opens(f"/settings/reminders/{address}")
    assert not admin.scrolls_sideways()
