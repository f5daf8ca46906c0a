"""The catalogue, the search and the keys, in the browser."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from nodes.models import State
from tests import builders
from tests.e2e.conftest import PHONE, Person
from workflow.models import Office

pytestmark = pytest.mark.usefixtures("year")


@pytest.fixture
def year(office: Office) -> Office:
    """Four nodes under two indicators of the first level, one of them done, one of another division."""
    builders.work_node(office, 1, title="召开友城大会", state=State.APPROVED)
    builders.work_node(office, 2, title="编制友城规划", deadline=date(2021, 12, 31))
    builders.work_node(office, 3, title="举办戏剧节", level1="对外宣介", level2="文化交流")
    builders.work_node(
        office, 4, title="=维护账号", level1="对外宣介", level2="网络平台",
        lead_division=builders.OTHER_DIVISION,
    )  # fmt: skip
    return office


def listed(person: Person) -> list[str]:
    """The numbers of the nodes that can be seen."""
    return person.do(
        lambda page: page.locator("[data-keys-item] .table__number").filter(visible=True).all_inner_texts()
    )


def shows(person: Person, *numbers: str) -> None:
    """The list comes to show exactly these nodes."""
    found = "[data-keys-item]:visible .table__number"
    person.do(lambda page: expect(page.locator(found)).to_have_text(list(numbers)))


def address(person: Person) -> str:
    return unquote(person.do(lambda page: page.url).split("8000")[-1].split("/", 3)[-1])


def focused(person: Person) -> Any:
    return person.do(
        lambda page: page.evaluate("document.activeElement.textContent || document.activeElement.id")
    )


def types(person: Person, *keys: str) -> Person:
    person.do(lambda page: page.wait_for_load_state())  # the keys work once the page is whole
    for key in keys:
        person.do(lambda page, key=key: page.keyboard.press(key))
    return person


def chooses(person: Person, label: str, option: str) -> None:
    person.do(lambda page: page.get_by_label(label, exact=True).select_option(label=option))


def test_a_filter_stays_in_the_address_and_the_back_button_undoes_it(visit):
    handler = visit("xinwen1").opens("/nodes/")
    handler.do(lambda page: page.evaluate("window.untouched = true"))
    chooses(handler, "责任处室", builders.OTHER_DIVISION)
    shows(handler, "4")
    handler.sees("共 1 个节点").fills("查找", "友城").sees("没有符合条件的工作节点")
    assert handler.do(lambda page: page.evaluate("window.untouched"))
    chooses(handler, "责任处室", "全部")
    shows(handler, "1", "2")
    assert address(handler).endswith("nodes/?q=友城")
    handler.do(lambda page: page.reload())
    shows(handler, "1", "2")
    assert handler.do(lambda page: page.get_by_label("查找").input_value()) == "友城"
    handler.do(lambda page: page.locator("#light-done_on_time, #light-done_late").click())
    shows(handler, "1")
    handler.do(lambda page: page.go_back())
    shows(handler, "1", "2")
    handler.presses("清除筛选")
    shows(handler, "1", "2", "3", "4")


def test_a_view_is_saved_used_and_deleted(visit):
    handler = visit("xinwen1").opens("/nodes/").fills("查找", "友城")
    shows(handler, "1", "2")
    handler.do(lambda page: page.get_by_text("保存当前筛选").click())
    handler.presses("保存").sees("请填写视图名称。").fills("视图名称", "友城工作").presses("保存", times=2)
    handler.sees("视图“友城工作”已保存。").opens("/nodes/").presses("友城工作")
    shows(handler, "1", "2")
    handler.do(lambda page: page.get_by_label("删除视图“友城工作”").click())
    handler.sees("确定删除视图“友城工作”吗？").presses("删除").sees("视图已删除。")
    handler.do(lambda page: expect(page.get_by_role("link", name="友城工作")).to_have_count(0))
    shows(handler, "1", "2")


def test_groups_fold_by_mouse_and_keys_and_stay_folded(visit):
    leader = visit("fuzhuren2").opens("/nodes/")
    top = leader.do(lambda page: page.get_by_role("button", name="对外宣介"))
    leader.do(lambda page: top.click())
    shows(leader, "1", "2")
    leader.do(lambda page: expect(top).to_have_attribute("aria-expanded", "false"))
    leader.do(lambda page: page.reload())
    shows(leader, "1", "2")
    leader.fills("查找", "戏剧节").sees("共 1 个节点")
    shows(leader)
    leader.do(lambda page: top.focus())
    types(leader, "Enter")
    shows(leader, "3")
    leader.opens("/nodes/").presses("全部收起")
    shows(leader)
    leader.sees("共 2 个，完成 1 个（50%）").presses("全部展开")
    shows(leader, "1", "2", "3", "4")


def test_the_workbook_holds_exactly_the_filtered_rows(visit):
    reviewer = visit("jixiao1").opens("/nodes/").fills("查找", "对外宣介")
    shows(reviewer, "3", "4")

    def download(page: Page) -> bytes:
        with page.expect_download() as coming:
            page.get_by_role("link", name="导出 Excel").click()
        return coming.value.path().read_bytes()

    rows = list(load_workbook(BytesIO(reviewer.do(download))).active.values)
    assert [(row[0], row[5]) for row in rows[1:]] == [(3, "举办戏剧节"), (4, "=维护账号")]


def test_the_list_is_walked_by_keys(visit):
    handler = visit("xinwen1").opens("/nodes/")
    types(handler, "j")
    assert focused(handler) == "召开友城大会"
    types(handler, "j", "j", "k")
    assert focused(handler) == "编制友城规划"
    types(handler, "f", "j")
    assert handler.do(lambda page: page.get_by_label("查找").input_value()) == "j"
    handler.sees("没有符合条件的工作节点").fills("查找", "")
    shows(handler, "1", "2", "3", "4")
    types(handler, "Escape", "j", "Enter")
    handler.do(lambda page: page.wait_for_url("**/nodes/*/?year=2021"))


def test_the_search_is_reached_by_a_key_and_answers_while_one_types(visit):
    handler = visit("xinwen1").opens("/nodes/")
    types(handler, "/")
    assert focused(handler) == "shell-search"
    handler.do(lambda page: page.keyboard.type("戏剧节"))
    types(handler, "Enter").sees("举办戏剧节")
    types(handler, "/")
    handler.do(lambda page: page.keyboard.type("友城"))
    handler.sees("编制友城规划").does_not_see("举办戏剧节")
    assert address(handler).endswith("search/?q=友城")
    types(handler, "Escape", "j", "j")
    assert focused(handler) == "2编制友城规划"
    types(handler, "/")
    handler.do(lambda page: page.keyboard.type("3"))
    handler.sees("打开 2021 年节点 3").presses("打开 2021 年节点 3").is_at("/nodes/3/?year=2021")


def test_the_keys_are_explained_and_lead_everywhere(visit):
    reviewer = visit("jixiao1").opens("/nodes/")
    dialog = reviewer.do(lambda page: page.get_by_role("dialog", name="键盘快捷键"))
    types(reviewer, "?")
    reviewer.do(lambda page: expect(dialog).to_contain_text("审核页"))
    types(reviewer, "g", "i", "Escape")
    reviewer.do(lambda page: expect(dialog).to_be_hidden())
    reviewer.is_at("/nodes/")
    for key, place in {
        "r": "/reviews/",
        "d": "/deferrals/",
        "b": "/dashboard/",
        "n": "/nodes/",
        "i": "/",
    }.items():
        types(reviewer, "g", key).is_at(place)
        reviewer.do(lambda page: page.wait_for_load_state())
    reviewer.do(lambda page: page.locator(".person summary").click())
    reviewer.do(lambda page: page.get_by_role("button", name="键盘快捷键").click())
    reviewer.do(lambda page: expect(dialog).to_be_visible())


def test_without_scripts_all_is_open_and_works(visit):
    handler = visit("xinwen1", javascript=False).opens("/nodes/")
    shows(handler, "1", "2", "3", "4")
    handler.do(lambda page: expect(page.get_by_role("button", name="全部收起")).to_be_hidden())
    handler.do(lambda page: expect(page.get_by_role("button", name="对外宣介")).to_be_hidden())
    handler.fills("查找", "友城").presses("筛选")
    shows(handler, "1", "2")
    handler.do(lambda page: page.get_by_text("保存当前筛选").click())
    handler.fills("视图名称", "友城").presses("保存").sees("视图“友城”已保存。")
    handler.opens("/search/").fills("查找内容", "戏剧节").presses("搜索").sees("举办戏剧节")


def test_on_a_phone_rows_are_cards_and_the_filter_waits(visit):
    leader = visit("fuzhuren2", size=PHONE).opens("/nodes/")
    assert not leader.scrolls_sideways()
    leader.do(lambda page: expect(page.get_by_label("责任处室", exact=True)).to_be_hidden())
    leader.do(lambda page: page.get_by_text("更多筛选").click())
    chooses(leader, "责任处室", builders.OTHER_DIVISION)
    shows(leader, "4")
    leader.opens("/search/?q=友城").sees("编制友城规划")
    assert not leader.scrolls_sideways()


def test_an_open_list_learns_what_happened(office, visit):
    leader = visit("fuzhuren2").opens("/nodes/?state=planned")
    shows(leader, "2", "3", "4")
    builders.start(office_node(office, 2))
    found = "[data-keys-item]:visible .table__number"
    leader.do(lambda page: expect(page.locator(found)).to_have_text(["3", "4"], timeout=20_000))
    leader.sees("共 2 个节点")


def office_node(office: Office, number: int) -> Any:
    return office.cycles.get().nodes.select_related("office", "lead_division").get(number=number)
