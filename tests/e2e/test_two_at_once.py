"""Two people at once, one person twice, the way back, a page read anew: an act is done once and no word is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from nodes.models import Cycle, State
from tests import builders
from tests.e2e.conftest import Person
from tests.e2e.test_settings_story import LINES, uploads
from tests.faults.stack import wait_for
from workflow.models import Appointment, AuditEntry, Delegation, Office, Post, RoutingRule

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
    """What one person does on one page: `fill` the form, press `button`; the trail then holds `action` once."""

    who: str
    path: str
    button: str
    action: str
    fill: Callable[[Person], Any] = lambda person: None
    asks: bool = False  # a decision that is held for some seconds and then sent


def evidence(person: Person) -> None:
    person.fills("完成情况说明", STATEMENT).fills("完成日期", "2021-06-30").attaches("佐证文件", "报告.txt")


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
    Act("xinwen1", "/nodes/6/resume/", "恢复办理", "node.resumed", lambda p: p.fills("新的完成时限", NEXT_YEAR.isoformat())),
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
    Cycle.objects.update(year=TODAY.year)
    states = {
        1: State.PLANNED, 2: State.IN_PROGRESS, 3: State.EVIDENCE_SUBMITTED, 4: State.EVIDENCE_SUBMITTED,
        5: State.EVIDENCE_SUBMITTED, 6: State.IN_PROGRESS, 7: State.APPROVED, 8: State.IN_PROGRESS,
    }  # fmt: skip
    nodes = {n: builders.work_node(office, n, state=state, year=TODAY.year) for n, state in states.items()}
    facts: dict[str, Any] = {str(n): node.current_submission_id for n, node in nodes.items()}
    builders.defer(nodes[6], NEXT_YEAR)
    for number, name in enumerate(("withdrawn", "signed", "asked", "paper"), start=9):
        node = builders.work_node(office, number, state=State.IN_PROGRESS, year=TODAY.year)
        facts[name] = builders.file_deferral(node).pk
        if name == "paper":
            builders.sign_off(node.deferral_requests.get(), by="fuzhuren2")
    builders.work_node(office, 13, state=State.IN_PROGRESS, year=TODAY.year)
    facts["post"] = Post.objects.get(kind=Post.Kind.HANDLER, division__name=builders.OTHER_DIVISION).pk
    facts["person"] = builders.person("successor").pk
    return facts


def path_of(act: Act, facts: dict[str, Any]) -> str:
    for name, pk in facts.items():
        act_path = act.path.replace(f"{{{name}}}", str(pk))
        if act_path != act.path:
            return act_path
    return act.path


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_and_the_way_back_never_act_twice(everything, visit, javascript):
    people: dict[str, Person] = {}
    wrong = []
    for act in ACTS:
        if act.who not in people:
            people[act.who] = visit(act.who, javascript=javascript)
        person, before = people[act.who], count(act.action)
        try:
            person.opens(path_of(act, everything))
            act.fill(person)
            person.presses(act.button, times=2)
            if act.asks and javascript:
                person.presses("立即提交")
            wait_for(lambda: count(act.action) > before, within=10)
            person.do(lambda page: page.wait_for_load_state("networkidle"))
            done = count(act.action) - before
            person.do(lambda page: page.reload())
            refreshed = count(act.action) - before
            person.do(lambda page: page.go_back())
            person.do(lambda page: page.reload())
            back = count(act.action) - before
        except Exception as error:  # noqa: BLE001  (the others are tried as well)
            wrong.append(f"{act.action}: {type(error).__name__} {str(error)[:300]}")
            continue
        if (done, refreshed, back) != (1, 1, 1):
            wrong.append(f"{act.action}: {done} after the click, {refreshed} refreshed, {back} after going back")
    assert not wrong, "\n".join(wrong)
