"""A deferral, from the request to the signature on paper, in the browser."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import expect

from approvals.models import Decision, DeferralRequest
from nodes.models import State
from tests import builders
from tests.e2e.conftest import PHONE, Person, give_passwords

REASON = "国外疫情存在诸多不确定性，拟延期举行。"
WITHIN = date(2021, 11, 20)
PULSES = 20_000  # milliseconds in which an open page learns what happened


def in_time(person: Person, part: str, text: str) -> None:
    """What comes into an open page by itself."""
    person.do(lambda page: expect(page.locator(part)).to_contain_text(text, timeout=PULSES))


def test_the_leader_signs_on_a_phone_and_the_governor_on_paper(drama_festival, visit):
    handler, leader = visit("xinwen1"), visit("fuzhuren2", size=PHONE)
    handler.opens("/nodes/59/").presses("申请延期").sees(
        "未定日期时的签批路线", "分管副主任（二）", "分管副省长"
    )
    handler.presses("提交签批").sees("请写明不能按期完成的理由。").fills("延期理由", REASON)
    handler.attaches("附件", "延期请示.txt").presses("提交签批")
    handler.sees("申请已提交，签批流程如下。", "延期请示.txt", "待签批")

    leader.opens("/").sees("有 1 项待您办理。", "举行汤显祖戏剧节").presses("签批").sees(REASON, "时间未定")
    assert not leader.scrolls_sideways()
    leader.do(lambda page: page.locator(".person summary").click())
    assert leader.do(lambda page: page.get_by_role("button", name="English").is_visible())
    leader.do(lambda page: page.locator(".person summary").click())
    leader.presses("驳回").sees("请写明理由。").fills("意见", "同意延期，按程序报省领导。")
    leader.presses("同意", times=2).sees("秒后提交：同意", "同意延期，按程序报省领导。")
    leader.presses("撤销").sees("已撤销，未提交。")
    assert Decision.objects.count() == 0
    leader.presses("同意").presses("立即提交").sees("“同意”已记录。", "同意延期，按程序报省领导。")
    in_time(handler, "#deferral-flow", "同意延期，按程序报省领导。")  # on the page that stayed open

    office = visit("jixiao1").opens("/").sees("待记录", "分管副省长纸质签批").presses("记录签批")
    office.presses("记录").sees("请填写领导姓名。", "请填写签批文件的文号。", "请上传签批件扫描件。")
    office.fills("领导姓名", "王某某").fills("文号", "赣府厅批〔2021〕15号").fills("签批日期", "2021-08-30")
    office.fills("批示内容", "同意。").attaches("签批件扫描件", "省领导签批件.txt").presses("记录")
    office.sees("“同意”已记录。", "王某某", "赣府厅批〔2021〕15号", "省领导签批件.txt", "已批准")
    office.do(lambda page: page.get_by_role("link", name="预览 省领导签批件.txt").click())
    office.do(lambda page: expect(page.locator("dialog[open]")).to_contain_text("省领导签批件.txt的内容"))

    handler.opens("/nodes/59/").sees("暂缓", "延期生效", "记录分管副省长签批：同意")
    drama_festival.refresh_from_db()
    assert (drama_festival.state, drama_festival.current_deadline) == (State.DEFERRED, None)


def test_the_route_follows_the_proposed_date(drama_festival, visit):
    handler = visit("xinwen1").opens("/nodes/59/defer/").sees("分管副省长")
    handler.fills("拟延期至", "2021-12-01")
    handler.do(lambda page: page.keyboard.press("Tab"))
    handler.sees("延期至 2021-12-01 的签批路线", "办主任", "年度内")
    handler.presses("时间未定").sees("未定日期时的签批路线", "分管副省长")
    assert handler.do(lambda page: page.get_by_label("拟延期至").input_value()) == ""
    plain = visit("xinwen1", javascript=False).opens("/nodes/59/defer/").fills("拟延期至", "2021-12-01")
    plain.fills("延期理由", REASON).presses("查看由谁签批").sees("延期至 2021-12-01 的签批路线")
    plain.presses("提交签批").sees("拟延期至的日期早于今天。")
    assert plain.do(lambda page: page.get_by_label("延期理由").input_value()) == REASON


def test_who_comes_second_learns_that_the_request_was_withdrawn(drama_festival, visit):
    request = builders.file_deferral(drama_festival)
    address = f"/deferrals/{request.pk}/"
    leader = visit("fuzhuren2").opens(address).sees("分管副主任（二）签批")
    visit("xinwen1").opens(address).presses("撤回申请", times=2).sees("申请已撤回。")
    leader.fills("意见", "同意。").presses("同意").presses("立即提交").sees("这一申请已撤回。")
    assert leader.do(lambda page: page.get_by_label("意见").input_value()) == "同意。"
    request.refresh_from_db()
    assert request.status == DeferralRequest.Status.WITHDRAWN


def test_the_wrong_person_gets_no_further(drama_festival, visit):
    request = builders.file_deferral(drama_festival)
    visit("xinwen1").opens("/nodes/59/defer/").is_at(f"/deferrals/{request.pk}/").sees("已有延期申请正待签批")
    outsider = visit("mishu1")
    assert outsider.status_of(f"/deferrals/{request.pk}/") == 404
    assert outsider.status_of("/nodes/59/submit/") == 403
    assert outsider.status_of("/reviews/") == 403
    outsider.opens("/nodes/59/").sees("佐证材料仅供相关处室、绩效办和领导查看。").does_not_see(
        builders.PANDEMIC
    )
    head = visit("zhuren").opens(f"/deferrals/{request.pk}/").sees(builders.PANDEMIC)
    head.does_not_see("办主任签批")
    stranger = visit().opens(f"/deferrals/{request.pk}/")
    stranger.is_at(f"/login/?next=/deferrals/{request.pk}/").sees("用户名")


def test_a_decision_waits_ten_seconds_and_then_goes_by_itself(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=WITHIN)
    leader = visit("fuzhuren2", size=PHONE)
    leader.do(lambda page: page.clock.install())
    leader.opens(f"/deferrals/{request.pk}/").presses("同意，请抓紧推进。").presses("同意")
    leader.do(lambda page: expect(page.get_by_role("status").last).to_have_text("将于 10 秒后提交：同意"))
    leader.do(lambda page: page.clock.run_for(9_000))
    leader.sees("将于 1 秒后提交：同意")
    assert Decision.objects.count() == 0
    leader.do(lambda page: page.clock.run_for(1_000))
    leader.sees("“同意”已记录。", "同意，请抓紧推进。")
    assert Decision.objects.count() == 1


def test_who_leaves_meanwhile_has_decided(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=WITHIN)
    handler = visit("xinwen1").opens(f"/deferrals/{request.pk}/").sees("待签批")
    leader = visit("fuzhuren2", size=PHONE).opens(f"/deferrals/{request.pk}/")
    leader.fills("意见", "同意延期。").presses("同意").sees("秒后提交：同意")
    leader.opens("/")
    in_time(handler, "#deferral-flow", "同意延期。")
    assert Decision.objects.count() == 1
    leader.opens(f"/deferrals/{request.pk}/").sees("已批准").does_not_see("秒后提交")


def test_who_hides_the_page_has_decided_and_comes_back_to_the_outcome(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=WITHIN)
    leader = visit("fuzhuren2", size=PHONE).opens(f"/deferrals/{request.pk}/")
    leader.presses("同意。").presses("同意").sees("秒后提交：同意")
    for state in ("hidden", "visible"):
        leader.do(lambda page, state=state: page.evaluate(SEEN, state))
    leader.sees("“同意”已记录。", "已批准")
    assert Decision.objects.count() == 1


SEEN = """state => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_deciding_with_the_keyboard(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=WITHIN)
    leader = visit("fuzhuren2").opens(f"/deferrals/{request.pk}/")
    leader.do(lambda page: page.get_by_role("button", name="同意", exact=True).press("Enter"))
    leader.do(lambda page: expect(page.get_by_role("button", name="撤销")).to_be_focused())
    leader.do(lambda page: page.keyboard.press("Escape"))
    leader.do(lambda page: expect(page.get_by_role("button", name="同意", exact=True)).to_be_focused())
    leader.do(lambda page: page.keyboard.press("Enter"))
    leader.do(lambda page: expect(page.get_by_role("button", name="撤销")).to_be_focused())
    leader.do(lambda page: page.keyboard.press("Tab"))
    leader.do(lambda page: page.keyboard.press("Enter"))
    leader.sees("“同意”已记录。")


