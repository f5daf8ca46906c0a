"""What a single year teaches: what came back, what is at work, and pages that have nothing to say yet."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from nodes.models import State
from tests.boards import answered, visit
from tests.builders import approve_evidence, return_evidence, submit_evidence, work_node
from tests.integration.test_lessons import at

pytestmark = pytest.mark.django_db


def test_what_came_back_is_told_with_its_reason_to_whom_it_concerns(office):
    node = work_node(office, 7, title="举办培训班", state=State.IN_PROGRESS)
    monday = date(2021, 3, 8)
    submit_evidence(node, on=at(monday, 10))
    return_evidence(node, opinion="附件缺签到表，请补充。", on=at(monday + timedelta(days=1), 10))
    submit_evidence(node, on=at(monday + timedelta(days=3), 10))
    approve_evidence(node, on=at(monday + timedelta(days=3), 14))
    page = visit("jixiao1", "/analysis/waiting/")
    assert "佐证材料缺项" in page
    assert "附件缺签到表，请补充。" in page
    assert "已审核 2 份，退回 1 份" in page
    assert "<td>16.0</td>" in page  # two days' correction, in hours
    stranger = visit("mishu1", "/analysis/waiting/")
    assert "附件缺签到表" not in stranger
    assert "没有您可查看的审核记录" in stranger


def test_a_forecast_names_reasons_and_admits_that_nothing_was_tried(office):
    for number in range(1, 7):
        work_node(office, number, deadline=date(2021, 3, 12))
    page = visit("jixiao1", "/analysis/forecast/", year=2021, as_of="2021-03-08", all=1)
    assert "尚未启动，距时限仅剩4个工作日。" in page
    assert "责任处室十个工作日内有6个节点到期。" in page
    assert "没有往年数据" in page


@pytest.mark.parametrize("address", ["", "deadlines/", "bunching/", "waiting/", "forecast/"])
def test_a_year_without_nodes_says_what_will_appear(office, address):
    assert answered("xinwen1", f"/analysis/{address}").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [{"year": "x"}, {"year": "1999"}, {"division": "0"}, {"leader": "9" * 30}],
    ids=lambda asked: next(iter(asked)),
)
def test_what_the_office_does_not_have_is_not_found(office, asked):
    assert answered("jixiao1", "/analysis/", **asked).status_code == 404
