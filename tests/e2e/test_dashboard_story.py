"""The board in the browser: from a number to its list, from a day to its nodes, on a phone and on paper."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from nodes.models import State
from tests import builders
from tests.builders import OTHER_DIVISION
from tests.e2e.conftest import PHONE


@pytest.fixture
def a_year(office):
    """Three nodes of two divisions: done, waiting for review, and not begun."""
    builders.work_node(office, 1, state=State.APPROVED, title="编制工作要点", deadline=date(2021, 6, 15))
    builders.work_node(office, 2, state=State.EVIDENCE_SUBMITTED, title="举办媒体吹风会")
    builders.work_node(office, 3, title="印发年度计划", lead_division=OTHER_DIVISION)
    return office


def test_a_leader_goes_from_a_number_to_its_list(a_year, visit):
    leader = visit("zhuren").opens("/dashboard/").sees("年度概览", "办结率 33.3%", "待审核", "举办媒体吹风会")
    leader.do(lambda page: page.locator("dl.numbers a").nth(1).click())
    leader.sees("编制工作要点").does_not_see("印发年度计划")
    leader.opens("/dashboard/")
    leader.do(lambda page: page.get_by_role("link", name="秘书处", exact=True).first.click())
    leader.sees("印发年度计划").does_not_see("编制工作要点")


def test_a_day_of_the_calendar_opens_its_nodes(a_year, visit):
    reader = visit("mishu1").opens("/dashboard/")
    reader.do(lambda page: page.locator("#board-months a[href='#due-0615']").click())
    row = reader.do(lambda page: page.locator("#due-0615"))
    assert reader.do(lambda page: row.is_visible())
    reader.do(lambda page: row.get_by_role("link", name="1", exact=True).click())
    reader.sees("编制工作要点")


def test_everybody_narrows_the_board_and_the_address_remembers_it(a_year, visit):
    handler = visit("xinwen1", javascript=False).opens("/dashboard/").presses("我的处室")
    handler.sees("2021 · 新闻文化处").does_not_see("印发年度计划")
    address = handler.do(lambda page: page.url)
    assert "division=" in address
    assert "year=2021" in address
    handler.presses("全办").sees("印发年度计划")


def test_on_a_phone_only_the_bars_scroll_sideways(a_year, visit):
    leader = visit("fuzhuren2", size=PHONE).opens("/dashboard/").sees("我分管的", "全年进度甘特图")
    assert not leader.scrolls_sideways()
    assert leader.do(
        lambda page: page.locator("#board-gantt").evaluate("box => box.scrollWidth > box.clientWidth")
    )


def test_every_drawing_has_a_name_and_a_table(a_year, visit):
    reader = visit("zhuren").opens("/dashboard/")
    names = reader.do(
        lambda page: page.locator("svg.chart").evaluate_all(
            "all => all.map(one => one.querySelector('title').textContent)"
        )
    )
    assert len(names) == 4 + 12
    assert all(names)
    assert reader.do(lambda page: page.locator(".panel details table").count()) == 5
    for place in range(5):
        reader.do(
            lambda page, place=place: page.locator(".panel details").nth(place).locator("summary").click()
        )
        assert reader.do(
            lambda page, place=place: page.locator(".panel details table").nth(place).is_visible()
        )


def test_the_page_is_fresh_when_somebody_decides(a_year, visit):
    reader = visit("zhuren").opens("/dashboard/").sees("办结率 33.3%")
    builders.approve_evidence(a_year.cycles.get().nodes.get(number=2))
    # The page asks every few seconds.
    reader.do(lambda page: expect(page.locator("#board-numbers")).to_contain_text("66.7%", timeout=20_000))


def test_the_pdf_and_the_picture_are_saved_with_a_name(a_year, visit):
    reader = visit("zhuren").opens("/dashboard/")
    for name, ending in (("PDF（可打印）", ".pdf"), ("图片", ".png")):
        assert reader.do(lambda page, name=name: _saved(page, name)).endswith(ending)


def _saved(page, name: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return download.value.suggested_filename