def test_without_scripts_a_press_decides(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=WITHIN)
    leader = visit("fuzhuren2", size=PHONE, javascript=False).opens(f"/deferrals/{request.pk}/")
    assert not leader.do(lambda page: page.get_by_role("button", name="同意，请抓紧推进。").is_visible())
    leader.presses("退回").sees("请写明理由。").fills("意见", "同意。").presses("同意").sees("“同意”已记录。")


def test_a_leader_asks_the_head_to_sign_as_well_and_then_passes_on(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=WITHIN)
    address = f"/deferrals/{request.pk}/"
    leader = visit("fuzhuren2", size=PHONE).opens(address)
    leader.do(lambda page: page.get_by_text("加签或转签").click())
    leader.presses("调整路线").sees("请选择能够签批、且尚未参与本次签批的岗位。")
    leader.do(lambda page: page.get_by_label("岗位").select_option(label="办主任"))
    leader.fills("理由", "请主任把关。").ticks("加签：在我之后签批").presses("调整路线")
    leader.sees("签批路线已调整", "由副主任（二）提出", "待前一步")
    assert not leader.scrolls_sideways()
    leader.do(lambda page: page.get_by_text("加签或转签").click())
    leader.do(
        lambda page: page.get_by_label("岗位").select_option(label="绩效专班（绩效专班甲、绩效专班乙）")
    )
    leader.fills("理由", "由绩效专班先办。").ticks("转签：由其代替我签批").presses("调整路线", times=2)
    leader.sees("由分管副主任（二）转来").does_not_see("加签或转签")
    office, head = visit("jixiao1").opens("/"), visit("zhuren")
    office.opens(address).presses("同意").presses("立即提交").sees("“同意”已记录。")
    head.opens(address).presses("同意").presses("立即提交").sees("已批准", "加签：请办主任一并签批")


def test_of_two_leaders_at_once_the_second_learns_who_decided(transactional_db, visit):
    office = builders.office(
        "either",
        deferral_routing=[{"when": {}, "sign_off": [{"any_of": ["leader_in_charge", "head_of_unit"]}]}],
    )
    give_passwords(office)
    node = builders.work_node(office, state=State.IN_PROGRESS)
    request = builders.file_deferral(node, new_due=WITHIN)
    address = f"/deferrals/{request.pk}/"
    first, second = (visit(f"{name}@either").opens(address) for name in ("zhuren", "fuzhuren2"))
    second.fills("意见", "请按期完成。").presses("驳回").sees("秒后提交：驳回")
    first.presses("同意").presses("立即提交").sees("“同意”已记录。")
    second.presses("立即提交").sees("办主任", "您的提交没有生效")
    assert second.do(lambda page: page.get_by_label("意见").input_value()) == "请按期完成。"
