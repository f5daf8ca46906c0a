"""Evidence, from the start of the work to its approval, in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from nodes.models import EvidenceSubmission, State
from tests import builders
from tests.e2e.conftest import PHONE

STATEMENT = "已于六月在南昌举行汤显祖戏剧节和外事参观点授牌活动三场，形成报告并上报备案。"
FLAWED = "六月举行汤显祖戏剧节活动3场，参加  人次，效果良好。。"


def test_a_node_from_its_start_to_its_approval(office, visit):
    node = builders.work_node(office, 30, title="做好外事参观点授牌工作")
    handler, reviewer = visit("xinwen1"), visit("jixiao1")

    handler.opens("/nodes/30/").sees("未启动").presses("启动").sees("节点 30 已启动。")
    handler.presses("报送佐证材料").fills("完成情况说明", STATEMENT).fills("完成日期", "2021-06-30")
    handler.attaches("佐证文件", "总结报告.txt", "活动图片说明.txt").presses("报送绩效办")
    handler.sees("节点 30 的佐证材料已报送绩效办。", "第 1 轮", "总结报告.txt", "活动图片说明.txt")

    reviewer.opens("/").sees("待审核", "做好外事参观点授牌工作").presses("审核")
    reviewer.sees(STATEMENT).presses("退回补正").sees("请写明需要补正的内容。")
    reviewer.fills("意见", "请补充参加人次。").presses("退回补正").sees("节点 30 已退回。")

    handler.opens("/").sees("被退回", "被退回，待补正")
    handler.opens("/nodes/30/submit/").sees("请补充参加人次。", STATEMENT)
    handler.fills("完成情况说明", STATEMENT + "参加120人次。").attaches("佐证文件", "签到表.txt")
    handler.presses("报送绩效办").sees("第 2 轮")

    reviewer.opens("/reviews/").presses("审核").sees("参加120人次").presses("审核通过")
    reviewer.sees("节点 30 已审核通过。").presses("查看该节点")
    reviewer.sees("按期完成", "审核通过第 2 轮佐证材料")
    node.refresh_from_db()
    assert (node.state, node.returns) == (State.APPROVED, 1)
    assert builders.actions(node)[-5:] == [
        "node.started", "evidence.submitted", "evidence.returned", "evidence.submitted", "evidence.approved",
    ]  # fmt: skip


def test_the_check_of_the_statement_is_read_before_the_files_are_sent(drama_festival, visit):
    handler, reviewer = visit("xinwen1"), visit("jixiao1")
    handler.opens("/nodes/59/submit/").fills("完成情况说明", FLAWED).fills("完成日期", "2021-06-30")
    handler.sees("疑似漏填数字", "标点重复").attaches("佐证文件", "报告.txt").presses("报送绩效办")
    handler.is_at("/nodes/59/submit/").ticks("我已看过上述提示").presses("报送绩效办").sees(
        "第 1 轮", "报告.txt"
    )
    reviewer.opens("/reviews/").sees("2 处文字提示").presses("审核").sees("文字检查提示", "疑似漏填数字")


def test_without_javascript_the_check_can_come_before_the_files(drama_festival, visit):
    handler = visit("xinwen1", javascript=False)
    handler.opens("/nodes/59/submit/").fills("完成情况说明", FLAWED).fills("完成日期", "2021-06-30")
    handler.presses("选择文件前先检查说明").sees("疑似漏填数字").attaches("佐证文件", "报告.txt")
    handler.presses("报送绩效办").sees("请修改说明，或勾选确认按现文报送。", "请重新选择文件")
    handler.ticks("我已看过上述提示").attaches("佐证文件", "报告.txt").presses("报送绩效办")
    handler.sees("第 1 轮", "报告.txt")


def test_a_double_click_is_one_act(drama_festival, visit):
    for javascript in (True, False):
        handler = visit("xinwen1", javascript=javascript)
        handler.opens("/nodes/59/submit/").fills("完成情况说明", STATEMENT).fills("完成日期", "2021-06-30")
        handler.attaches("佐证文件", "报告.txt").presses("报送绩效办", times=2)
        handler.sees("节点 59 的佐证材料已报送绩效办。")
        handler.presses("撤回佐证材料", times=2).sees("节点 59 的佐证材料已撤回，可重新报送。")
    assert drama_festival.submissions.count() == 2


def test_of_two_reviewers_the_second_sees_who_decided_and_keeps_the_words(office, visit):
    node = builders.work_node(office, 30, state=State.EVIDENCE_SUBMITTED)
    address = f"/reviews/{node.current_submission_id}/"
    first, second = visit("jixiao1").opens(address), visit("jixiao2", size=PHONE).opens(address)
    first.presses("审核通过").sees("节点 30 已审核通过。")
    second.fills("意见", "数据有误，请核实。").presses("退回补正")
    second.sees("绩效专班甲", "审核通过", "您的提交没有生效")
    assert second.do(lambda page: page.get_by_label("意见").input_value()) == "数据有误，请核实。"
    second.presses("查看最新情况").is_at(address).sees("绩效专班甲")
    assert node.submissions.get().outcome == EvidenceSubmission.Outcome.APPROVED


def test_a_filter_stays_in_the_address(office, visit):
    builders.work_node(office, 1, title="编制规划", state=State.IN_PROGRESS)
    builders.work_node(office, 2, title="印发要点")
    for javascript in (True, False):
        reader = visit("zhuren", javascript=javascript).opens("/nodes/").sees("编制规划", "印发要点")
        reader.do(lambda page: page.get_by_label("状态").select_option(label="进行中"))
        if not javascript:
            reader.presses("筛选")
        reader.does_not_see("印发要点").sees("编制规划")
        assert "state=in_progress" in reader.do(lambda page: page.url)
        reader.do(lambda page: page.reload())
        reader.does_not_see("印发要点")


def test_a_check_that_answers_while_the_mouse_is_down_does_not_lose_the_click(drama_festival, visit):
    handler = visit("xinwen1").opens("/nodes/59/submit/").fills("完成日期", "2021-06-30")
    handler.attaches("佐证文件", "报告.txt")
    handler.do(lambda page: press_until_the_check_answers(page, FLAWED))
    handler.sees("疑似漏填数字").is_at("/nodes/59/submit/")
    handler.do(lambda page: expect(page.get_by_label("我已看过上述提示")).to_be_focused())
    # The hint would go away and the button move up.
    handler.do(lambda page: press_until_the_check_answers(page, STATEMENT))
    handler.sees("节点 59 的佐证材料已报送绩效办。", "第 1 轮")


def press_until_the_check_answers(page: Page, statement: str) -> None:
    """Type, go straight to the button, and hold it down until the text check has answered."""
    with page.expect_response("**/check/**") as answer:
        page.get_by_label("完成情况说明").fill(statement)
        page.get_by_role("button", name="报送绩效办").hover()
        page.mouse.down()
    answer.value.finished()
    page.evaluate("() => new Promise((resolve) => setTimeout(() => requestAnimationFrame(resolve)))")
    page.mouse.up()


def test_enter_sends_the_form_without_javascript_too(drama_festival, visit):
    handler = visit("xinwen1", javascript=False)
    handler.opens("/nodes/59/submit/").fills("完成情况说明", STATEMENT).attaches("佐证文件", "报告.txt")
    handler.fills("完成日期", "2021-06-30").do(lambda page: page.get_by_label("完成日期").press("Enter"))
    handler.sees("节点 59 的佐证材料已报送绩效办。")
