"""A node's page in use: people talk, call each other, urge, watch, and compare what was handed in."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, expect

from nodes.models import Comment, State, Watch
from tests import builders
from tests.builders import evidence_file, file_deferral, return_evidence, submit_evidence, work_node
from tests.e2e.conftest import DESK, PHONE

A_WHILE = 20_000  # milliseconds, in which an open page hears of what happened elsewhere
NARROW = (360, 740)


def sees_soon(person, text):
    """Without opening the page again."""
    person.do(lambda page: expect(page.locator("main")).to_contain_text(text, timeout=A_WHILE))


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).bounding_box()
    assert found is not None
    return dict(found)


def test_a_colleague_is_called_by_name_and_the_other_browser_shows_it(drama_festival, visit):
    reviewer, handler = visit("jixiao1").opens("/nodes/59/"), visit("xinwen1").opens("/nodes/59/")
    field = "textarea[name=comment]"

    def call(page: Page) -> None:
        page.locator(field).press_sequentially("请补签到表 @经办")
        expect(page.get_by_role("option")).to_have_count(1)
        page.locator(field).press("Enter")

    reviewer.do(call)
    assert reviewer.do(lambda page: page.locator(field).input_value()) == "请补签到表 @新闻文化处经办人 "
    reviewer.presses("发表评论").sees("绩效专班甲 评论", "@新闻文化处经办人")
    sees_soon(handler, "请补签到表")
    assert [user.username for user in Comment.objects.get().mentions.all()] == ["xinwen1"]
    handler.opens("/").sees("有人在评论中点名您")


def test_the_list_of_names_is_worked_by_keys_and_goes_away(drama_festival, visit):
    def work(page: Page) -> None:
        field = page.locator("textarea[name=comment]")
        field.press_sequentially("@绩效")
        expect(page.get_by_role("option")).to_have_count(1)  # not oneself
        field.press("Escape")
        expect(page.get_by_role("option")).to_have_count(0)
        field.press_sequentially(" 邮箱a@b @新闻")
        expect(page.get_by_role("option")).to_have_count(2)
        field.press("ArrowDown")
        chosen = page.get_by_role("option", selected=True)
        expect(chosen).to_have_count(1)
        name = chosen.get_attribute("data-name")
        field.press("Tab")
        assert field.input_value() == f"@绩效 邮箱a@b @{name} "

    visit("jixiao1").opens("/nodes/59/").do(work)


def test_without_javascript_a_name_is_called_all_the_same(drama_festival, visit):
    reviewer = visit("jixiao1", javascript=False).opens("/nodes/59/")
    reviewer.fills("评论", "@xinwen1 请补签到表。").presses("发表评论").sees("请补签到表")
    assert [user.username for user in Comment.objects.get().mentions.all()] == ["xinwen1"]
    assert reviewer.do(lambda page: page.get_by_role("button", name="打印").count()) == 0


def test_what_is_being_typed_survives_what_happens_meanwhile(drama_festival, visit):
    reviewer, handler = visit("jixiao1").opens("/nodes/59/"), visit("xinwen1").opens("/nodes/59/")
    reviewer.fills("评论", "正在写的意见")
    handler.fills("评论", "已联系场地。").presses("发表评论")
    sees_soon(reviewer, "已联系场地。")
    assert reviewer.do(lambda page: page.get_by_label("评论").first.input_value()) == "正在写的意见"


def test_a_double_click_says_it_once(drama_festival, visit):
    for javascript in (True, False):
        handler = visit("xinwen1", javascript=javascript).opens("/nodes/59/")
        handler.fills("评论", f"双击测试{javascript}").presses("发表评论", times=2)
        handler.sees(f"双击测试{javascript}")
    assert Comment.objects.count() == 2


def test_who_urges_a_second_time_is_told_when_it_is_possible_again(drama_festival, visit):
    reviewer = visit("jixiao1", javascript=False).opens("/nodes/59/")
    leader = visit("zhuren", javascript=False).opens("/nodes/59/").sees("已超期")
    reviewer.presses("催办处室").sees("已催办新闻文化处。", "已催办 1 次，最近一次由绩效专班甲于")
    reviewer.sees("起可再次催办")
    assert reviewer.do(lambda page: page.get_by_role("button", name="催办处室").count()) == 0
    leader.presses("催办处室").sees("绩效专班甲 已于", "起可再次催办")
    visit("xinwen1").opens("/").sees("请抓紧办理（催办）")
    assert builders.actions(drama_festival).count("node.urged") == 1


def test_the_signers_of_a_deferral_are_urged_from_the_node(drama_festival, visit):
    file_deferral(drama_festival)
    leader, handler = visit("fuzhuren2").opens("/nodes/59/"), visit("xinwen1").opens("/nodes/59/")
    handler.presses("催办签批").is_at("/nodes/59/?year=2021").sees("已催办签批人。", "已催办 1 次")
    sees_soon(leader, "已催办 1 次")


def test_the_state_moves_on_the_open_page(office, visit):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    handler = visit("xinwen1", size=PHONE).opens("/nodes/59/").sees("绩效办正在审核第 1 轮佐证材料")
    return_evidence(node)
    sees_soon(handler, "待新闻文化处补正后重新报送")
    handler.presses("报送佐证材料").is_at("/nodes/59/submit/?year=2021")


def test_whoever_watches_is_shown_and_told(office, visit):
    work_node(office, 59)
    outsider, handler = visit("mishu1").opens("/nodes/59/"), visit("xinwen1").opens("/nodes/59/")
    outsider.presses("关注").sees("关注人：", "秘书处经办人", "已关注节点 59")
    handler.presses("启动")
    outsider.opens("/").sees("新闻文化处已启动")
    outsider.opens("/nodes/59/").presses("取消关注").sees("尚无人关注此节点。")
    assert not Watch.objects.exists()


def test_the_newest_two_rounds_stand_beside_each_other_or_on_a_phone_below(office, visit):
    node = work_node(office, 59, state=State.IN_PROGRESS)
    for number, text in enumerate(
        ("举办活动三场。", "举办活动三场，参加120人。", "举办活动四场，参加120人。")
    ):
        day = date(2021, 6, 20 + number)
        submit_evidence(node, on=day, statement=text, files=(evidence_file(f"报告{number}.txt"),))
        if number < 2:
            return_evidence(node, on=day)

    def boxes(page: Page) -> tuple[dict[str, float], dict[str, float]]:
        return box(page, ".pair__before"), box(page, ".pair__after")

    for size in (DESK, PHONE, NARROW):
        reader = visit("jixiao1", size=size).opens("/nodes/59/").sees("最近两轮对照")
        before, after = reader.do(boxes)
        if size == DESK:
            assert before["y"] == after["y"]
            assert before["x"] < after["x"]
        else:
            assert after["y"] < before["y"]
        assert not reader.scrolls_sideways(), size
        older = reader.do(lambda page: page.locator("details.older"))
        assert reader.do(lambda page, older=older: older.locator(".round").is_visible()) is False
        reader.do(lambda page, older=older: older.locator("summary").click())
        reader.sees("举办活动三场。")


def test_paper_shows_what_is_folded_on_the_screen(office, visit):
    node = work_node(office, 59, state=State.IN_PROGRESS)
    for number in range(3):
        submit_evidence(node, statement=f"第{number}稿。")
        if number < 2:
            return_evidence(node)

    def on_paper(page: Page) -> tuple[bool, bool]:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        unfolded = page.locator("details.older").evaluate("one => one.open")
        page.evaluate("window.dispatchEvent(new Event('afterprint'))")
        return unfolded, page.locator("details.older").evaluate("one => one.open")

    reader = visit("jixiao1").opens("/nodes/59/")
    assert reader.do(on_paper) == (True, False)
    reader.do(lambda page: expect(page.get_by_role("button", name="打印")).to_be_visible())
    reader.do(lambda page: page.emulate_media(media="print"))
    reader.do(lambda page: expect(page.locator("form.talk")).to_be_hidden())
    reader.do(lambda page: expect(page.locator("#timeline")).to_be_visible())


def test_the_flow_is_drawn_with_the_place_it_stands_at(drama_festival, visit):
    request = file_deferral(drama_festival)
    for size in (DESK, NARROW):
        handler = visit("xinwen1", size=size).opens("/nodes/59/").presses("流程图")
        handler.is_at(f"/deferrals/{request.pk}/flow/").sees("当前等待", "分管副主任（二）")
        assert not handler.scrolls_sideways(), size
        handler.do(lambda page: expect(page.locator(".chart__cell--now")).to_be_visible())
    with_file = handler.do(_downloaded)
    assert with_file == "deferral.bpmn"


def _downloaded(page: Page) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 BPMN 文件").click()
    return download.value.suggested_filename
