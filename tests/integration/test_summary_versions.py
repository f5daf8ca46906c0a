"""The annual summary as people write it: versions, what is locked, two editors, comments."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from approvals.models import AnnualSummary, SummaryVersion
from approvals.services import summaries
from approvals.services.summary_comments import comment_on_summary, settle_comment
from approvals.summary.compiling import body_of
from approvals.summary.parts import Item, text_of
from nodes.models import State
from tests import builders
from tests.builders import actions, approve_evidence, defer, person, start, story, submit_evidence, work_node
from tests.summaries import begin, newest, said, save
from workflow.refusals import Conflict, Invalid, NotAllowed, NotFound

REPORT = "召开推进会{}次，形成纪要并印发各设区市外办。"


@pytest.fixture
def office(db):
    return builders.office("small")


@pytest.fixture
def summary(office) -> AnnualSummary:
    """One node done, one under way; the summary begun on 12 January 2022."""
    work_node(office, 1, state=State.APPROVED, deadline=date(2021, 3, 20))
    work_node(office, 2, state=State.IN_PROGRESS)
    return begin(office)


def test_it_begins_with_what_the_record_says(summary):
    assert said(summary, "result") == "全年2项节点工作如期完成1项，未完成1项。"
    assert said(summary, "advice") == "无"
    assert said(summary, "problems").startswith("存在的问题：一是1项节点未完成，即第2项")
    assert actions(summary) == ["summary.begun"]


def test_the_same_cut_off_says_the_same_whatever_happened_since(summary, office):
    first = newest(summary)
    node = office.cycles.get().nodes.get(number=2)
    submit_evidence(node, on=date(2022, 1, 13), statement=REPORT.format(3))
    approve_evidence(node)
    defer(work_node(office, 3, state=State.IN_PROGRESS))
    anew = compile_again(summary, first.cut_off)
    before, after = body_of(first), body_of(anew)
    assert text_of(before.block("result")) != text_of(body_of(compile_again(summary)).block("result"))
    # Node 3 was not in the catalogue then: all that the record tells of the first two is the same.
    for key in ("indicator-1", "indicator-1-1", "indicator-2-1"):
        assert before.block(key) == after.block(key)


def test_what_is_written_later_rests_on_the_same_cut_off(summary, office):
    cut_off = newest(summary).cut_off
    node = office.cycles.get().nodes.get(number=2)
    submit_evidence(node, on=date(2022, 1, 13), statement=REPORT.format(3))
    approve_evidence(node)
    written = save(summary, {"advice": "建议加强培训。"})
    assert written.cut_off == cut_off
    anew = compile_again(summary)
    assert anew.cut_off > cut_off
    back = summaries.restore_summary(
        actor=person("jixiao1", office), summary_id=summary.pk, base=anew.number, number=written.number,
        at=story.moment(),
    )  # fmt: skip
    assert back.cut_off == cut_off


def compile_again(summary, cut_off=None) -> SummaryVersion:
    return summaries.compile_summary(
        actor=person("jixiao1", summary.office), summary_id=summary.pk, base=newest(summary).number,
        cut_off=cut_off, at=story.moment(),
    )  # fmt: skip


def test_compiled_twice_at_one_moment_it_is_identical(summary):
    first = newest(summary)
    again = compile_again(summary, first.cut_off)
    assert (again.number, again.body) == (2, first.body)


def test_what_people_wrote_stays_when_the_record_is_compiled_anew(summary, office):
    texts = {"advice": "建议加强培训。", "problems": said(summary, "problems")}
    save(summary, texts, items=[Item("党建", "优秀", "95分")])
    node = office.cycles.get().nodes.get(number=2)
    submit_evidence(node, on=date(2022, 1, 13), statement=REPORT.format(3))
    approve_evidence(node)
    version = compile_again(summary)
    assert said(summary, "result") == "全年2项节点工作如期完成1项，逾期完成1项。"
    assert said(summary, "advice") == "建议加强培训。"
    assert "逾期完成" in said(summary, "problems")  # nobody had touched the suggestion
    assert said(summary, "assessment") == "党建：优秀。评价结果：95分。"
    assert "blocks changed" in version.note


def test_a_computed_block_cannot_be_altered(summary):
    with pytest.raises(Invalid) as refused:
        save(summary, {"result": "全年2项节点工作全部完成。", "advice": "无。"})
    (line,) = refused.value.errors["result"]
    assert "全年2项节点工作" in line
    assert "职能职责方面" in line
    with pytest.raises(Invalid):
        save(summary, {"annex": "", "nothing": "x"})
    assert newest(summary).number == 1
    assert save(summary, {"result": said(summary, "result"), "advice": "无。"}).number == 2


def test_two_editors_the_second_hears_of_the_first(summary):
    save(summary, {"advice": "一"}, base=1)
    with pytest.raises(Conflict, match=r"绩效办甲|jixiao|version 2") as refused:
        save(summary, {"advice": "二"}, base=1, by="jixiao2")
    assert refused.value.decided_by == person("jixiao1", summary.office)
    assert said(summary, "advice") == "一"
    assert save(summary, {"advice": "一"}, base=1).number == 2  # a second click


def test_only_the_performance_office_writes(summary):
    for who in ("xinwen1", "zhuren", "shenji", "admin"):
        with pytest.raises(NotAllowed):
            save(summary, {"advice": "x"}, by=who)
    other = builders.office("other")
    with pytest.raises(NotFound):
        save(summary, {"advice": "x"}, by=person("jixiao1", other))


def test_a_year_is_begun_once_by_whoever_comes_first(summary):
    with pytest.raises(Conflict):
        begin(summary.office, by="jixiao2")


def test_a_version_is_never_changed(summary):
    version = newest(summary)
    version.note = "anders"
    with pytest.raises(DatabaseError), transaction.atomic():
        version.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        version.delete()


def test_an_old_version_comes_back_as_a_new_one(summary):
    save(summary, {"advice": "一"})
    save(summary, {"advice": "二"})
    restored = summaries.restore_summary(
        actor=person("jixiao1", summary.office), summary_id=summary.pk, base=3, number=2, at=story.moment()
    )
    assert restored.number == 4
    assert said(summary, "advice") == "一"


def test_neighbours_with_one_text_are_told_together_until_somebody_parts_them(office):
    for number in (1, 2, 3):
        node = start(work_node(office, number))
        submit_evidence(node, statement=REPORT.format(1 if number < 3 else 2))
        approve_evidence(node)
    summary = begin(office)
    assert headings(summary) == [
        "1. 第一、二项三级指标：三级指标1；三级指标2",
        "2. 第三项三级指标：三级指标3",
    ]
    text = said(summary, "indicator-1-1")
    assert text.count("召开推进会1次") == 1
    assert "（第1项节点，" in text
    assert "第2项节点，" in text
    arrange(summary, 2, together=False)
    assert len(headings(summary)) == 3
    arrange(summary, 3, together=True)
    assert headings(summary)[1] == "2. 第二、三项三级指标：三级指标2；三级指标3"
    assert said(summary, "indicator-2-2").startswith("“工作节点3”：召开推进会2次")
    with pytest.raises(Invalid):
        arrange(summary, 1, together=True)


def arrange(summary, indicator: int, *, together: bool) -> None:
    summaries.arrange_summary(
        actor=person("jixiao1", summary.office), summary_id=summary.pk, base=newest(summary).number,
        indicator=indicator, together=together, at=story.moment(),
    )  # fmt: skip


def headings(summary) -> list[str]:
    blocks = body_of(newest(summary)).blocks
    return [text_of(one) for one in blocks if one.key.startswith("indicator-") and one.key.count("-") == 1]


def test_leaders_comment_and_the_office_settles(summary):
    made = talk(summary, "zhuren", "请核实。")
    answer = talk(summary, "jixiao1", "已核实。", answers=made.pk)
    assert (answer.answers, answer.block) == (made, "result")
    with pytest.raises(NotAllowed):
        talk(summary, "xinwen1", "x")
    with pytest.raises(Invalid):
        talk(summary, "zhuren", "  ")
    with pytest.raises(Invalid):
        talk(summary, "zhuren", "x", block="nowhere")
    settled = settle_comment(actor=person("jixiao2", summary.office), comment_id=made.pk, at=story.moment())
    settle_comment(actor=person("jixiao1", summary.office), comment_id=made.pk, at=story.moment())
    settled.refresh_from_db()
    assert settled.settled_by == person("jixiao2", summary.office)
    assert actions(summary)[-1] == "summary.comment_settled"


def test_a_second_click_says_a_comment_once(summary):
    first = talk(summary, "zhuren", "请核实。")
    assert talk(summary, "zhuren", "请核实。") == first
    talk(summary, "jixiao1", "请核实。")
    assert summary.comments.count() == 2


def talk(summary, by: str, text: str, *, block: str = "result", answers: int | None = None):
    return comment_on_summary(
        actor=person(by, summary.office), summary_id=summary.pk, block=block, text=text, answers=answers,
        at=story.moment(),
    )  # fmt: skip


def test_the_cut_off_is_not_in_the_future(summary):
    with pytest.raises(Invalid):
        compile_again(summary, story.now.replace(year=2023))
