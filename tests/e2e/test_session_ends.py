"""Somebody is logged out in the middle of their work: the page says so, and no word is lost."""

from __future__ import annotations

from datetime import date
from urllib.parse import urljoin

from playwright.sync_api import Page, expect

from approvals.models import Decision
from nodes.models import Draft, State
from tests import builders
from tests.e2e.conftest import PASSWORD, PHONE, Person

SOON = 20_000  # milliseconds, within which an open page has noticed
STATEMENT = "2021年6月在南昌举行汤显祖戏剧节，形成报告并上报备案。"
LOGGED_OUT = "您已退出登录"


def beside(person: Person, username: str = "") -> None:
    """In another tab of the same browser: log out, or log in again as somebody."""

    def do(page: Page) -> None:
        tab = page.context.new_page()
        tab.goto(urljoin(page.url, "/login/" if username else "/"))
        if not username:
            tab.locator(".person summary").click()
            tab.get_by_role("button", name="退出").click()
            tab.wait_for_url("**/login/**")
        else:
            tab.get_by_label("用户名").fill(username)
            tab.get_by_label("密码").fill(PASSWORD)
            tab.get_by_role("button", name="登录", exact=True).click()
            tab.wait_for_url(lambda url: "/login" not in url)
        tab.close()
        page.bring_to_front()

    person.do(do)


def is_told(person: Person) -> Person:
    """By the page itself, within some seconds."""
    person.do(lambda page: expect(page.locator("[data-logged-out]")).to_be_visible(timeout=SOON))
    return person


def test_evidence_that_is_being_written_is_handed_in_after_logging_in_beside_it(drama_festival, visit):
    handler = visit("xinwen1").opens("/nodes/59/submit/").fills("完成日期", "2021-06-30")
    beside(handler)
    is_told(handler).fills("完成情况说明", STATEMENT).sees("草稿未能保存", LOGGED_OUT)
    handler.attaches("佐证文件", "报告.txt").sees("登录已失效").presses("报送绩效办")
    handler.is_at("/nodes/59/submit/")
    beside(handler, "xinwen1")
    handler.presses("重试").sees("已上传").presses("报送绩效办")
    handler.sees("节点 59 的佐证材料已报送绩效办。", "第 1 轮", "报告.txt")
    assert drama_festival.submissions.get().statement == STATEMENT
    assert not Draft.objects.exists()


def test_what_is_sent_without_a_session_comes_back_to_be_copied(office, drama_festival, visit):
    handed_in = builders.work_node(office, 30, state=State.EVIDENCE_SUBMITTED)
    address = f"/reviews/{handed_in.current_submission_id}/"
    reviewer = visit("jixiao1").opens(address).fills("意见", "数据有误，请核实。")
    beside(reviewer)
    reviewer.presses("退回补正").sees(LOGGED_OUT, "没有保存")
    assert reviewer.do(lambda page: page.get_by_label("意见").input_value()) == "数据有误，请核实。"
    reviewer.presses("登录").fills("用户名", "jixiao1").fills("密码", PASSWORD).presses("登录").is_at(address)
    reviewer.fills("意见", "数据有误，请核实。").presses("退回补正").sees("节点 30 已退回。")
    assert builders.actions(handed_in).count("evidence.returned") == 1


def test_a_press_without_a_word_is_not_taken_for_done(drama_festival, visit):
    reviewer = visit("jixiao1", javascript=False).opens("/nodes/59/")
    reviewer.do(lambda page: page.context.clear_cookies(name="sessionid"))
    reviewer.presses("催办处室").sees(LOGGED_OUT, "没有保存")
    assert "node.urged" not in builders.actions(drama_festival)
    reviewer.presses("登录").fills("用户名", "jixiao1").fills("密码", PASSWORD).presses("登录")
    reviewer.is_at("/nodes/59/").presses("催办处室").sees("已催办新闻文化处。")


def test_a_decision_held_when_the_session_ends_is_not_lost_and_not_believed_made(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=date(2021, 11, 20))
    address = f"/deferrals/{request.pk}/"
    leader = visit("fuzhuren2", size=PHONE).opens(address).fills("意见", "同意，请抓紧。").presses("同意")
    leader.sees("秒后提交：同意")
    leader.do(lambda page: page.context.clear_cookies(name="sessionid"))
    leader.presses("立即提交").sees(LOGGED_OUT)
    assert leader.do(lambda page: page.get_by_label("意见").input_value()) == "同意，请抓紧。"
    assert Decision.objects.count() == 0
    leader.presses("登录").fills("用户名", "fuzhuren2").fills("密码", PASSWORD).presses("登录").is_at(address)
    leader.presses("同意").presses("立即提交").sees("“同意”已记录。")
    assert Decision.objects.count() == 1


def test_who_comes_back_to_a_decision_sent_without_a_session_sees_that_it_was_not_made(drama_festival, visit):
    request = builders.file_deferral(drama_festival, new_due=date(2021, 11, 20))
    leader = visit("fuzhuren2", size=PHONE).opens(f"/deferrals/{request.pk}/").presses("同意")
    leader.sees("秒后提交：同意")
    leader.do(lambda page: page.context.clear_cookies(name="sessionid"))
    for state in ("hidden", "visible"):
        leader.do(lambda page, state=state: page.evaluate(SEEN, state))
    leader.sees(LOGGED_OUT)
    assert Decision.objects.count() == 0


SEEN = """state => {
    Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_an_open_page_says_that_it_is_no_longer_kept_fresh(drama_festival, visit):
    reader = visit("zhuren").opens("/nodes/59/")
    beside(reader)
    is_told(reader)
    beside(reader, "zhuren")
    reader.do(lambda page: page.evaluate(SEEN, "visible"))
    reader.do(lambda page: expect(page.locator("[data-logged-out]")).to_be_hidden(timeout=SOON))
