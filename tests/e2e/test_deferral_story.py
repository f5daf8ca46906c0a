"""A deferral, from the request to the signature on paper, in the browser."""

from __future__ import annotations

from approvals.models import DeferralRequest
from nodes.models import State
from tests import builders
from tests.e2e.conftest import PHONE

REASON = "国外疫情存在诸多不确定性，拟延期举行。"


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
    leader.presses("同意", times=2).sees("“同意”已记录。", "同意延期，按程序报省领导。")

    office = visit("jixiao1").opens("/").sees("待记录", "分管副省长纸质签批").presses("记录签批")
    office.presses("记录").sees("请填写领导姓名。", "请填写签批文件的文号。", "请上传签批件扫描件。")
    office.fills("领导姓名", "王某某").fills("文号", "赣府厅批〔2021〕15号").fills("签批日期", "2021-08-30")
    office.fills("批示内容", "同意。").attaches("签批件扫描件", "省领导签批件.txt").presses("记录")
    office.sees("“同意”已记录。", "王某某", "赣府厅批〔2021〕15号", "省领导签批件.txt", "已批准")

    handler.opens("/nodes/59/").sees("暂缓", "延期生效", "记录分管副省长签批：同意")
    drama_festival.refresh_from_db()
    assert (drama_festival.state, drama_festival.current_deadline) == (State.DEFERRED, None)


def test_the_route_follows_the_proposed_date(drama_festival, visit):
    handler = visit("xinwen1").opens("/nodes/59/defer/").sees("分管副省长")
    handler.fills("拟延期至", "2021-12-01")
    handler.do(lambda page: page.keyboard.press("Tab"))
    handler.sees("延期至 2021-12-01 的签批路线", "办主任")
    plain = visit("xinwen1", javascript=False).opens("/nodes/59/defer/").fills("拟延期至", "2021-12-01")
    plain.fills("延期理由", REASON).presses("查看由谁签批").sees("延期至 2021-12-01 的签批路线")
    plain.presses("提交签批").sees("拟延期至的日期早于今天。")
    assert plain.do(lambda page: page.get_by_label("延期理由").input_value()) == REASON


def test_who_comes_second_learns_that_the_request_was_withdrawn(drama_festival, visit):
    request = builders.file_deferral(drama_festival)
    address = f"/deferrals/{request.pk}/"
    leader = visit("fuzhuren2").opens(address).sees("分管副主任（二）签批")
    visit("xinwen1").opens(address).presses("撤回申请", times=2).sees("申请已撤回。")
    leader.fills("意见", "同意。").presses("同意").sees("这一申请已撤回。")
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
