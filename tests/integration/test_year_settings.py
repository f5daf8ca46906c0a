"""The years of an office: drafted, opened and closed on a page that says what each means."""

from __future__ import annotations

import pytest

from nodes.models import Cycle, State
from tests import builders
from tests.browsing import logged_in
from tests.builders import actions, last_audit, work_node


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("username", ["admin", "jixiao1"])
def test_the_overview_says_what_each_page_is_for_and_how_things_stand(office, username):
    work_node(office)
    page = text(logged_in(username).get("/settings/"))
    assert "2021 年度开放" in page
    assert "2021 年度 1 个节点" in page
    assert "3 条规则" in page
    assert "时限前 10、5、3、1 个工作日，08:47 发送" in page


def test_what_one_may_not_change_is_marked(office):
    assert text(logged_in("jixiao1").get("/settings/")).count("只读") > text(
        logged_in("admin").get("/settings/")
    ).count("只读")


@pytest.mark.parametrize("username", ["xinwen1", "xinwen0", "fuzhuren2", "zhuren", "shenji"])
@pytest.mark.parametrize(
    "address",
    [
        "/settings/", "/settings/year/", "/settings/year/2021/close/", "/settings/year/2021/roll-over/",
        "/settings/import/", "/settings/import/template.xlsx", "/settings/import/2021/current.xlsx",
        "/settings/routing/", "/settings/routing/add/", "/settings/routing/question/",
        "/settings/reminders/", "/settings/calendar/",
    ],
)  # fmt: skip
def test_the_settings_are_for_administrators_and_the_performance_office(office, username, address):
    assert logged_in(username).get(address).status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/settings/", "/settings/year/", "/settings/year/2021/close/", "/settings/year/2021/roll-over/",
        "/settings/import/", "/settings/routing/", "/settings/routing/question/", "/settings/reminders/",
        "/settings/calendar/",
    ],
)  # fmt: skip
def test_every_page_is_cheap(office, address, django_assert_max_num_queries):
    for number in range(1, 8):
        work_node(office, number, state=State.IN_PROGRESS if number % 2 else State.PLANNED)
    visitor = logged_in("admin")
    visitor.get(address)
    with django_assert_max_num_queries(15):
        assert visitor.get(address).status_code == 200


def test_a_year_is_drafted_and_a_second_click_is_no_error(office):
    visitor = logged_in("jixiao1")
    assert 'value="2022"' in text(visitor.get("/settings/year/"))
    for _click in range(2):
        response = visitor.post("/settings/year/create/", {"year": "2022"}, follow=True)
        assert "2022 年度已建为草稿" in text(response)
    assert actions(Cycle.objects.get(year=2022)) == ["cycle.created"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "请填写年度。"),
        ("1999", "1999 不是有效年度。"),
        ("99999999999", "不是有效年度"),
        ("2021", "已有 2021 年度"),
        ("x", "整数"),
    ],
)
def test_a_year_that_cannot_be_is_refused_beside_the_field(office, typed, said):
    response = logged_in("admin").post("/settings/year/create/", {"year": typed})
    assert response.status_code == 422
    assert said in text(response)
    assert Cycle.objects.count() == 1


def test_closing_says_what_stays_undone_and_needs_a_word(office):
    work_node(office, 1, title="举行戏剧节", state=State.IN_PROGRESS)
    work_node(office, 2, state=State.APPROVED)
    visitor = logged_in("admin")
    page = text(visitor.get("/settings/year/2021/close/"))
    assert "有 1 个节点既未完成也未延期" in page
    assert "举行戏剧节" in page
    refused = visitor.post("/settings/year/2021/close/", {})
    assert (refused.status_code, "请勾选确认关闭本年度。" in text(refused)) == (422, True)
    assert office.cycles.get().status == Cycle.Status.OPEN
    for _click in range(2):
        response = visitor.post("/settings/year/2021/close/", {"confirmed": "on"}, follow=True)
        assert "2021 年度已关闭" in text(response)
    assert last_audit(office.cycles.get()).to_state == "closed"
    assert actions(office.cycles.get()).count("cycle.closed") == 1


def test_a_closed_year_is_opened_again(office):
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    visitor = logged_in("jixiao1")
    assert "开放 2021 年度？" in text(visitor.get("/settings/year/2021/open/"))
    for _click in range(2):
        assert "2021 年度已开放" in text(visitor.post("/settings/year/2021/open/", follow=True))
    assert actions(office.cycles.get()) == ["cycle.open"]


def test_closing_what_somebody_else_closed_says_where_it_stands(office):
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    response = logged_in("admin").post("/settings/year/2021/close/", {"confirmed": "on"})
    assert (response.status_code, "2021 年度当前为“已关闭”" in text(response)) == (409, True)


def test_another_offices_years_are_not_there(office):
    builders.office("other", year=2030)
    visitor = logged_in("admin", office)
    for address in ("close", "open", "roll-over"):
        assert visitor.get(f"/settings/year/2030/{address}/").status_code == 404
        assert visitor.post(f"/settings/year/2030/{address}/", {"confirmed": "on"}).status_code == 404


@pytest.mark.parametrize("act", ["create/", "2021/close/", "2021/open/", "2021/roll-over/"])
def test_a_handler_changes_no_year(office, act):
    assert logged_in("xinwen1").post(f"/settings/year/{act}", {"year": 2022}).status_code == 403
    assert Cycle.objects.count() == 1
