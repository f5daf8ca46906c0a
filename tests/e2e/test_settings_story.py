"""The settings in the browser: a year rolled over, a catalogue imported, rules and days set."""

from __future__ import annotations

from datetime import date

import pytest

from nodes.models import Cycle, State, WorkNode
from tests import builders
from workflow.models import CalendarDay, RoutingRule

HEADER = "节点序号,一级指标,二级指标,三级指标序号,三级指标,工作节点,责任处室,计划开始,完成时限"
LINES = (
    "59,服务大局,人文交流,59,三级指标59,办好汤显祖戏剧节,新闻文化处,2021-03-01,2021-09-30",
    "60,服务大局,人文交流,60,开放周,办好开放周,新闻文化处,2021-03-01,2021-06-30",
)


def catalogue(*lines: str) -> dict[str, object]:
    return {"name": "目录.csv", "mimeType": "text/csv", "buffer": "\n".join([HEADER, *lines]).encode()}


def uploads(person, *lines: str):
    file = catalogue(*lines)
    person.opens("/settings/import/")
    person.do(lambda page: page.get_by_label("表格文件").set_input_files([file]))
    return person.presses("查看变化")


def test_a_catalogue_is_looked_at_and_then_imported(office, visit):
    builders.work_node(office, 59, title="举行汤显祖戏剧节")
    reviewer = visit("jixiao1")
    uploads(reviewer, LINES[0].replace("2021-09-30", "2021-09-31"), LINES[1])
    reviewer.sees("有 1 处需要修改", "完成时限", "没有“2021-09-31”这一天").does_not_see("导入 1 项")
    uploads(reviewer, *LINES).sees("举行汤显祖戏剧节", "办好汤显祖戏剧节", "新增", "更新")
    assert WorkNode.objects.get().title == "举行汤显祖戏剧节"
    reviewer.presses("导入 2 项", times=2).sees("目录导入")
    assert sorted(WorkNode.objects.values_list("title", flat=True)) == ["办好开放周", "办好汤显祖戏剧节"]


def test_a_year_ends_and_what_was_deferred_goes_along(office, visit):
    festival = builders.work_node(office, 59, title="举行汤显祖戏剧节")
    builders.defer(festival, date(2022, 6, 30))
    builders.work_node(office, 60, state=State.IN_PROGRESS)
    admin = visit("admin")
    admin.opens("/settings/year/").presses("结转").sees("举行汤显祖戏剧节", "至 2022-06-30")
    admin.presses("建立 2022 年度草稿", times=2).sees("2022", "草稿")
    assert WorkNode.objects.get(cycle__year=2022).attributes["carried_from"]["node"] == 59
    admin.opens("/settings/year/2021/close/").sees("有 1 个节点既未完成也未延期", "工作节点60")
    admin.presses("关闭年度").sees("请勾选确认关闭本年度。")
    admin.ticks("我已了解上述情况").presses("关闭年度").sees("2021 年度已关闭")
    admin.opens("/settings/year/2022/open/").presses("开放年度").sees("2022 年度已开放")
    assert dict(Cycle.objects.values_list("year", "status")) == {2021: "closed", 2022: "open"}


def test_rules_are_changed_and_asked(office, visit):
    admin = visit("admin")
    admin.opens("/settings/routing/").presses("新增规则").presses("保存").sees("请至少选择一个签批岗位。")
    admin.do(lambda page: page.get_by_role("group", name="第 1 步").get_by_label("主要领导").check())
    admin.fills("延期天数，至少", "60").presses("保存").sees("60 天及以上", "已提交的申请不受影响")
    admin.do(lambda page: page.get_by_role("button", name="上移第 4 条规则").click())
    admin.sees("60 天及以上")
    assert RoutingRule.objects.get(position=2).when == {"days_at_least": 60}
    admin.presses("试算：由谁签批")
    admin.do(lambda page: page.get_by_label("责任处室").select_option(label="新闻文化处"))
    admin.fills("比现时限推迟天数", "10").presses("试算").sees("适用第 1 条规则", "副主任（二）")


def test_reminders_are_tried_before_they_are_kept(office, visit):
    admin = visit("admin")
    admin.opens("/settings/reminders/").fills("时限前多少个工作日提醒经办人", "9、x").presses("预览")
    admin.sees("“x”不是 1 到 250 之间的数字。")
    admin.fills("时限前多少个工作日提醒经办人", "9").presses("预览").sees("尚未保存").presses("保存")
    admin.sees("提醒规则已保存")


@pytest.mark.parametrize("javascript", [True, False])
def test_days_are_set_with_and_without_javascript(office, visit, javascript):
    admin = visit("admin", javascript=javascript)
    admin.opens("/settings/calendar/?year=2021").fills("日期清单", "2021-06-15 休\n胡说").presses("导入清单")
    admin.sees("第 2 行：“胡说”不符合")
    admin.fills("日期清单", "2021-06-15 休 检修").presses("导入清单").sees("已设定 1 天", "检修")
    assert CalendarDay.objects.get().day == date(2021, 6, 15)
    admin.presses("移除 2021-06-15").sees("已恢复为公布的安排")


@pytest.mark.parametrize(
    "address",
    [
        "/settings/", "/settings/year/", "/settings/year/2021/roll-over/", "/settings/year/2021/close/",
        "/settings/import/", "/settings/routing/", "/settings/routing/add/", "/settings/routing/question/",
        "/settings/reminders/", "/settings/calendar/?year=2021",
    ],
)  # fmt: skip
def test_nothing_scrolls_sideways_on_a_phone(office, visit, address):
    builders.defer(builders.work_node(office, 59, title="做好汤显祖戏剧节暨国际戏剧交流月活动相关工作"))
    admin = visit("admin", size=(360, 740))
    admin.opens(address)
    assert not admin.scrolls_sideways()
