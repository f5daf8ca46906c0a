"""The overseeing office sees the years of all its offices side by side, counted as each counts its own."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from approvals.province import counting
from nodes import figures
from nodes.models import Cycle, State
from nodes.selectors import cycle_of
from tests import builders
from tests.browsing import english, logged_in
from tests.builders import approve_evidence, defer, return_evidence, start, submit_evidence, work_node
from tests.provinces import hand_in, overseen, overseer, receive, signed
from tests.published_year import published_year
from workflow.models import Office


@pytest.fixture
def province(db) -> Office:
    return overseer()


def varied(office: Office) -> None:
    """On time, late, deferred, waiting for review in time and too late, returned, overdue."""
    for number in range(1, 9):
        work_node(office, number, deadline=date(2021, 4, 10 + number))
    nodes = {node.number: node for node in cycle_of(office, 2021).nodes.select_related("lead_division")}
    for number in (1, 2, 4, 5, 6):
        start(nodes[number])
    for number, day in ((1, date(2021, 4, 9)), (2, date(2021, 4, 20))):
        submit_evidence(nodes[number], on=day)
        approve_evidence(nodes[number])
    defer(nodes[3])
    submit_evidence(nodes[4], on=date(2021, 4, 12))
    submit_evidence(nodes[5], on=date(2021, 4, 28))
    submit_evidence(nodes[6], on=date(2021, 4, 12))
    return_evidence(nodes[6])


def test_each_office_is_counted_as_it_counts_itself(province):
    for code in ("nc", "jj"):
        varied(overseen(code, f"{code}市外办"))
    empty = overseen("gz", "赣州市外办")
    work_node(empty, 1, deadline=date(2099, 12, 31))
    for one in counting.offices(province, 2021):
        cycle = cycle_of(Office.objects.get(code=one.code), 2021)
        known = figures.figures(cycle)
        assert (one.counts.nodes, one.counts.on_time, one.counts.late) == (
            known["nodes"], known["done_on_time"], known["done_late"],
        )  # fmt: skip
        assert (one.counts.deferred, one.counts.not_done) == (known["deferred"], known["not_done"])
        assert one.counts.overdue == sum(line["overdue"] for line in known["by_division"])
        assert one.counts.returned == known["returned_once_or_more"]
    assert {one.code: one.counts.overdue for one in counting.offices(province, 2021)} == {
        "nc": 4, "jj": 4, "gz": 0,
    }  # fmt: skip


def test_a_drafted_year_is_the_offices_own_business(province):
    office = overseen("nc", "南昌市外办")
    work_node(office, 1)
    Cycle.objects.filter(office=office).update(status=Cycle.Status.DRAFT)
    (one,) = counting.offices(province, 2021)
    assert (one.begun, one.counts.nodes) == (False, 0)
    browser = logged_in("jixiao1", province)
    assert browser.get("/province/").status_code == 200
    assert browser.get("/province/?year=2021").status_code in (200, 404)
    assert browser.get("/province/nc/?year=2021").status_code == 404


def test_the_stage_of_each_summary_and_its_score(province):
    names = ("gz", "nc", "jj", "sr")
    offices = {code: overseen(code, f"{code}外办") for code in names}
    for code in ("nc", "jj", "sr"):
        summary = signed(offices[code])
        if code != "sr":
            filing = hand_in(summary)
            if code == "jj":
                receive(filing, "return", opinion="请补充。")
    work_node(offices["gz"], 1, state=State.APPROVED, deadline=date(2021, 3, 20))
    work_node(offices["gz"], 2, state=State.IN_PROGRESS, deadline=date(2021, 3, 20))
    published_year(cycle_of(offices["gz"], 2021), head="xinwen0")
    found = {one.code: one.said for one in counting.offices(province, 2021)}
    assert {code: said.filing or said.summary for code, said in found.items()} == {
        "gz": "", "nc": "sent", "jj": "returned", "sr": "signed",
    }  # fmt: skip
    assert float(found["gz"].score) > 0
    assert found["nc"].score == ""
    page = logged_in("zhuren", province).get("/province/?year=2021").content.decode()
    for word in ("待接收", "已退回", "已签发，未报送", "未编制"):
        assert word in page, word
    assert found["gz"].score in page


def test_sorted_and_narrowed_by_the_address(province):
    for code, done in (("nc", 1), ("jj", 3)):
        office = overseen(code, f"{code}外办")
        for number in range(1, done + 1):
            work_node(office, number, state=State.APPROVED, deadline=date(2021, 3, 20))
    browser = logged_in("admin", province)

    def shown(query: str) -> list[str]:
        page = browser.get(f"/province/?{query}").content.decode()
        return re.findall(r'href="/province/(\w+)/\?year=2021">', page)

    assert shown("sort=-on_time") == ["jj", "nc"]
    assert shown("sort=on_time") == ["nc", "jj"]
    assert shown("q=jj") == ["jj"]
    assert shown("light=overdue") == []
    assert shown("summary=not_begun&light=done&year=2021") == ["jj", "nc"]
    assert shown("sort=%00&light=x&summary='&q=%E5%8D%97") == []
    for wrong in ("1999", "abc", "2021 OR 1=1", "9" * 30):
        assert browser.get("/province/", {"year": wrong}).status_code == 404


def test_the_table_goes_along_with_its_sums_and_without_formulas(province):
    work_node(overseen("nc", "=HYPERLINK(1)"), 1, state=State.APPROVED, deadline=date(2021, 3, 20))
    browser = logged_in("shenji", province)
    book = browser.get("/province/offices.xlsx?year=2021")
    cells = list(load_workbook(BytesIO(book.content)).active.iter_rows())
    assert cells[1][0].value == "=HYPERLINK(1)"
    assert cells[1][0].data_type == "s"
    assert [cell.value for cell in cells[2]][3:6] == [1, 1, 0]
    lines = browser.get("/province/offices.csv?year=2021").content.decode("utf-8-sig").splitlines()
    assert lines[1].startswith("'=HYPERLINK(1),nc,")
    assert len(browser.get("/province/offices.csv?light=overdue").content.splitlines()) == 2  # and the sums


def test_one_offices_year_with_its_deferrals(province):
    office = overseen("nc", "南昌市外办")
    varied(office)
    page = logged_in("jixiao1", province).get("/province/nc/").content.decode()
    assert builders.DIVISION in page
    assert builders.PANDEMIC in page
    assert builders.GOVERNOR in page
    assert "示例〔2021〕15号" in page


def test_the_pages_are_chinese_and_ask_little(province):
    for code in ("nc", "jj", "gz"):
        varied(overseen(code, f"{'南九赣'[len(code) - 2]}市外办"))
    office = Office.objects.get(code="nc")
    Cycle.objects.create(office=office, year=2020, status=Cycle.Status.CLOSED)
    work_node(overseen("sr", "上饶市外办"), 1)
    browser = logged_in("jixiao1", province)
    browser.get("/province/")
    for address in ("/province/", "/province/nc/", "/province/?year=2020"):
        with CaptureQueriesContext(connection) as sent:
            answer = browser.get(address)
        assert answer.status_code == 200
        assert len(sent) <= 15, address
        assert english(answer.content, "nc", "jj", "gz", "sr") == set(), address
    assert logged_in("jixiao1", office).get("/summary/filing/?year=2021").status_code == 404  # not begun
