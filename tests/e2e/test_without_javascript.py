"""A browser without JavaScript: every act of the year works there too, a page at a time."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.utils import timezone

from approvals.models import DeferralRequest
from nodes.models import Comment, Cycle, Draft, SavedView, State, Watch, WorkNode
from tests import builders
from tests.e2e.conftest import Person
from tests.e2e.test_settings_story import LINES, uploads
from workflow.models import Appointment, CalendarDay, Delegation, Post, RoutingRule, User

STATEMENT = "2021年6月在南昌举行汤显祖戏剧节，形成报告并上报备案。"
TODAY = timezone.localdate()
NEXT_YEAR, SOONER = date(TODAY.year + 1, 6, 30), date(TODAY.year + 1, 6, 1)


def chooses(person: Person, label: str, option: str) -> Person:
    person.do(lambda page: page.get_by_label(label).first.select_option(label=option))
    return person


def unfolds(person: Person, text: str) -> Person:
    person.do(lambda page: page.locator("main summary").filter(has_text=text).first.click())
    return person


def test_the_work_on_a_node(office, visit):
    node = builders.work_node(office, 59, title="举行汤显祖戏剧节")
    handler, reviewer = visit("xinwen1", javascript=False), visit("jixiao1", javascript=False)
    handler.opens("/nodes/59/").presses("启动").sees("节点 59 已启动。")
    reviewer.opens("/nodes/59/").presses("关注").sees("已关注节点 59").presses("催办处室").sees("已催办")
    handler.fills("评论", "@jixiao1 已联系场地。").presses("发表评论").sees("已联系场地。")
    assert Watch.objects.count() == Comment.objects.count() == 1

    handler.presses("报送佐证材料").fills("完成情况说明", "六月举行").attaches("佐证文件", "签到表.txt")
    handler.presses("存草稿").sees("草稿已保存", "签到表.txt")
    assert Draft.objects.get().content["statement"] == "六月举行"
    handler.fills("完成情况说明", STATEMENT).fills("完成日期", "2021-06-30").attaches("佐证文件", "报告.txt")
    handler.presses("报送绩效办").sees("第 1 轮", "签到表.txt", "报告.txt")
    handler.presses("撤回佐证材料").sees("已撤回").presses("报送佐证材料").attaches("佐证文件", "报告.txt")
    handler.presses("报送绩效办").sees("第 2 轮").presses("催办审核").sees("已催办")

    reviewer.opens("/reviews/").presses("审核").presses("退回补正").sees("请写明需要补正的内容。")
    reviewer.fills("意见", "请补充参加人次。").presses("退回补正").sees("节点 59 已退回。")
    handler.opens("/").sees("被退回").opens("/nodes/59/submit/").attaches("佐证文件", "报告二.txt")
    handler.presses("报送绩效办").sees("第 3 轮")
    reviewer.opens("/reviews/")
    reviewer.do(lambda page: page.get_by_label("勾选节点 59", exact=True).check())
    reviewer.presses("批量审核通过…").sees("以下 1 项将审核通过").presses("审核通过 1 项").sees(
        "已审核通过 1 项"
    )
    reviewer.opens("/nodes/59/").presses("重新打开（整改）").presses("重新打开").sees(
        "请写明重新打开的理由。"
    )
    reviewer.fills("理由", "请整改。").presses("重新打开").sees("请整改。").presses("取消关注").sees(
        "已取消关注"
    )
    node.refresh_from_db()
    assert (node.state, node.returns) == (State.IN_PROGRESS, 1)


def test_a_deferral_and_work_again(office, visit):
    Cycle.objects.update(year=TODAY.year)
    builders.work_node(office, 59, title="举行汤显祖戏剧节", state=State.IN_PROGRESS, year=TODAY.year)
    handler, leader = visit("xinwen1", javascript=False), visit("fuzhuren2", javascript=False)
    handler.opens("/nodes/59/").presses("申请延期").fills("拟延期至", NEXT_YEAR.isoformat()).presses(
        "查看由谁签批"
    )
    handler.sees(f"延期至 {NEXT_YEAR} 的签批路线", "分管副省长").fills("延期理由", "疫情反复。")
    handler.attaches("附件", "请示.txt").presses("提交签批").sees("申请已提交", "请示.txt").presses(
        "催办签批"
    )
    handler.sees("已催办签批人。").presses("撤回申请").sees("申请已撤回。")
    handler.opens("/nodes/59/defer/").fills("拟延期至", NEXT_YEAR.isoformat()).fills(
        "延期理由", "疫情反复。"
    ).presses("提交签批")
    leader.opens("/").presses("签批")
    unfolds(leader, "加签或转签")
    chooses(leader, "岗位", "办主任").fills("理由", "请主任把关。").ticks("加签：在我之后签批").presses(
        "调整路线"
    )
    leader.sees("签批路线已调整").presses("同意").sees("“同意”已记录。")
    visit("zhuren", javascript=False).opens("/").presses("签批").presses("同意").sees("“同意”已记录。")
    recorder = visit("jixiao1", javascript=False).opens("/").presses("记录签批").fills("领导姓名", "王某某")
    recorder.fills("文号", "赣府〔2021〕15号").fills("签批日期", TODAY.isoformat()).attaches(
        "签批件扫描件", "签批件.txt"
    )
    recorder.presses("记录").sees("已批准")
    handler.opens("/nodes/59/").presses("恢复办理").fills("新的完成时限", SOONER.isoformat()).presses(
        "恢复办理"
    )
    handler.sees("已恢复", SOONER.isoformat())
    assert WorkNode.objects.get().state == State.IN_PROGRESS
    assert DeferralRequest.objects.latest("pk").status == "approved"


def test_a_persons_own_things(office, visit):
    builders.work_node(office, 1, title="召开友城大会", state=State.APPROVED)
    builders.work_node(office, 2, title="举办戏剧节")
    handler = visit("xinwen1", javascript=False).opens("/nodes/").fills("查找", "友城").presses("筛选")
    handler.sees("召开友城大会").does_not_see("举办戏剧节")
    unfolds(handler, "保存当前筛选").fills("视图名称", "友城").presses("保存").sees("视图“友城”已保存。")
    unfolds(handler, "×").presses("删除").sees("视图已删除。")
    assert not SavedView.objects.exists()
    handler.opens("/?box=copied").presses("全部标为已读").sees("没有未读通知")
    handler.opens("/profile/").do(lambda page: page.get_by_label("与我有关的动态").first.uncheck())
    handler.presses("保存设置").sees("设置已保存").presses("深色")
    assert handler.do(lambda page: page.locator("html").get_attribute("data-theme")) == "dark"
    handler.presses("English").sees("Profile").presses("简体中文").sees("个人设置")
    handler.do(lambda page: page.locator(".person summary").click())
    handler.do(lambda page: page.locator(".person").get_by_role("button", name="退出").click())
    handler.sees("登录").logs_in("xinwen1").is_at("/")


def test_the_office_is_set_up(office, visit):
    festival = builders.work_node(office, 59, title="举行汤显祖戏剧节")
    builders.defer(festival, date(2022, 6, 30))
    admin = visit("admin", javascript=False)
    uploads(admin, LINES[1]).sees("办好开放周").presses("导入 1 项").sees("目录导入")
    assert WorkNode.objects.filter(title="办好开放周").exists()

    admin.opens("/settings/people/new/").fills("用户名", "xinren").fills("姓名", "新同事").presses("新增")
    admin.presses("重设密码").sees("新同事")
    secret = admin.do(lambda page: page.locator(".secret").inner_text()).strip()
    seat = Post.objects.get(kind=Post.Kind.HANDLER, division__name=builders.DIVISION)
    chooses(admin.opens(f"/settings/posts/{seat.pk}/"), "人员", "新同事 · xinren").presses("任命").sees(
        "新同事"
    )
    visit(javascript=False).logs_in("xinren", secret).opens("/nodes/60/").presses("启动").sees(
        "节点 60 已启动。"
    )
    newcomer = User.objects.get(username="xinren")
    admin.opens(f"/settings/people/{newcomer.pk}/")
    unfolds(admin, "停用账号").presses("确认停用").sees("恢复账号").presses("恢复账号").sees("停用账号")
    assert not Appointment.objects.in_force(TODAY).filter(user=newcomer).exists()

    leader = visit("fuzhuren2", javascript=False).opens("/settings/delegations/")
    chooses(leader, "受委托人", "新任副主任 · successor")
    for name, day in (("starts", TODAY), ("ends", TODAY + timedelta(days=3))):
        leader.do(lambda page, name=name, day=day: page.locator(f"[name={name}]").fill(day.isoformat()))
    leader.presses("委托").sees("新任副主任")
    leader.do(lambda page: page.get_by_role("button", name="撤销委托").click())
    assert Delegation.objects.get().revoked_at

    admin.opens("/settings/routing/").presses("新增规则")
    admin.do(lambda page: page.get_by_role("group", name="第 1 步").get_by_label("主要领导").check())
    admin.fills("延期天数，至少", "60").presses("保存").sees("60 天及以上")
    admin.do(lambda page: page.get_by_role("button", name="上移第 4 条规则").click())
    admin.do(lambda page: page.get_by_role("link", name="移除第 3 条规则").click())
    admin.presses("移除规则").sees("规则已移除")
    assert RoutingRule.objects.count() == 3

    admin.opens("/settings/calendar/?year=2021").fills("日期清单", "2021-06-15 休 检修").presses("导入清单")
    assert CalendarDay.objects.count() == 1
    admin.opens("/settings/reminders/").fills("时限前多少个工作日提醒经办人", "9").presses("预览").presses(
        "保存"
    )
    admin.opens("/settings/year/2021/roll-over/").presses("建立 2022 年度草稿").sees("2022", "草稿")
    admin.opens("/settings/year/2021/close/").ticks("我已了解上述情况").presses("关闭年度").sees(
        "2021 年度已关闭"
    )
    admin.opens("/settings/year/2022/open/").presses("开放年度").sees("2022 年度已开放")
    admin.opens("/audit/").sees("2022")
    assert re.match(r"\S{16}$", secret)
