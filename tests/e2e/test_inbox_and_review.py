"""The inbox and the queue of reviews in the browser: by key, by two at once, several with one click."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from nodes.models import State, WorkNode
from tests import builders
from tests.e2e.conftest import PHONE, Person
from workflow.models import Office

SOON = 20_000  # milliseconds, within which an open page has noticed


@pytest.fixture
def handed_in(office: Office) -> list[WorkNode]:
    """Three nodes that wait for review, 1 the longest."""
    return [
        builders.work_node(office, number, title=f"编制规划{number}", state=State.EVIDENCE_SUBMITTED)
        for number in (1, 2, 3)
    ]


def states(nodes: list[WorkNode]) -> list[str]:
    for node in nodes:
        node.refresh_from_db()
    return [node.state for node in nodes]


def types(person: Person, *keys: str) -> Person:
    person.do(lambda page: page.wait_for_load_state())
    for key in keys:
        person.do(lambda page, key=key: page.keyboard.press(key))
    return person


def ticks(person: Person, *numbers: int) -> Person:
    for number in numbers:
        person.do(lambda page, number=number: page.get_by_label(f"勾选节点 {number}", exact=True).check())
    return person


def is_titled(person: Person, start: str) -> None:
    person.do(lambda page: expect(page).to_have_title(re.compile(re.escape(start)), timeout=SOON))


def in_time_sees(person: Person, *texts: str) -> None:
    """By itself, without a reload."""
    for text in texts:
        person.do(lambda page, text=text: expect(page.locator("main")).to_contain_text(text, timeout=SOON))


def in_time_misses(person: Person, text: str) -> None:
    person.do(lambda page: expect(page.locator("main")).not_to_contain_text(text, timeout=SOON))


def test_the_whole_queue_by_keys_alone(handed_in, visit):
    reviewer = visit("jixiao1").opens("/reviews/").sees("编制规划3")
    types(reviewer, "j", "j", "k", "Enter").sees("第 1 / 3 项", "编制规划1")
    types(reviewer, "j").sees("第 2 / 3 项")
    types(reviewer, "k").sees("第 1 / 3 项")
    types(reviewer, "a", "Enter").sees("节点 1 已审核通过。", "第 1 / 2 项", "编制规划2")
    types(reviewer, "r")
    reviewer.do(lambda page: expect(page.get_by_label("意见", exact=True)).to_be_focused())
    reviewer.do(lambda page: page.keyboard.insert_text("缺少签到表。"))
    types(reviewer, "a").sees("编制规划2")  # a letter of the text, no key
    types(reviewer, "Escape", "r", "Enter").sees("节点 2 已退回。", "第 1 / 1 项", "编制规划3")
    types(reviewer, "a", "Enter").sees("节点 3 已审核通过。", "没有待审核的材料").is_at("/reviews/")
    assert states(handed_in) == [State.APPROVED, State.IN_PROGRESS, State.APPROVED]
    assert handed_in[1].submissions.get().opinion == "缺少签到表。a"


def test_a_phrase_goes_into_the_opinion_once(handed_in, visit):
    reviewer = visit("jixiao1").opens(f"/reviews/{handed_in[0].current_submission_id}/")
    opinion = reviewer.do(lambda page: page.get_by_label("意见", exact=True))
    for phrase in ("佐证材料缺少签到表。", "数据与附件不一致。", "数据与附件不一致。"):
        reviewer.presses(phrase)
    assert reviewer.do(lambda _page: opinion.input_value()) == "佐证材料缺少签到表。\n数据与附件不一致。"
    reviewer.presses("退回补正").sees("节点 1 已退回。")
    reviewer.presses("查看该节点").sees("数据与附件不一致。")


def test_of_two_reviewers_the_second_learns_it_and_keeps_the_words(handed_in, visit):
    address = f"/reviews/{handed_in[0].current_submission_id}/"
    first, second = visit("jixiao1").opens(address), visit("jixiao2", size=PHONE).opens(address)
    second.fills("意见", "人数有误，请核实。")
    first.presses("审核通过").sees("节点 1 已审核通过。", "编制规划2")
    in_time_sees(second, "节点页面", "绩效专班甲")  # without a reload, and with the words still there
    assert second.do(lambda page: page.get_by_label("意见", exact=True).input_value()) == "人数有误，请核实。"
    second.presses("退回补正").sees("绩效专班甲", "您的提交没有生效")
    assert second.do(lambda page: page.get_by_label("意见").input_value()) == "人数有误，请核实。"
    assert not second.scrolls_sideways()


@pytest.mark.parametrize("javascript", [True, False])
def test_several_are_approved_after_a_look_ahead(handed_in, visit, javascript):
    reviewer = visit("jixiao1", javascript=javascript).opens("/")
    ticks(reviewer, 1, 2, 3).presses("批量审核通过…" if not javascript else "批量审核通过… 3")
    reviewer.sees("以下 3 项将审核通过", "编制规划2", "完成日期", "按期完成")
    builders.return_evidence(handed_in[1], by="jixiao2", opinion="数据有误。")
    reviewer.presses("审核通过 3 项", times=2)
    reviewer.sees("已审核通过 2 项：节点 1、3。", "节点 2“编制规划2”未审核通过")
    reviewer.sees("绩效专班乙", "没有待审核的材料")
    assert states(handed_in) == [State.APPROVED, State.IN_PROGRESS, State.APPROVED]
    assert [builders.actions(node).count("evidence.approved") for node in handed_in] == [1, 0, 1]


def test_ticks_stay_when_somebody_else_decides(handed_in, visit):
    first, second = visit("jixiao1").opens("/"), visit("jixiao2").opens("/")
    ticks(first, 1, 3)
    second.opens(f"/reviews/{handed_in[0].current_submission_id}/").presses("审核通过").sees("已审核通过")
    in_time_misses(first, "编制规划1")
    first.do(lambda page: expect(page.get_by_label("勾选节点 3", exact=True)).to_be_checked())
    first.presses("批量审核通过… 1").sees("以下 1 项将审核通过", "编制规划3")


def test_what_waits_is_counted_anew_in_every_open_window(handed_in, visit):
    watcher = visit("jixiao2").opens("/").sees("编制规划1", "待审核3")
    handler = visit("xinwen1").opens("/?box=sent").sees("待审核")
    is_titled(watcher, "(3) ")
    places = watcher.do(lambda page: page.get_by_role("navigation", name="导航"))
    visit("jixiao1").opens(f"/reviews/{handed_in[0].current_submission_id}/").presses("审核通过")
    in_time_misses(watcher, "编制规划1")
    watcher.sees("待审核2")
    is_titled(watcher, "(2) ")
    watcher.do(lambda _page: expect(places).to_contain_text("2"))
    in_time_sees(handler, "审核通过", "绩效专班甲")


def test_a_notice_is_read_by_opening_it(handed_in, visit):
    for node in handed_in[:2]:
        builders.approve_evidence(node)
    handler = visit("xinwen1", size=PHONE).opens("/?box=copied").sees("节点 1", "节点 2")
    assert not handler.scrolls_sideways()
    handler.do(lambda page: page.get_by_role("button", name="节点 1").click())
    handler.sees("编制规划1", "审核通过第 1 轮佐证材料")
    handler.opens("/?box=copied").does_not_see("编制规划1").sees("编制规划2")
    handler.presses("全部标为已读").sees("没有未读通知")
    handler.presses("已读").sees("编制规划1", "编制规划2")


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_scrolls_sideways(handed_in, visit, width):
    builders.return_evidence(handed_in[2], opinion="缺少签到表。")
    builders.submit_evidence(handed_in[2], statement=builders.STATEMENT + "参加120人次。")
    reviewer = visit("jixiao1", size=(width, 800))
    addresses = [f"/?box={box}" for box in ("todo", "sent", "copied", "done")]
    ids = [node.current_submission_id for node in handed_in]
    addresses += ["/reviews/", *(f"/reviews/{pk}/" for pk in ids)]
    addresses.append("/reviews/approve/?" + "&".join(f"id={pk}" for pk in ids))
    for address in addresses:
        assert not reviewer.opens(address).scrolls_sideways(), address


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.textContent")


def test_the_focus_stays_when_the_list_is_brought_up_to_date(handed_in, visit):
    reader = visit("jixiao2").opens("/reviews/")
    types(reader, "j", "j")
    assert "编制规划2" in reader.do(focused)
    builders.approve_evidence(handed_in[0])
    in_time_misses(reader, "编制规划1")
    assert "编制规划2" in reader.do(focused)
