"""The small recorded year with which the examples of the rules are compared."""

from __future__ import annotations

from datetime import date

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


def _node(number: int, title: str, division: str, outcome: Outcome, statement: str = "") -> Node:
    done = date(2021, 6, 16) if statement else None
    deadline = None if outcome == Outcome.DEFERRED else date(2021, 6, 30)
    state = "approved" if statement else "deferred" if outcome == Outcome.DEFERRED else "in_progress"
    return Node(number, title, division, state, outcome, date(2021, 6, 30), deadline, done, 0, statement)


NODES = (
    _node(1, "召开联席会议", "秘书处", Outcome.ON_TIME, "6月16日召开联席会议，35人参加。"),
    _node(2, "举办翻译竞赛", "综合处", Outcome.ON_TIME, "6月16日举办外事翻译技能竞赛，120人参加。"),
    _node(3, "举办戏剧节", "综合处", Outcome.DEFERRED),
)
INDICATORS = tuple(Indicator(node.number, node.title, (node,)) for node in NODES)
SIGNATURE = Signature("分管副省长", "陈某", "", True, date(2021, 8, 25), True, "赣府办〔2021〕15号", 1)
EXAMPLE = Content(
    office="省外办",
    full_name="江西省人民政府外事办公室",
    prefix="赣外办函",
    addressee="省绩效办",
    year=2021,
    issued_on=date(2022, 1, 13),
    number=1,
    level1=("党管外事",),
    level2=("统筹协调", "文化交流"),
    indicators=INDICATORS,
    divisions=(Division("秘书处", NODES[:1]), Division("综合处", NODES[1:])),
    nodes=NODES,
    deferrals=(Deferral(NODES[2], "受疫情影响", False, date(2021, 6, 30), None, (SIGNATURE,), ()),),
    submissions=Submissions(2, 0, 2),
    requests=1,
    waiting=(),
)
