"""The catalogue of a year on the screen: its tree, its filters, saved views and the workbook of it."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from django.test import Client
from openpyxl import load_workbook

from nodes.catalogue import read_catalogue
from nodes.models import Cycle, SavedView, State, WorkNode
from nodes.services.views import MOST
from tests import builders
from tests.browsing import logged_in, plain
from workflow.models import Division, Office, User

pytestmark = pytest.mark.django_db

ALL = range(1, 77)


def page(address: str = "/nodes/", username: str = "jixiao1", office: Office | None = None) -> str:
    response = logged_in(username, office).get(address)
    assert response.status_code == 200
    return response.content.decode()


def numbers(html: str) -> list[int]:
    """The nodes a page lists, in its order."""
    return [int(one) for one in re.findall(r'<td class="table__number">(\d+)</td>', html)]


def sheet(address: str = "/nodes/export/", username: str = "jixiao1", office: Office | None = None) -> Any:
    response = logged_in(username, office).get(address)
    assert response.status_code == 200
    return load_workbook(BytesIO(response.content)).active


@pytest.fixture
def small(db: None) -> Office:
    """An office beside 省外办, with a year and no nodes yet."""
    return builders.office("small")


# The tree


def test_the_nodes_stand_under_their_indicators_with_progress(year_2021):
    html = page()
    assert sorted(numbers(html)) == list(ALL)
    shown = plain(html)
    assert shown.index("党管外事") < shown.index("统筹协调") < shown.index("召开省委外事工作委员会第四次会议")
    assert "共 76 个节点，已完成 75 个（98%）" in shown
    assert "合计 76 个节点" in shown
    assert "共 13 个，完成 13 个（100%）" in shown
    assert 'scope="rowgroup"' in html


def test_an_indicator_of_several_nodes_heads_them(year_2021):
    html = page("/nodes/?q=省委外事工作委员会办公室联席会议")
    assert numbers(html) == [2, 3]
    assert plain(html).count("召开两次省委外事工作委员会办公室联席会议") == 1


def test_progress_counts_what_the_filter_shows(small):
    builders.work_node(small, 1, state=State.APPROVED)
    builders.work_node(small, 2, lead_division=builders.OTHER_DIVISION)
    assert "共 2 个，完成 1 个（50%）" in plain(page(office=small))
    division = Division.objects.get(office=small, name=builders.OTHER_DIVISION)
    assert "共 1 个，完成 0 个（0%）" in plain(page(f"/nodes/?division={division.pk}", office=small))


def test_a_moved_deadline_shows_both_days(small):
    builders.defer(builders.work_node(small, 1, state=State.IN_PROGRESS), date(2021, 11, 30))
    shown = plain(page(office=small))
    assert "2021-11-30" in shown
    assert "原 2021-10-31" in shown


# Filters


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("light=suspended", {59}),
        ("state=deferred", {59}),
        ("q=59", {59}),
        ("q=汤显祖", {59}),
        ("q=%25", set()),
        ("q=_", set()),
        ("month=4&q=友协", {17}),
        ("month=later", {59}),
    ],
)
def test_a_filter_shows_what_fits(year_2021, query, expected):
    assert set(numbers(page(f"/nodes/?{query}"))) == expected


def test_a_leader_sees_what_their_divisions_lead(year_2021):
    division = Division.objects.filter(leader_in_charge__isnull=False).first()
    shown = numbers(page(f"/nodes/?leader={division.leader_in_charge_id}"))
    theirs = WorkNode.objects.filter(lead_division__leader_in_charge=division.leader_in_charge_id)
    assert set(shown) == set(theirs.values_list("number", flat=True)) < set(ALL)


def test_no_match_offers_to_clear_the_filter(year_2021):
    html = page("/nodes/?q=没有这样的节点")
    assert "没有符合条件的工作节点" in html
    assert 'href="/nodes/?year=2021"' in html
    assert "nodes/export" not in html


def test_a_year_without_nodes_says_where_they_come_from(small):
    html = page(office=small)
    assert 'class="empty"' in html
    assert "目录" in html


@pytest.mark.parametrize(
    "query",
    ["month=13", "month=x", "leader=x", "leader=99999", "q=%00", "light=", "division=²"],
)
def test_nonsense_narrows_nothing(year_2021, query):
    assert len(numbers(page(f"/nodes/?{query}"))) == 76


def test_the_newest_year_comes_first_and_the_other_can_be_chosen(small):
    Cycle.objects.create(office=small, year=2022, status=Cycle.Status.OPEN)
    builders.work_node(small, 1, title="旧年的节点")
    builders.work_node(small, 1, year=2022, title="新年的节点", deadline=date(2022, 5, 1), planned_start=None)
    assert "新年的节点" in page(office=small)
    assert "旧年的节点" in page("/nodes/?year=2021", office=small)


def test_a_filter_by_htmx_leaves_a_plain_address_and_no_step_twice(year_2021):
    asked = {"q": "友城", "division": "", "state": "approved", "light": "", "month": ""}
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/nodes/"}
    response = logged_in().get("/nodes/", asked, headers=headers)
    plain = response["HX-Push-Url"]
    assert unquote(plain) == "/nodes/?q=友城&state=approved"
    headers["HX-Current-URL"] = f"http://testserver{plain}"
    assert logged_in().get("/nodes/", asked, headers=headers)["HX-Push-Url"] == "false"


def test_another_offices_nodes_are_not_there(year_2021):
    other = builders.office("other")
    builders.work_node(other, 1, title="别处的节点")
    assert numbers(page("/nodes/", "jixiao1", other)) == [1]
    assert "别处的节点" not in page("/nodes/", "jixiao1", year_2021.office)
    assert [row[5].value for row in sheet("/nodes/export/", "jixiao1", other)][1:] == ["别处的节点"]
    foreign = Division.objects.filter(office=other).first()
    shown = numbers(page(f"/nodes/?division={foreign.pk}", "jixiao1", year_2021.office))
    assert len(shown) == 76


# The workbook


def test_the_workbook_holds_what_the_filter_shows(year_2021):
    shown = numbers(page("/nodes/?q=友城&month=9"))
    rows = list(sheet("/nodes/export/?q=友城&month=9").values)
    assert [row[0] for row in rows[1:]] == shown
    assert shown
    assert sheet().max_row == 77


def test_the_workbook_names_its_office_and_year(year_2021):
    response = logged_in().get("/nodes/export/")
    assert "省外办2021年工作节点.xlsx" in unquote(response["Content-Disposition"])
    assert response["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_workbook_has_a_frozen_heading_real_dates_and_widths(year_2021):
    book = sheet("/nodes/export/?q=59")
    heading = [cell.value for cell in book[1]]
    assert book.freeze_panes == "A2"
    deadline = book.cell(2, heading.index("完成时限") + 1)
    assert isinstance(deadline.value, datetime)
    assert deadline.number_format == "yyyy-mm-dd"
    assert book.column_dimensions["F"].width >= 2 * len(str(book["F2"].value))
    assert [book.cell(2, heading.index(name) + 1).value for name in ("状态", "亮灯")] == ["延期", "暂缓"]


def test_nothing_in_the_workbook_is_a_formula(small):
    evil = ["=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://x")', "坏\x01字"]
    for number, title in enumerate(evil, start=1):
        builders.work_node(small, number, title=title, level3=f"指标{number}", evidence_required=title)
    cells = [row[5] for row in sheet(office=small).iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == [*evil[:5], "坏字"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells[:5])


def test_the_workbook_can_be_read_back_as_a_catalogue(year_2021, tmp_path):
    content = logged_in().get("/nodes/export/").content
    (tmp_path / "again.xlsx").write_bytes(content)
    names = list(Division.objects.values_list("name", flat=True))
    read = read_catalogue(tmp_path / "again.xlsx", filename="again.xlsx", year=2021, known_divisions=names)
    assert read.problems == []
    assert {row.number for row in read.rows} == set(ALL)


# Saved views


def save(visitor: Client, name: str, query: str = "light=overdue") -> Any:
    return visitor.post("/nodes/views/", {"name": name, "query": query})


def test_a_saved_view_comes_back_to_its_filter(year_2021):
    visitor = logged_in()
    response = save(visitor, " 延期的  节点 ", "state=deferred&year=2021&division=&page=7&x=y")
    assert (response.status_code, response.url) == (302, "/nodes/?state=deferred&year=2021")
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("延期的 节点", "state=deferred")
    html = visitor.get("/nodes/").content.decode()
    assert 'href="/nodes/?state=deferred"' in html
    assert numbers(visitor.get("/nodes/?state=deferred").content.decode()) == [59]


def test_saving_twice_keeps_one(year_2021):
    visitor = logged_in()
    assert [save(visitor, "超期").status_code for _click in range(2)] == [302, 302]
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "query", "why"),
    [
        ("", "light=overdue", "请填写视图名称"),
        ("字" * 41, "light=overdue", "名称不能超过 40 个字"),
        ("空", "light=blue", "尚未设置筛选条件"),
        ("长", "q=" + "友" * 100, "筛选条件过长"),
        ("已有", "light=due_soon", "已有同名视图"),
    ],
)
def test_a_view_that_cannot_be_saved_says_why_beside_the_name(year_2021, name, query, why):
    visitor = logged_in()
    save(visitor, "已有")
    response = save(visitor, name, query)
    assert response.status_code == 422
    html = response.content.decode()
    assert why in html[html.index('id="view_name"') :]
    assert SavedView.objects.count() == 1


def test_there_are_only_so_many_views(year_2021):
    visitor = logged_in()
    for number in range(MOST):
        assert save(visitor, f"视图{number}").status_code == 302
    assert save(visitor, "又一个").status_code == 422
    assert save(logged_in("xinwen1"), "别人的").status_code == 302


def test_a_view_is_its_owners_alone(year_2021):
    visitor, stranger = logged_in(), logged_in("xinwen1")
    save(visitor, "我的视图")
    view = SavedView.objects.get()
    assert "我的视图" not in stranger.get("/nodes/").content.decode()
    assert stranger.post(f"/nodes/views/{view.pk}/delete/").status_code == 404
    assert visitor.get(f"/nodes/views/{view.pk}/delete/").status_code == 302
    assert SavedView.objects.count() == 1
    for _click in range(2):
        assert visitor.post(f"/nodes/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()


def test_who_has_no_office_finds_nothing_here(db):
    admin = User.objects.create_superuser("root", password="x")
    visitor = Client()
    visitor.force_login(admin, backend="workflow.auth.OfficeBackend")
    for address in ("/nodes/", "/nodes/export/"):
        assert visitor.get(address).status_code == 404
    assert save(visitor, "超期").status_code == 404
