"""Two people at once, one person twice, the way back: an act is done once and no word is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page

from nodes.models import Cycle, State
from tests import builders
from tests.e2e.conftest import Person
from tests.e2e.test_settings_story import LINES, uploads
from tests.faults.stack import wait_for
from workflow import services as workflow
from workflow.models import Appointment, AuditEntry, Office, Post, RoutingRule

STATEMENT = builders.STATEMENT
TODAY = timezone.localdate()
NEXT_YEAR = date(TODAY.year + 1, 6, 30)


def count(action: str) -> int:
    return AuditEntry.objects.filter(action=action).count()


def chooses(person: Person, label: str, option: str) -> Person:
    person.do(lambda page: page.get_by_label(label).first.select_option(label=option))
    return person


def value(person: Person, label: str) -> str:
    return person.do(lambda page: page.get_by_label(label).first.input_value())


# One person, twice


@dataclass(frozen=True)
class Act:
    """What one person does on one page: `fill` the form, press `button`; the trail holds `action` once."""

    who: str
    path: str
    button: str
    action: str
    fill: Callable[[Person], Any] = lambda person: None
    asks: bool = False  # a decision that is held for some seconds and then sent


def evidence(person: Person) -> None:
    person.fills("完成情况说明", STATEMENT).fills("完成日期", TODAY.isoformat()).attaches(
        "佐证文件", "报告.txt"
    )


def deferral(person: Person) -> None:
    person.fills("延期理由", "国外疫情反复。")


def signature(person: Person) -> None:
    person.fills("领导姓名", "王某某").fills("文号", "赣府〔2021〕1号").fills("签批日期", "2021-03-01")
    person.attaches("签批件扫描件", "签批件.txt")


def passing_on(person: Person) -> None:
    person.do(lambda page: page.get_by_text("加签或转签").click())
    chooses(person, "岗位", "办主任").fills("理由", "请主任把关。").ticks("加签：在我之后签批")


def appointment(person: Person) -> None:
    chooses(person, "人员", "新任副主任 · successor")


def stand_in(person: Person) -> None:
    chooses(person, "岗位", builders.HEAD)
    chooses(person, "受委托人", "新任副主任 · successor")
    person.fills("起", TODAY.isoformat()).fills("止", (TODAY + timedelta(days=5)).isoformat())


def newcomer(person: Person) -> None:
    person.fills("用户名", "newcomer").fills("姓名", "新同事")


def a_rule(person: Person) -> None:
    person.do(lambda page: page.get_by_role("group", name="第 1 步").get_by_label("主要领导").check())
    person.fills("延期天数，至少", "60")


def a_day(person: Person) -> None:
    person.fills("日期清单", "2026-06-15 休 检修")


def opened(text: str) -> Callable[[Person], Any]:
    return lambda person: person.do(lambda page: page.get_by_text(text, exact=True).first.click())


ACTS = [
    Act("xinwen1", "/nodes/1/", "启动", "node.started"),
    Act("xinwen1", "/nodes/2/submit/", "报送绩效办", "evidence.submitted", evidence),
    Act("xinwen1", "/nodes/3/", "撤回佐证材料", "evidence.withdrawn"),
    Act("jixiao1", "/reviews/{4}/", "退回补正", "evidence.returned", lambda p: p.fills("意见", "缺签到表。")),
    Act("jixiao1", "/reviews/{5}/", "审核通过", "evidence.approved"),
    Act("xinwen1", "/nodes/6/resume/", "恢复办理", "node.resumed", lambda p: p.fills("新的完成时限",
    NEXT_YEAR.isoformat())),
    Act("jixiao1", "/nodes/7/reopen/", "重新打开", "node.reopened", lambda p: p.fills("理由", "数据有误。")),
    Act("xinwen1", "/nodes/8/defer/", "提交签批", "deferral.requested", deferral),
    Act("xinwen1", "/deferrals/{withdrawn}/", "撤回申请", "deferral.withdrawn"),
    Act("fuzhuren2", "/deferrals/{signed}/", "同意", "deferral.signed", asks=True),
    Act("fuzhuren2", "/deferrals/{asked}/", "调整路线", "deferral.signer_added", passing_on),
    Act("jixiao1", "/deferrals/{paper}/", "记录", "deferral.recorded", signature),
    Act("xinwen1", "/nodes/2/", "发表评论", "node.commented", lambda p: p.fills("评论", "已联系场地。")),
    Act("jixiao1", "/nodes/13/", "催办处室", "node.urged"),
    Act("admin", "/settings/posts/{post}/", "任命", "post.appointed", appointment),
    Act("zhuren", "/settings/delegations/", "委托", "post.delegated", stand_in),
    Act("admin", "/settings/people/new/", "新增", "person.added", newcomer),
    Act("admin", "/settings/people/{person}/", "重设密码", "person.password_set"),
    Act("admin", "/settings/routing/add/", "保存", "routing.added", a_rule),
    Act("admin", "/settings/calendar/?year=2026", "导入清单", "calendar.changed", a_day),
    Act("admin", "/settings/year/", "新建草稿", "cycle.created"),
]  # fmt: skip


@pytest.fixture
def everything(office: Office) -> dict[str, Any]:
    """A node or a request for each of the acts, and what the addresses name."""
    states = {
        1: State.PLANNED, 2: State.IN_PROGRESS, 3: State.EVIDENCE_SUBMITTED, 4: State.EVIDENCE_SUBMITTED,
        5: State.EVIDENCE_SUBMITTED, 7: State.APPROVED, 8: State.IN_PROGRESS, 13: State.IN_PROGRESS,
    }  # fmt: skip
    nodes = {n: builders.work_node(office, n, state=state) for n, state in states.items()}
    facts: dict[str, Any] = {str(n): node.current_submission_id for n, node in nodes.items()}
    for number, name in enumerate(("withdrawn", "signed", "asked", "paper"), start=9):
        request = builders.file_deferral(builders.work_node(office, number, state=State.IN_PROGRESS))
        facts[name] = request.pk
    builders.sign_off(request, by="fuzhuren2")
    Cycle.objects.update(year=TODAY.year)  # whose next one a node can be put off to, whatever the year is
    builders.defer(builders.work_node(office, 6, state=State.IN_PROGRESS, year=TODAY.year), NEXT_YEAR)
    facts["post"] = Post.objects.get(kind=Post.Kind.HANDLER, division__name=builders.OTHER_DIVISION).pk
    facts["person"] = builders.person("successor").pk
    return facts


def path_of(act: Act, facts: dict[str, Any]) -> str:
    for name, pk in facts.items():
        act_path = act.path.replace(f"{{{name}}}", str(pk))
        if act_path != act.path:
            return act_path
    return act.path


def counted(act: Act, person: Person, path: str, javascript: bool) -> tuple[int, int, int]:
    """How often it was done after a double click, after reading the page anew, and after going back."""
    before = count(act.action)
    act.fill(person.opens(path))
    person.presses(act.button, times=2)
    if act.asks and javascript:
        person.presses("立即提交")
    wait_for(lambda: count(act.action) > before, within=10)
    done = count(act.action) - before
    person.do(anew)
    refreshed = count(act.action) - before
    person.do(lambda page: page.go_back())
    person.do(anew)
    return done, refreshed, count(act.action) - before


def anew(page: Page) -> None:
    """Read the page again, once the answers to both clicks are there."""
    while True:
        try:
            page.wait_for_load_state()
            page.reload()
            return
        except Error as error:
            if "ERR_ABORTED" not in str(error):
                raise


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_and_the_way_back_never_act_twice(everything, visit, javascript):
    people = {who: visit(who, javascript=javascript) for who in sorted({act.who for act in ACTS})}
    found = {act.action: counted(act, people[act.who], path_of(act, everything), javascript) for act in ACTS}
    assert found == {act.action: (1, 1, 1) for act in ACTS}


# Two people at once


@pytest.fixture
def administrators(office: Office, visit: Callable[..., Person]) -> tuple[Person, Person]:
    """The administrator, and the head of the unit, who is one too."""
    seat = Post.objects.select_related("office").get(kind=Post.Kind.ADMINISTRATOR)
    workflow.appoint(actor=builders.person("admin"), post=seat, to=builders.person("zhuren"), beside=True)
    return visit("admin"), visit("zhuren")


def test_of_two_who_hand_in_the_second_learns_it_and_keeps_the_words(drama_festival, visit):
    first, second = visit("xinwen1"), visit("xinwen0", javascript=False)
    for person, words in (
        (first, "2021年6月举行汤显祖戏剧节。"),
        (second, "2021年6月举行汤显祖戏剧节，参加120人。"),
    ):
        person.opens("/nodes/59/submit/").fills("完成情况说明", words).fills(
            "完成日期", "2021-06-30"
        ).attaches("佐证文件", "报告.txt")
    first.presses("报送绩效办").sees("第 1 轮")
    second.presses("报送绩效办").sees("节点 59 当前为“已报送”", "由新闻文化处经办人于", "您的提交没有生效")
    assert "参加120人" in value(second, "完成情况说明")
    second.presses("查看最新情况").sees("新闻文化处经办人 报送佐证材料")
    assert drama_festival.submissions.count() == 1


def test_of_two_who_appoint_the_second_looks_again_and_keeps_the_choice(office, administrators):
    first, second = administrators
    seat = Post.objects.get(name=builders.LEADER)
    for person in administrators:
        person.opens(f"/settings/posts/{seat.pk}/")
    chooses(first, "人员", "新任副主任 · successor").presses("任命").sees("新任副主任")
    chooses(second, "人员", "绩效专班甲 · jixiao1").presses("任命").sees(
        "系统管理员已于", "请核对最新情况", "新任副主任"
    )
    assert (
        second.do(lambda page: page.locator("[name=to] option:checked").inner_text())
        == "绩效专班甲 · jixiao1"
    )
    held = Appointment.objects.filter(post=seat).in_force(TODAY)
    assert [one.user.username for one in held] == ["successor"]
    second.presses("任命").sees("绩效专班甲")
    assert [one.user.username for one in held.all()] == ["jixiao1"]


def test_of_two_who_change_a_rule_the_second_sees_who_did(office, administrators):
    first, second = administrators
    row = RoutingRule.objects.get(position=0)
    for person in administrators:
        person.opens(f"/settings/routing/{row.pk}/")
    first.fills("延期天数，至多", "20").presses("保存").sees("20 天")
    second.fills("延期天数，至多", "10").presses("保存").sees("系统管理员已于", "您的提交没有生效")
    row.refresh_from_db()
    assert row.when["days_at_most"] == 20
    second.presses("查看最新情况").is_at(f"/settings/routing/{row.pk}/")
    assert value(second, "延期天数，至多") == "20"


def test_of_two_who_set_the_reminders_the_second_keeps_what_was_filled_in(office, administrators):
    first, second = administrators
    for person in administrators:
        person.opens("/settings/reminders/")
    first.fills("时限前多少个工作日提醒经办人", "7").presses("保存").sees("提醒规则已保存")
    second.fills("时限前多少个工作日提醒经办人", "4").presses("保存").sees("系统管理员已于", "请核对最新情况")
    assert value(second, "时限前多少个工作日提醒经办人") == "4"
    office.refresh_from_db()
    assert office.reminder_policy["working_days_before"] == [7]
    second.presses("保存").sees("提醒规则已保存")
    office.refresh_from_db()
    assert office.reminder_policy["working_days_before"] == [4]


def test_of_two_who_import_the_second_looks_at_the_changes_again(office, visit):
    builders.work_node(office, 59, title="举行汤显祖戏剧节")
    first, second, before = visit("admin"), visit("jixiao1"), count("catalogue.imported")
    for person in (first, second):
        uploads(person, *LINES).sees("办好开放周")
    first.presses("导入 2 项").sees("目录导入")
    second.presses("导入 2 项").sees("没有导入", "没有需要导入的变化")
    assert count("catalogue.imported") == before + 1
