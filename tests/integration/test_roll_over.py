"""At the end of the year what was deferred goes along to the next one."""

from __future__ import annotations

from datetime import date

import pytest

from nodes.catalogue import Catalogue
from nodes.models import Cycle, Indicator, State, WorkNode
from nodes.services.catalogue import import_catalogue, preview_catalogue
from nodes.services.rolling_over import RollOver, roll_over
from tests import builders
from tests.browsing import logged_in
from tests.builders import actions, defer, last_audit, person, row, work_node
from tests.integration.test_year_settings import text
from workflow.refusals import Conflict, Invalid, NotAllowed, WrongState

PAGE = "/settings/year/2021/roll-over/"


@pytest.fixture
def ended(office):
    """Node 59 deferred to June, 60 deferred without a date, 61 left undone, 62 done."""
    festival = work_node(office, 59, title="举行汤显祖戏剧节", supporting_divisions=("秘书处",))
    defer(festival, date(2022, 6, 30))
    work_node(office, 60, state=State.DEFERRED)
    work_node(office, 61, state=State.IN_PROGRESS)
    work_node(office, 62, state=State.APPROVED)
    return office.cycles.get()


def carried(year: int = 2022) -> WorkNode:
    return WorkNode.objects.get(cycle__year=year, title="举行汤显祖戏剧节")


def over(cycle, by="admin", **draft):
    draft.setdefault("deadlines", {59: date(2022, 6, 30)})
    return roll_over(actor=person(by, cycle.office), cycle=cycle, draft=RollOver(**draft))


def test_a_deferred_node_begins_anew_and_remembers_where_it_came_from(ended):
    before = list(ended.nodes.values())
    following = over(ended)
    node = carried()
    assert following.status == Cycle.Status.DRAFT
    assert (node.number, node.state, node.version) == (63, State.PLANNED, 0)
    assert node.baseline_deadline == node.current_deadline == date(2022, 6, 30)
    assert node.attributes["carried_from"] == {"year": 2021, "node": 59}
    assert [division.name for division in node.supporting_divisions.all()] == ["秘书处"]
    assert str(node.indicator.parent.parent) == "服务大局"
    assert list(ended.nodes.values()) == before
    assert last_audit(ended).data == {"to": 2022, "carried": [59], "copied": 0}
    assert actions(following) == ["cycle.created"]
    assert last_audit(node).data == {"year": 2021, "node": 59}


def test_the_rest_of_the_catalogue_can_be_copied_a_year_later(ended):
    following = over(ended, copies_rest=True)
    assert list(following.nodes.order_by("number").values_list("number", flat=True)) == [60, 61, 62, 63]
    copy = following.nodes.get(number=62)
    assert (copy.state, copy.planned_start, copy.baseline_deadline) == (
        State.PLANNED, date(2022, 3, 1), date(2022, 10, 31),
    )  # fmt: skip
    assert "carried_from" not in copy.attributes
    assert following.indicators.filter(level=1).count() == 1


def test_the_last_of_february_becomes_the_twenty_eighth(db):
    office = builders.office(year=2024)
    day = date(2024, 2, 29)
    work_node(office, 1, year=2024, planned_start=day, deadline=day)
    following = over(office.cycles.get(), deadlines={}, copies_rest=True)
    assert following.nodes.get().baseline_deadline == date(2025, 2, 28)


def test_a_year_is_rolled_over_once(ended):
    over(ended)
    with pytest.raises(Conflict) as refusal:
        over(ended, by="jixiao1")
    assert refusal.value.decided_by == person("admin")
    assert WorkNode.objects.filter(cycle__year=2022).count() == 1


@pytest.mark.parametrize(
    ("deadlines", "field"),
    [
        ({59: None}, "deadline_59"),
        ({59: date(2023, 1, 1)}, "deadline_59"),
        ({59: date(2022, 1, 1), 60: date(2021, 12, 31)}, "deadline_60"),
        ({62: date(2022, 6, 30)}, "deadline_62"),
        ({999: date(2022, 6, 30)}, ""),
        ({}, ""),
    ],
)
def test_a_deadline_lies_in_the_new_year_or_nothing_is_carried(ended, deadlines, field):
    with pytest.raises(Invalid) as refusal:
        over(ended, deadlines=deadlines)
    assert list(refusal.value.errors) == [field]
    assert not Cycle.objects.filter(year=2022).exists()


