"""The annual summary on the screen: begun, edited, commented, laid before the head, signed, changed since."""

from __future__ import annotations

import re
from datetime import date

import pytest

from approvals.models import AnnualSummary, SummaryVersion
from nodes.models import State
from tests import builders
from tests.browsing import logged_in
from tests.browsing import main_text as shown
from tests.builders import approve_evidence, reopen, submit_evidence, work_node
from tests.summaries import ask, begin, decide, newest, said

PAGE = "/summary/?year=2021"
EDIT = "/summary/edit/?year=2021"


def main_text(response) -> str:
    """The page's own text in one piece: its figures are links, and Chinese has no blanks."""
    return shown(response).replace(" ", "")


@pytest.fixture
def office(db):
    office = builders.office("small")
    work_node(office, 1, state=State.APPROVED, deadline=date(2021, 3, 20))
    work_node(office, 2, state=State.IN_PROGRESS)
    return office


@pytest.fixture
def summary(office) -> AnnualSummary:
    return begin(office)


def test_it_is_begun_with_one_press_and_a_second_press_finds_it(office):
    writer = logged_in("jixiao1", office)
    assert "尚未开始编写" in main_text(writer.get(PAGE))
    assert writer.post("/summary/begin/?year=2021", {}).url == EDIT
    assert writer.post("/summary/begin/?year=2021", {}).url == EDIT
    assert SummaryVersion.objects.count() == 1
    assert "如期完成1项，未完成1项" in main_text(writer.get(EDIT))


def test_divisions_read_it_when_it_is_signed(summary):
    reader = logged_in("xinwen1", summary.office)
    assert "如期完成1项" not in main_text(reader.get(PAGE))
    assert reader.get("/summary/document.docx?year=2021").status_code == 404
    decide(ask(summary))
    assert "如期完成1项" in main_text(reader.get(PAGE))
    file = reader.get("/summary/document.docx?year=2021")
    assert b"".join(file.streaming_content)[:2] == b"PK"
    assert reader.get("/summary/versions/?year=2021").status_code == 403


def test_a_figure_leads_to_its_nodes_and_to_the_narrowed_catalogue(summary):
    writer = logged_in("jixiao1", summary.office)
    page = writer.get(PAGE).content.decode()
    result = page.split('id="result"', 1)[1].split("</div>", 1)[0]
    links = re.findall(r'href="([^"]+)"', result)
    behind = writer.get(links[1].replace("&amp;", "&"))
    assert "工作节点1" in main_text(behind)
    assert "工作节点2" not in main_text(behind)
    assert "/nodes/?year=2021&amp;light=done_on_time" in behind.content.decode()
    assert writer.get("/summary/figure/?year=2021&block=result&figure=99").status_code == 404


def typed(summary, **texts: str) -> dict[str, str]:
    known = {key: said(summary, key) for key in ("conduct-more", "problems", "advice")}
    words = {f"block-{key}": text for key, text in {**known, **texts}.items()}
    return {"base": str(newest(summary).number), "do": "save", **words}


def test_two_editors_the_second_keeps_what_they_wrote_and_sees_the_other(summary):
    first, second = (logged_in(who, summary.office) for who in ("jixiao1", "jixiao2"))
    earlier = typed(summary, advice="乙的建议。")
    assert first.post(EDIT, typed(summary, advice="甲的建议。")).status_code == 302
    answer = second.post(EDIT, earlier)
    assert answer.status_code == 409
    text = main_text(answer)
    assert "乙的建议。" in text
    assert "甲的建议。" in text
    assert "保存了第2版" in text
    assert said(summary, "advice") == "甲的建议。"


def test_a_forged_computed_part_is_refused_by_name_and_nothing_is_saved(summary):
    writer = logged_in("jixiao1", summary.office)
    forged = typed(summary, advice="另行报告。") | {"block-result": "全年2项节点工作全部完成。"}
    answer = writer.post(EDIT, forged)
    assert answer.status_code == 422
    assert "由系统根据记录生成，不能手工修改" in main_text(answer)
    assert "另行报告。" in main_text(answer)
    assert newest(summary).number == 1


def test_what_is_typed_is_checked_while_it_is_typed_and_without_scripts(summary):
    writer = logged_in("jixiao1", summary.office)
    slip = typed(summary, advice="建议加强培训。。")
    found = writer.post("/summary/check/?year=2021", slip).content.decode()
    assert 'data-for="advice"' in found
    answer = writer.post(EDIT, slip | {"do": "check"})
    side = answer.content.decode().split('id="advice"', 1)[1]
    assert "remark--error" in side
    assert newest(summary).number == 1


def test_words_stay_words(summary):
    writer = logged_in("jixiao1", summary.office)
    writer.post(EDIT, typed(summary, advice="<script>alert(1)</script>\u202e=cmd\x00"))
    page = writer.get(PAGE).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert said(summary, "advice") == "<script>alert(1)</script>=cmd"


