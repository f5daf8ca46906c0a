"""Files on their way, drafts, and a look at files, in the browser."""

from __future__ import annotations

import pymupdf
from playwright.sync_api import Page, Route, expect

from nodes.models import Draft, EvidenceSubmission, State, Upload
from tests import builders
from tests.e2e.conftest import PHONE

STATEMENT = "2021年6月在南昌举行汤显祖戏剧节，形成报告并上报备案。"
MIB = 1024 * 1024
DROP = """names => {
    const carried = new DataTransfer();
    names.forEach((name) => carried.items.add(new File([`${name}的内容`], name, { type: "text/plain" })));
    return carried;
}"""


def drop(page: Page, *names: str) -> None:
    carried = page.evaluate_handle(DROP, list(names))
    page.dispatch_event("[data-drop]", "dragover", {"dataTransfer": carried})
    page.dispatch_event("[data-drop]", "drop", {"dataTransfer": carried})


def choose(page: Page, name: str, content: bytes) -> None:
    page.get_by_label("佐证文件").set_input_files(
        [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
    )


def row(page: Page, name: str):
    return page.locator("[data-uploads] li").filter(has_text=name)


def a_pdf(pages: int = 2) -> bytes:
    with pymupdf.open() as document:
        for number in range(pages):
            document.new_page().insert_text((72, 72), f"Page {number + 1}")
        return document.tobytes()


def a_picture() -> bytes:
    return pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 40, 30)).tobytes("png")


def test_two_files_are_dropped_and_handed_in(drama_festival, visit):
    handler = visit("xinwen1", size=PHONE).opens("/nodes/59/submit/").fills("完成情况说明", STATEMENT)
    handler.fills("完成日期", "2021-06-30").do(lambda page: drop(page, "报告.txt", "签到表.txt"))
    for name in ("报告.txt", "签到表.txt"):
        handler.do(lambda page, name=name: expect(row(page, name)).to_contain_text("已上传"))
        handler.do(
            lambda page, name=name: expect(row(page, name).get_by_role("progressbar")).to_have_attribute(
                "value", "100"
            )
        )
    assert not handler.scrolls_sideways()
    handler.presses("报送绩效办").sees("第 1 轮", "报告.txt", "签到表.txt")
    assert drama_festival.submissions.get().files.count() == 2
    assert not Upload.objects.exists()


