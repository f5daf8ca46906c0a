"""What the annual summary says of a year: every sentence from facts, no database needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from approvals.summary.blocks import compose
from approvals.summary.comparing import differences
from approvals.summary.content import (
    Content,
    Deferral,
    Division,
    Indicator,
    Node,
    Outcome,
    Signature,
    Submissions,
)
from approvals.summary.hand import changed, plain, rewritten, section_of
from approvals.summary.keeping import as_json, from_json
from approvals.summary.parts import Body, Item, Paragraph, text_of
from approvals.summary.segments import Figure
from workflow.refusals import Invalid

DUE = date(2021, 6, 30)
SIGNED = Signature("分管副主任", "李敏", "", True, date(2021, 6, 1), False, "", 0)


def node(number: int, outcome: Outcome = Outcome.ON_TIME, **changes: Any) -> Node:
    done = outcome in (Outcome.ON_TIME, Outcome.LATE)
    facts: dict[str, Any] = {
        "number": number,
        "title": f"工作{number}",
        "division": "综合处",
        "state": {Outcome.DEFERRED: "deferred", Outcome.NOT_DONE: "in_progress"}.get(outcome, "approved"),
        "outcome": outcome,
        "baseline": DUE,
        "deadline": DUE,
        "completed_on": {Outcome.ON_TIME: date(2021, 6, 20), Outcome.LATE: date(2021, 7, 4)}.get(outcome),
        "returned": 0,
        "statement": f"第{number}项工作已完成。" if done else "",
    }
    return Node(**facts | changes)


def year(*nodes: Node, deferrals: tuple[Deferral, ...] = (), requests: int | None = None) -> Content:
    """A year of one division in which every node has an indicator of its own."""
    return Content(
        office="省外办",
        full_name="江西省人民政府外事办公室",
        prefix="赣外办函",
        addressee="省绩效办",
        year=2021,
        issued_on=date(2022, 1, 13),
        number=1,
        level1=("党管外事",),
        level2=("统筹协调",),
        indicators=tuple(Indicator(one.number, f"指标{one.number}", (one,)) for one in nodes),
        divisions=(Division("综合处", nodes, 7),),
        nodes=nodes,
        deferrals=deferrals,
        submissions=Submissions(len(nodes), 0, len(nodes)),
        requests=len(deferrals) if requests is None else requests,
        waiting=(),
    )


def deferral(of: Node, new_due: date | None, **changes: Any) -> Deferral:
    facts: dict[str, Any] = {
        "node": of,
        "reason": "展品晚到",
        "late_request": False,
        "previous_due": DUE,
        "new_due": new_due,
        "signatures": (SIGNED,),
        "unsigned": (),
    }
    return Deferral(**facts | changes)


def said(content: Content, key: str) -> str:
    block = compose(content).block(key)
    assert block is not None
    return text_of(block)


def everything(content: Content) -> str:
    return "\n".join(map(text_of, compose(content).blocks))


MIXED = year(
    node(1),
    node(2, Outcome.LATE),
    node(3, Outcome.NOT_DONE),
    (put_off := node(4, Outcome.DEFERRED, deadline=None)),
    deferrals=(deferral(put_off, None),),
)


def test_a_mixed_year_is_counted_by_outcome_and_never_called_complete():
    assert said(MIXED, "result") == "全年4项节点工作如期完成1项，逾期完成1项，延期1项，未完成1项。"
    assert "全部完成" not in everything(MIXED)
    assert "全部如期" not in everything(MIXED)


def test_every_figure_knows_the_nodes_behind_it():
    block = compose(MIXED).block("result")
    assert isinstance(block, Paragraph)
    figures = [one for one in block.sentence.segments if isinstance(one, Figure)]
    assert [(one.text, one.nodes, one.query) for one in figures] == [
        ("4", (1, 2, 3, 4), ""),
        ("1", (1,), "light=done_on_time"),
        ("1", (2,), "light=done_late"),
        ("1", (4,), "state=deferred"),
        ("1", (3,), None),
    ]


def test_the_divisions_table_adds_up_and_knows_its_nodes():
    table = next(one for one in compose(MIXED).blocks if one.key == "divisions")
    rows = table.cells
    assert [str(cell) for cell in rows[0]] == ["综合处", "4", "1", "1", "1", "1", "0"]
    assert rows[0][2] == Figure("1", (1,), "division=7&light=done_on_time")


def test_a_late_node_and_an_unfinished_one_are_told_as_such():
    assert said(MIXED, "indicator-2-1").endswith("2021年7月4日完成，逾期4天。）")
    assert (
        said(MIXED, "indicator-3-1") == "第3项节点“工作3”尚未完成（综合处负责；时限2021年6月30日，进行中）。"
    )
    assert "一是1项节点逾期完成，即第2项" in said(MIXED, "problems")


def test_a_node_deferred_once_is_told_with_reason_signature_and_open_date():
    told = said(MIXED, "deferral-4")
    assert "经批准延期。原因：展品晚到。延期后时限：未定。" in told
    assert "签批情况：分管副主任（签批人李敏）于2021年6月1日同意。" in told


def twice(last: date | None, outcome: Outcome, **changes: Any) -> Content:
    moved = node(5, outcome, deadline=last, **changes)
    first = deferral(moved, date(2021, 7, 20))
    second = deferral(moved, last, previous_due=date(2021, 7, 20), reason="场地仍未落实")
    return year(node(1), moved, deferrals=(first, second))


def test_a_node_deferred_twice_is_named_once_with_the_chain_of_its_dates():
    content = twice(None, Outcome.DEFERRED)
    told = said(content, "deferral-5")
    assert told.startswith(
        "第5项节点“工作5”（综合处负责，原定时限2021年6月30日）先后2次经批准延期，时限依次调整为2021年7月20日、未定。"
    )
    assert "第一次：原因：展品晚到。" in told
    assert "第二次：原因：场地仍未落实。" in told
    assert [one.key for one in compose(content).blocks].count("deferral-5") == 1
    assert said(content, "result") == "全年2项节点工作如期完成1项，延期1项。"
    assert said(content, "problems").count("第5项") == 1
    assert "批准2件（涉及1项节点）" in said(content, "conduct-3")


def test_a_node_deferred_twice_and_then_done_counts_as_done():
    content = twice(date(2021, 9, 1), Outcome.ON_TIME, completed_on=date(2021, 8, 30))
    assert said(content, "result") == "全年2项节点工作如期完成2项。"
    assert "2021年7月20日、2021年9月1日" in said(content, "deferral-5")
    assert "未能按原定时限" not in said(content, "problems")


def test_what_superiors_called_off_is_neither_done_nor_the_divisions_failure():
    called_off = node(6, Outcome.DEFERRED, deadline=None)
    content = year(node(1), called_off, deferrals=(deferral(called_off, None, by_order=True),))
    assert said(content, "result") == (
        "全年2项节点工作如期完成1项，延期1项（其中1项因政策或上级部署调整暂缓，新时限未定）。"
    )
    assert "属政策或上级部署调整。" in said(content, "deferral-6")


def test_a_year_without_a_flaw_suggests_nothing():
    content = year(node(1), node(2))
    assert said(content, "problems") == "无"
    assert compose(content).block("advice").suggested == "无"


def test_the_data_suggest_advice_by_kind():
    suggested = compose(MIXED).block("advice").suggested
    assert "对逾期完成的第2项节点逐项核查原因" in suggested
    assert "对延期的第4项节点结转下年度继续跟踪" in suggested


# Together and apart


def test_neighbours_with_one_text_are_told_together_but_not_across_another():
    same = {"statement": "合并表述的工作已完成。"}
    content = year(node(1, **same), node(2, Outcome.LATE, **same), node(3), node(4, **same))
    headings = [text_of(one) for one in compose(content).blocks if getattr(one, "indicators", ())]
    assert headings == [
        "1. 第一、二项三级指标：指标1；指标2",
        "2. 第三项三级指标：指标3",
        "3. 第四项三级指标：指标4",
    ]
    assert said(content, "indicator-1-1") == (
        "合并表述的工作已完成。（第1项节点，综合处负责；时限2021年6月30日，2021年6月20日完成，提前10天。"
        "第2项节点，综合处负责；时限2021年6月30日，2021年7月4日完成，逾期4天。）"
    )


@pytest.mark.parametrize("together", [True, False])
def test_by_hand_they_are_joined_or_parted(together: bool):
    same = {} if together else {"statement": "合并表述的工作已完成。"}
    body = compose(year(node(1, **same), node(2, **same)), {2: together})
    assert sum(bool(getattr(one, "indicators", ())) for one in body.blocks) == (1 if together else 2)


# Kept, written and compared


def test_a_body_is_kept_and_read_back_the_same():
    body = compose(MIXED, {2: True})
    assert from_json(as_json(body)) == body
    assert as_json(compose(MIXED, {2: True})) == as_json(body)


def test_what_is_computed_is_locked_by_name():
    body = compose(MIXED)
    with pytest.raises(Invalid) as refused:
        rewritten(body, {"result": "全年4项节点工作全部完成。", "heading-basics": "一、基本情况"}, None)
    assert set(refused.value.errors) == {"result", "heading-basics"}
    assert section_of(body, "result") == "（一）职能职责方面"


def test_what_people_wrote_stays_and_untouched_suggestions_follow_the_record():
    before = rewritten(compose(MIXED), {"advice": "加强培训。"}, [Item("党建", "优秀", "")])
    after = compose(year(node(1), node(2))).with_hand_of(before)
    assert text_of(after.block("advice")) == "加强培训。"
    assert text_of(after.block("problems")) == "无"
    assert text_of(after.block("assessment")) == "党建：优秀。"
    assert "result" in changed(before, after)


def test_words_are_plain_words():
    assert plain(" a\r\nb\u202e\x07 ") == "a\nb"


def test_a_comparison_names_what_is_new_gone_and_altered():
    one, other = compose(MIXED), compose(year(node(1), node(2), node(9)))
    found = {(difference.key, difference.change) for difference in differences(one, other)}
    assert {("result", "altered"), ("deferral-4", "removed"), ("indicator-9", "added")} <= found
    assert ("annex", "removed") in found
    assert differences(one, one) == []


def test_characters_that_changed_are_told_apart():
    one = compose(year(node(1)))
    other = replace_advice(one, "加强培训。")
    (difference,) = differences(one, other)
    assert [(piece.change, piece.text) for piece in difference.pieces] == [
        ("removed", "无"),
        ("added", "加强培训。"),
    ]


def replace_advice(body: Body, text: str) -> Body:
    return replace(rewritten(body, {"advice": text}, None))


def test_a_title_that_quotes_is_quoted_with_single_marks_inside():
    quoting = node(3, Outcome.NOT_DONE, title="开展“红色课堂”活动")
    assert "“开展‘红色课堂’活动”尚未完成" in said(year(quoting), "indicator-3-1")