def test_items_are_entered_one_by_one(summary):
    writer = logged_in("jixiao1", summary.office)
    names, texts, scores = ["党建", "节能", ""], ["优秀等次", "", ""], ["", "95分", ""]
    items = {"item-name": names, "item-text": texts, "item-score": scores}
    writer.post(EDIT, typed(summary) | items)
    assert said(summary, "assessment") == "党建：优秀等次。\n节能：评价结果：95分。"


def test_versions_are_compared_with_words_for_what_changed(summary):
    writer = logged_in("jixiao1", summary.office)
    writer.post(EDIT, typed(summary, advice="加强培训。"))
    page = main_text(writer.get("/summary/compare/?year=2021&from=1&to=2"))
    assert "1处不同" in page
    assert "删除：" in page
    assert "新增：" in page
    assert writer.get("/summary/compare/?year=2021&from=1&to=9").status_code == 404


def test_a_comment_is_answered_and_settled(summary):
    head, writer = (logged_in(who, summary.office) for who in ("zhuren", "jixiao1"))
    about = "/summary/comments/?year=2021"
    assert head.post(about, {"block": "advice", "comment": "请补充。"}).status_code == 302
    comment = summary.comments.get()
    assert "请补充。" in main_text(writer.get(EDIT))
    writer.post(about, {"block": "advice", "comment": "已补充。", "answers": str(comment.pk)})
    assert "已补充。" in main_text(head.get(about))
    outsider = logged_in("xinwen1", summary.office)
    assert outsider.post(about, {"block": "advice", "comment": "x"}).status_code == 404
    writer.post(f"/summary/comments/{comment.pk}/settle/")
    assert "请补充。" not in main_text(writer.get(EDIT))


def test_the_head_finds_it_in_the_inbox_and_signs(summary):
    writer, head = logged_in("jixiao1", summary.office), logged_in("zhuren", summary.office)
    form = writer.get("/summary/ask/?year=2021").content.decode()
    assert 'value="1"' in form
    details = {"base": "1", "number": "1", "issued_on": "2022-01-13", "form": "report", "signatory": ""}
    assert writer.post("/summary/ask/?year=2021", details).status_code == 302
    assert "待签发的年度总结" in main_text(head.get("/"))
    page = head.get("/summary/sign/?year=2021")
    assert "全年2项节点工作" in main_text(page)
    assert writer.get("/summary/sign/?year=2021").status_code == 403
    sign_off = summary.sign_offs.get()
    sign = {"sign_off_id": str(sign_off.pk), "outcome": "return", "opinion": ""}
    assert head.post("/summary/sign/?year=2021", sign).status_code == 422
    assert head.post("/summary/sign/?year=2021", sign | {"outcome": "approve"}).status_code == 302
    assert head.post("/summary/sign/?year=2021", sign | {"outcome": "approve"}).status_code == 302
    sign_off.refresh_from_db()
    assert sign_off.sha256 in head.get(PAGE).content.decode()
    assert "待签发的年度总结" not in main_text(head.get("/"))


def test_the_record_is_compiled_anew_with_what_was_typed_and_says_what_changed(summary):
    writer = logged_in("jixiao1", summary.office)
    node = summary.cycle.nodes.get(number=2)
    submit_evidence(node, on=date(2022, 1, 20), statement="召开推进会2次，形成纪要并印发各设区市外办。")
    approve_evidence(node)
    answer = writer.post(EDIT, typed(summary, advice="加强培训。") | {"do": "compile"}, follow=True)
    assert "处内容有变化" in main_text(answer)
    assert "逾期完成1项" in main_text(answer)
    assert (newest(summary).number, said(summary, "advice")) == (3, "加强培训。")
    early = typed(summary) | {"do": "compile", "cut_off": "2022-01-15"}
    assert "未完成1项" in main_text(writer.post(EDIT, early, follow=True))
    assert writer.post(EDIT, typed(summary) | {"do": "compile", "cut_off": "2999-01-01"}).status_code == 422


def test_indicators_are_joined_and_parted_by_hand(summary):
    writer = logged_in("jixiao1", summary.office)
    writer.post(EDIT, typed(summary) | {"do": "join-2"})
    assert "第一、二项三级指标" in main_text(writer.get(EDIT))
    writer.post(EDIT, typed(summary) | {"do": "part-2"})
    assert "第一、二项三级指标" not in main_text(writer.get(EDIT))
    assert writer.post(EDIT, typed(summary) | {"do": "join-1"}).status_code == 422


def test_what_changes_after_the_signature_is_shown_as_a_difference(summary, django_assert_max_num_queries):
    decide(ask(summary))
    head = logged_in("zhuren", summary.office)
    assert "年度记录有" not in main_text(head.get(PAGE))
    node = summary.cycle.nodes.get(number=2)
    submit_evidence(node, on=date(2022, 1, 20), statement="召开推进会2次，形成纪要并印发各设区市外办。")
    approve_evidence(node)
    reopen(summary.cycle.nodes.get(number=1))
    text = main_text(head.get(PAGE))
    assert "年度记录有" in text
    assert "删除：" in text
    with django_assert_max_num_queries(15):
        assert "如期完成1项" in main_text(head.get(PAGE))