def test_a_lost_connection_costs_a_piece_and_not_the_file(drama_festival, visit):
    """The line breaks after the first piece, twice; the file goes on there and is handed in whole."""
    content = "第一季度总结。\n".encode() * (3 * MIB // 20)
    offsets: list[str] = []

    def cut(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "")
        offsets.append(offset)
        if offset == str(MIB) and offsets.count(offset) <= 2:
            route.abort()
        else:
            route.continue_()

    handler = visit("xinwen1").opens("/nodes/59/submit/").fills("完成情况说明", STATEMENT)
    handler.fills("完成日期", "2021-06-30")
    handler.do(lambda page: page.route("**/uploads/*-*/**", cut))
    handler.do(lambda page: choose(page, "总结.txt", content))
    handler.sees("连接中断，正在重试。").presses("重试")
    handler.presses("报送绩效办").sees("第 1 轮", "总结.txt")
    (attachment,) = drama_festival.submissions.get().files.all()
    assert attachment.file.size == len(content)
    assert offsets.count("0") == 1, "what arrived was not sent again"


def test_a_refused_file_is_named_with_the_reason_and_holds_the_form(drama_festival, visit):
    handler = visit("xinwen1").opens("/nodes/59/submit/").fills("完成情况说明", STATEMENT)
    handler.fills("完成日期", "2021-06-30").do(lambda page: choose(page, "预算.xlsm", b"PK\3\4"))
    handler.do(lambda page: expect(row(page, "预算.xlsm")).to_contain_text(".xlsm"))
    handler.do(lambda page: drop(page, "报告.txt"))
    handler.presses("报送绩效办").is_at("/nodes/59/submit/")
    handler.do(lambda page: expect(row(page, "预算.xlsm").get_by_role("button", name="删除")).to_be_focused())
    handler.do(lambda page: row(page, "预算.xlsm").get_by_role("button", name="删除").click())
    handler.presses("报送绩效办").sees("第 1 轮", "报告.txt").does_not_see("预算.xlsm")


def test_a_draft_waits_on_another_device_and_goes_when_it_is_handed_in(drama_festival, visit):
    first = visit("xinwen1").opens("/nodes/59/submit/").fills("完成情况说明", STATEMENT)
    first.sees("草稿已保存").do(lambda page: drop(page, "报告.txt"))
    first.do(lambda page: expect(row(page, "报告.txt")).to_contain_text("已上传"))
    first.leaves()

    second = visit("xinwen1", size=PHONE).opens("/nodes/59/submit/").sees("已恢复您", "报告.txt")
    assert second.do(lambda page: page.get_by_label("完成情况说明").input_value()) == STATEMENT
    second.fills("完成日期", "2021-06-30").presses("报送绩效办").sees("第 1 轮", "报告.txt")
    assert not Draft.objects.exists()


def test_of_two_pages_with_one_draft_neither_loses_its_words(drama_festival, visit):
    first, second = (visit("xinwen1").opens("/nodes/59/submit/") for _ in range(2))
    first.fills("完成情况说明", "第一个页面写的。").sees("草稿已保存")
    second.fills("完成情况说明", "第二个页面写的。").sees("在另一页面改动")
    assert Draft.objects.get().content["statement"] == "第一个页面写的。"
    second.presses("保留本页内容").sees("草稿已保存")
    assert Draft.objects.get().content["statement"] == "第二个页面写的。"
    first.fills("完成情况说明", "第一个页面又写。").sees("在另一页面改动").presses("改看另一版本")
    assert first.do(lambda page: page.get_by_label("完成情况说明").input_value()) == "第二个页面写的。"
    first.do(lambda page: page.get_by_text("丢弃草稿").click())
    first.presses("确认丢弃").sees("草稿已丢弃。")
    assert first.do(lambda page: page.get_by_label("完成情况说明").input_value()) == ""


def test_the_facts_of_the_work_make_a_sentence(drama_festival, visit):
    for username, javascript in (("xinwen1", True), ("xinwen0", False)):
        handler = visit(username, javascript=javascript).opens("/nodes/59/submit/")
        handler.fills("地点", "抚州").fills("参加国别和人员", "12国使节28人").presses("用以上要素写一段")
        handler.do(
            lambda page: expect(page.get_by_label("完成情况说明")).to_have_value(
                "在抚州举行汤显祖戏剧节，12国使节28人参加。"
            )
        )
        handler.do(lambda page: page.get_by_label("工作类型").select_option(label="会议"))
        if not javascript:
            handler.presses("更换要素")
        handler.sees("主办单位").does_not_see("参加国别和人员")


def test_a_check_does_not_take_the_focus(drama_festival, visit):
    handler = visit("xinwen1").opens("/nodes/59/submit/")
    handler.do(
        lambda page: page.get_by_label("完成情况说明").press_sequentially("六月举行戏剧节，参加  人次。")
    )
    handler.sees("疑似漏填数字")
    handler.do(lambda page: expect(page.get_by_label("完成情况说明")).to_be_focused())


def test_files_are_looked_at_without_leaving_the_page(office, visit):
    node = builders.work_node(office, 30, title="做好外事参观点授牌工作", state=State.IN_PROGRESS)
    given = [
        builders.Upload("报告.pdf", builders.BytesIO(a_pdf())),
        builders.Upload("图片.png", builders.BytesIO(a_picture())),
        builders.Upload("名单.txt", builders.BytesIO("<b>张三</b>，李四".encode("gb18030"))),
    ]
    builders.submit_evidence(node, files=given)
    submission = EvidenceSubmission.objects.get()
    for javascript, size in ((True, PHONE), (False, PHONE)):
        reviewer = visit("jixiao1", size=size, javascript=javascript)
        for name in ("报告.pdf", "图片.png", "名单.txt"):
            reviewer.opens(f"/reviews/{submission.pk}/")
            reviewer.do(lambda page, name=name: page.get_by_role("link", name=f"预览 {name}").click())
            shown = "dialog" if javascript else "main"
            look = f"{shown} [data-preview]"
            if name.endswith("txt"):
                reviewer.do(
                    lambda page, look=look: expect(page.locator(look)).to_contain_text("<b>张三</b>，李四")
                )
            else:
                reviewer.do(lambda page, look=look: drawn(page, f"{look} img"))
            assert not reviewer.scrolls_sideways()


def drawn(page: Page, images: str) -> None:
    expect(page.locator(images).first).to_be_visible()
    expect(page.locator(images).first).not_to_have_js_property("naturalWidth", 0)
