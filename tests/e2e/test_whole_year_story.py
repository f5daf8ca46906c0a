"""Everything a year's replay does, clicked by the right person, while others watch it happen."""

from __future__ import annotations

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import expect

from approvals.models import DeferralRequest
from nodes.models import State, WorkNode
from tests import builders
from tests.e2e.conftest import PHONE, Person
from workflow.models import Post

SOON = 25_000  # milliseconds, within which an open page has noticed
STATEMENT = "2021年6月在南昌举行汤显祖戏剧节，形成报告并上报备案。"
REASON = "国外疫情存在诸多不确定性，拟延期举行。"


def soon(person: Person, *texts: str, part: str = "main") -> Person:
    """By itself, on the page that stayed open."""
    for text in texts:
        person.do(
            lambda page, text=text: expect(page.locator(part).first).to_contain_text(text, timeout=SOON)
        )
    return person


def waits(person: Person, place: str, count: int) -> Person:
    """The navigation counts what waits, and the title of the window what waits in all."""
    mark = f'.shell__places [data-count="{place}"]'
    if count:
        person.do(lambda page: expect(page.locator(mark)).to_have_text(str(count), timeout=SOON))
        person.do(lambda page: expect(page).to_have_title(re.compile(r"^\(\d+\) "), timeout=SOON))
    else:
        person.do(lambda page: expect(page.locator(mark)).to_be_hidden(timeout=SOON))
    return person


def hands_in(person: Person, statement: str = STATEMENT) -> Person:
    person.presses("报送佐证材料").fills("完成情况说明", statement).fills("完成日期", "2021-06-30")
    return person.attaches("佐证文件", "报告.txt").presses("报送绩效办")


def state(node: WorkNode) -> str:
    node.refresh_from_db()
    return node.state


def test_evidence_goes_back_and_forth_before_the_eyes_of_both(office, visit):
    node = builders.work_node(office, 59, title="举行汤显祖戏剧节")
    handler, reviewer = visit("xinwen1").opens("/nodes/59/"), visit("jixiao1").opens("/nodes/59/")
    reviewer.does_not_see("审核第")
    handler.presses("启动").sees("节点 59 已启动。")
    soon(reviewer, "进行中", part="#node-standing")
    hands_in(handler).sees("第 1 轮")
    soon(reviewer, "绩效办正在审核第 1 轮佐证材料", part="#node-standing")
    soon(reviewer, "第 1 轮", "报告.txt", part="#timeline")
    waits(reviewer, "reviews", 1)

    handler.presses("撤回佐证材料").sees("已撤回")
    waits(reviewer, "reviews", 0)
    hands_in(handler).sees("第 2 轮")
    waits(reviewer, "reviews", 1).presses("审核").fills("意见", "请补充参加人次。").presses("退回补正")
    soon(handler, "请补充参加人次。", part="#timeline")
    waits(handler, "inbox", 1)
    reviewer.opens("/reviews/").sees("没有待审核的材料")
    hands_in(handler, STATEMENT + "参加120人次。").sees("第 3 轮")
    waits(handler, "inbox", 0)
    soon(reviewer, "举行汤显祖戏剧节").presses("审核").presses("审核通过").sees("节点 59 已审核通过。")
    soon(handler, "按期完成")
    soon(handler, "绩效专班甲 审核通过", part="#timeline")

    reviewer.opens("/nodes/59/").presses("重新打开（整改）").fills("理由", "数据有误，请整改。").presses(
        "重新打开"
    )
    soon(handler, "数据有误，请整改。", part="#timeline")
    soon(handler, "进行中", part="#node-standing")
    assert state(node) == State.IN_PROGRESS
    assert builders.actions(node)[-8:] == [
        "node.started", "evidence.submitted", "evidence.withdrawn", "evidence.submitted", "evidence.returned",
        "evidence.submitted", "evidence.approved", "node.reopened",
    ]  # fmt: skip


