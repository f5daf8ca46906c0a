"""The annual summary in the browser: figures show what is behind them, checks speak while somebody writes."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import expect

from nodes.models import State
from tests import builders
from tests.e2e.conftest import PHONE
from tests.summaries import ask, begin


@pytest.fixture
def summary(office):
    """One node done, one under way; the year's summary begun."""
    builders.work_node(office, 1, state=State.APPROVED, title="编制工作要点", deadline=date(2021, 6, 15))
    builders.work_node(office, 2, state=State.IN_PROGRESS, title="举办媒体吹风会")
    return begin(office)


def test_it_is_written_checked_and_signed(summary, visit):
    writer = visit("jixiao1").opens("/summary/edit/?year=2021").sees("编辑年度总结")
    figure = writer.do(lambda page: page.locator("#result a.figure").nth(1))
    box = writer.do(lambda page: page.locator(".figure-box"))
    writer.do(lambda page: figure.hover())
    writer.do(lambda page: expect(box).to_contain_text("编制工作要点"))
    writer.do(lambda page: page.mouse.move(5, 5))
    writer.do(lambda page: expect(box).to_have_count(0))
    # The same by keyboard: the focus shows it, the next Tab goes into it, Escape closes it.
    writer.do(lambda page: page.keyboard.press("Tab"))
    writer.do(lambda page: figure.evaluate("one => one.focus({ focusVisible: true })"))
    writer.do(lambda page: expect(box).to_be_visible())
    writer.do(lambda page: page.keyboard.press("Tab"))
    inside = "document.activeElement.closest('.figure-box') !== null"
    assert writer.do(lambda page: page.evaluate(inside))
    writer.do(lambda page: page.keyboard.press("Escape"))
    writer.do(lambda page: expect(box).to_have_count(0))

    writer.fills("意见建议", "建议加强培训。。")
    remark = writer.do(lambda page: page.locator("#advice .remark--error"))
    writer.do(lambda page: expect(remark).to_be_visible())
    writer.fills("意见建议", "建议加强培训。")
    writer.do(lambda page: expect(remark).to_have_count(0))
    writer.presses("保存新版本").sees("已保存为第2版")

    ask(summary)
    head = visit("zhuren", size=PHONE).opens("/").sees("待签发的年度总结")
    head.presses("阅签").sees("建议加强培训。", "签发定稿")
    assert not head.scrolls_sideways()
    head.presses("签发定稿").presses("立即提交").sees("总结已签发定稿")