def test_a_next_year_that_is_open_takes_nothing(ended, office):
    Cycle.objects.create(office=office, year=2022, status=Cycle.Status.OPEN)
    with pytest.raises(WrongState, match="only a draft"):
        over(ended)


def test_a_next_year_that_is_drafted_already_takes_the_nodes(ended, office):
    work_node(office, 1, year=2022, title="召开会议", planned_start=None, deadline=date(2022, 3, 1))
    Cycle.objects.filter(year=2022).update(status=Cycle.Status.DRAFT)
    over(ended)
    assert carried().number == 63
    assert Indicator.objects.filter(cycle__year=2022, level=3).count() == 2


def test_a_division_rolls_nothing_over(ended):
    with pytest.raises(NotAllowed):
        over(ended, by="xinwen0")


def test_the_next_catalogue_does_not_overwrite_what_was_carried(ended, office):
    over(ended)
    other = row(63, level3_number=63, title="别的工作", planned_start=None, deadline=date(2022, 5, 1))
    preview = preview_catalogue(
        actor=person("admin"), office=office, year=2022, catalogue=Catalogue([other], [])
    )
    assert [problem.column for problem in preview.problems] == ["节点序号"]
    with pytest.raises(Invalid, match="carried over from 2021"):
        import_catalogue(actor=None, office=office, year=2022, catalogue=Catalogue([other], []))


def test_importing_the_carried_node_keeps_where_it_came_from(ended, office):
    over(ended)
    same = row(
        63, level3_number=59, level3="三级指标59", title="举行汤显祖戏剧节", planned_start=None,
        deadline=date(2022, 7, 31), attributes={"备注": "结转"},
    )  # fmt: skip
    import_catalogue(actor=None, office=office, year=2022, catalogue=Catalogue([same], []))
    assert carried().current_deadline == date(2022, 7, 31)
    assert carried().attributes == {"备注": "结转", "carried_from": {"year": 2021, "node": 59}}


def test_the_page_lists_what_is_deferred_with_the_agreed_day(ended):
    page = text(logged_in("jixiao1").get(PAGE))
    assert "举行汤显祖戏剧节" in page
    assert 'value="2022-06-30"' in page
    assert page.index("工作节点60") < page.index("工作节点61")  # the deferred ones first
    assert "工作节点62" not in page
    assert page.count("checked") == 2


def test_the_page_carries_over_and_a_second_click_is_harmless(ended):
    visitor = logged_in("admin")
    typed = {"carry_59": "on", "deadline_59": "2022-06-30", "carry_61": "on", "deadline_61": "2022年3月1日"}
    first = visitor.post(PAGE, typed, follow=True)
    assert "2022 年度草稿已建立，结转 2 个节点" in text(first)
    second = visitor.post(PAGE, typed, follow=True)
    assert (second.status_code, "2021 年度已结转。" in text(second)) == (200, True)
    assert WorkNode.objects.filter(cycle__year=2022).count() == 2
    other = logged_in("jixiao1").post(PAGE, typed)
    assert (other.status_code, "系统管理员" in text(other)) == (409, True)
    assert "2021 年度已由系统管理员于" in text(visitor.get(PAGE))


def test_what_is_wrong_stands_beside_the_deadline_and_nothing_is_written(ended):
    typed = {"carry_59": "on", "deadline_59": "2022-06-30", "carry_60": "on", "deadline_60": ""}
    response = logged_in("admin").post(PAGE, typed)
    assert response.status_code == 422
    assert 'id="id_deadline_60_error"' in text(response)
    assert "请填写新的完成时限。" in text(response)
    assert not Cycle.objects.filter(year=2022).exists()


def test_the_new_node_says_on_its_page_where_it_came_from(ended):
    over(ended)
    page = text(logged_in("xinwen1").get("/nodes/63/?year=2022"))
    assert "由 2021 年度节点 59 结转" in page