def test_a_deferral_from_the_phone_to_the_paper_and_back_to_work(drama_festival, visit):
    handler, leader = visit("xinwen1").opens("/nodes/59/"), visit("fuzhuren2", size=PHONE).opens("/")
    recorder = visit("jixiao1").opens("/deferrals/")
    handler.presses("申请延期").fills("延期理由", REASON).presses("提交签批").sees("申请已提交")
    soon(leader, "举行汤显祖戏剧节")
    waits(leader, "deferrals", 1).presses("签批").presses("同意，请抓紧推进。").presses("同意")
    leader.sees("秒后提交：同意")
    soon(leader, "“同意”已记录。")  # ten seconds later, of itself
    soon(handler, "同意，请抓紧推进。", part="#deferral-flow")
    waits(recorder, "deferrals", 1)
    waits(leader, "deferrals", 0)
    recorder.opens("/").presses("记录签批").fills("领导姓名", "王某某").fills("文号", "赣府〔2021〕15号")
    recorder.fills("签批日期", "2021-08-30").attaches("签批件扫描件", "签批件.txt").presses("记录")
    recorder.sees("已批准")
    soon(handler, "赣府〔2021〕15号", "签批件.txt", part="#deferral-flow")
    soon(handler, "已批准", part="#deferral-status")
    assert state(drama_festival) == State.DEFERRED

    leader.opens("/nodes/59/").sees("暂缓")
    handler.opens("/nodes/59/").presses("恢复办理").presses("恢复办理").sees("请")  # until when?
    handler.fills("新的完成时限", "2021-12-20").presses("恢复办理")
    handler.sees("新的完成时限早于今天。")  # the year of the story is over
    assert state(drama_festival) == State.DEFERRED


def test_what_is_asked_again_after_it_was_taken_back_returned_and_rejected(drama_festival, visit):
    handler, leader = visit("xinwen1"), visit("fuzhuren2", size=PHONE).opens("/")
    for last in ("撤回申请", "退回", "驳回"):
        handler.opens("/nodes/59/").presses("申请延期").fills("延期理由", f"{REASON}{last}").presses(
            "提交签批"
        )
        soon(leader, "举行汤显祖戏剧节")
        if last == "撤回申请":
            handler.presses(last).sees("申请已撤回。")
        else:
            leader.presses("签批").fills("意见", "理由不充分。").presses(last).presses("立即提交").sees(
                "已记录"
            )
            soon(handler, "理由不充分。", part="#deferral-flow")
            leader.opens("/")
        waits(leader, "deferrals", 0)
    kept = DeferralRequest.objects.order_by("pk").values_list("status", flat=True)
    assert list(kept) == ["withdrawn", "returned", "rejected"]
    assert state(drama_festival) == State.IN_PROGRESS


def test_a_delegate_and_then_a_successor_find_what_waits(drama_festival, visit):
    today = timezone.localdate()
    request = builders.file_deferral(drama_festival)
    address, stand_in = (
        f"/deferrals/{request.pk}/",
        visit("successor").opens("/").does_not_see("举行汤显祖戏剧节"),
    )
    assert stand_in.status_of(address) == 404
    stand_in.opens("/")
    leader = visit("fuzhuren2").opens("/settings/delegations/")
    leader.do(lambda page: page.get_by_label("受委托人").select_option(label="新任副主任 · successor"))
    leader.do(lambda page: page.get_by_label("起", exact=False).first.fill(today.isoformat()))
    leader.do(lambda page: page.locator("[name=ends]").fill((today + timedelta(days=3)).isoformat()))
    leader.presses("委托").sees("新任副主任")
    soon(stand_in, "举行汤显祖戏剧节").presses("签批").sees("代分管副主任（二）签批")
    assert state(drama_festival) == State.IN_PROGRESS
    admin = visit("admin").opens(f"/settings/posts/{Post.objects.get(name=builders.LEADER).pk}/")
    admin.do(lambda page: page.get_by_label("人员").first.select_option(label="新任副主任 · successor"))
    admin.presses("任命").sees("新任副主任")
    soon(stand_in, "分管副主任（二）签批", part="#decide-title")
    stand_in.presses("同意").presses("立即提交").sees("“同意”已记录。")
    assert leader.opens(address).do(lambda page: page.get_by_role("button", name="同意").count()) == 0
    decision = request.sign_offs.earliest("step").decision
    assert (decision.actor.username, decision.on_behalf_of) == ("successor", None)


OFFERED = {
    State.PLANNED: {"xinwen1": {"启动", "申请延期"}},
    State.IN_PROGRESS: {"xinwen1": {"报送佐证材料", "申请延期"}},
    State.EVIDENCE_SUBMITTED: {"xinwen1": {"撤回佐证材料"}, "jixiao1": {"审核"}},
    State.APPROVED: {"jixiao1": {"重新打开（整改）"}},
    State.DEFERRED: {"xinwen1": {"恢复办理"}},
}


def test_only_the_right_person_is_offered_an_act(office, visit):
    for number, stands in enumerate(OFFERED, start=1):
        builders.work_node(office, number, state=stands)
    acts = {act for offered in OFFERED.values() for names in offered.values() for act in names}
    for username in ("xinwen1", "mishu1", "jixiao1", "fuzhuren2", "admin", "shenji"):
        person = visit(username, javascript=False)
        for number, offered in enumerate(OFFERED.values(), start=1):
            person.opens(f"/nodes/{number}/")
            names = person.do(lambda page: page.locator("main .button").all_inner_texts())
            assert {name.strip() for name in names} & acts == offered.get(username, set()), (username, number)
