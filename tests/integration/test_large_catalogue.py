"""The catalogue of a large year: what it costs, what it weighs, and that nothing is lost between pages."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import django_htmx
import pytest
from openpyxl import load_workbook

from nodes.models import Cycle, Indicator, WorkNode
from tests import builders
from tests.browsing import logged_in, plain
from tests.integration.test_catalogue_page import numbers
from workflow.models import Division, Office

pytestmark = pytest.mark.django_db

STATIC = (Path("config/static"), Path(django_htmx.__file__).parent / "static")


@pytest.fixture(scope="module")
def large(world_of_the_module) -> Office:
    """An office with 5,000 nodes under 8 / 40 / 4,000 indicators."""
    with world_of_the_module():
        office = builders.office("large")
        cycle = Cycle.objects.get(office=office)
        tops = _indicators(cycle, 1, [None] * 8)
        seconds = _indicators(cycle, 2, [tops[n // 5] for n in range(40)])
        thirds = _indicators(cycle, 3, [seconds[n // 100] for n in range(4000)])
        divisions = list(office.divisions.all())
        WorkNode.objects.bulk_create(
            WorkNode(
                office=office, cycle=cycle, number=n + 1, indicator=thirds[n * 4 // 5],
                title=f"推动落实第{n + 1}项重点工作任务并形成阶段性成果报告", lead_division=divisions[n % 2],
                baseline_deadline=date(2021, n % 12 + 1, 20), current_deadline=date(2021, n % 12 + 1, 20),
            )
            for n in range(5000)
        )  # fmt: skip
        return office


def _indicators(cycle: Cycle, level: int, parents: list[Indicator | None]) -> list[Indicator]:
    return Indicator.objects.bulk_create(
        Indicator(cycle=cycle, level=level, parent=parent, title=f"第{level}级指标之{n}", position=n,
                  number=n + 1 if level == 3 else None)
        for n, parent in enumerate(parents)
    )  # fmt: skip


def _weight(html: str) -> int:
    """Bytes of a page with its style sheets and scripts, uncompressed."""
    names = re.findall(r'(?:href|src)="/static/([^"]+\.(?:css|js))"', html)
    paths = [next(folder / name for folder in STATIC if (folder / name).exists()) for name in names]
    return len(html.encode()) + sum(path.stat().st_size for path in paths)


def test_five_thousand_nodes_come_page_by_page(large, django_assert_max_num_queries):
    visitor = logged_in("jixiao1", large)
    visitor.get("/nodes/")
    with django_assert_max_num_queries(15):
        html = visitor.get("/nodes/").content.decode()
    assert numbers(html) == list(range(1, 101))
    assert "合计 5000 个节点" in plain(html)
    assert "共 625 个，完成 0 个" in plain(html)
    assert _weight(html) <= 200 * 1024


def test_later_pages_repeat_the_headings_and_the_whole_groups_count(large):
    visitor = logged_in("jixiao1", large)
    html = visitor.get("/nodes/?page=7").content.decode()
    assert numbers(html) == list(range(601, 701))
    assert plain(html).count("共 625 个，完成 0 个") == 2
    assert numbers(visitor.get("/nodes/?page=50").content.decode())[-1] == 5000


def test_every_filter_at_once_stays_cheap(large, django_assert_max_num_queries):
    visitor = logged_in("jixiao1", large)
    division = Division.objects.get(office=large, name=builders.DIVISION)
    leader = division.leader_in_charge_id
    query = f"q=重点&division={division.pk}&leader={leader}&state=planned&month=1&light=overdue"
    visitor.get("/nodes/")
    with django_assert_max_num_queries(15):
        assert numbers(visitor.get(f"/nodes/?{query}").content.decode())


def test_the_whole_large_year_goes_into_the_workbook(large, django_assert_max_num_queries):
    visitor = logged_in("jixiao1", large)
    with django_assert_max_num_queries(15):
        content = visitor.get("/nodes/export/").content
    lines = load_workbook(BytesIO(content), read_only=True).active.iter_rows(min_row=2, max_col=1)
    assert [line[0].value for line in lines] == list(range(1, 5001))


def test_a_large_year_is_rolled_over_in_one_form(large):
    sent = {f"deadline_{number}": "" for number in range(1, 5001)} | {
        "carry_7": "on",
        "deadline_7": "2022-06-30",
    }
    answer = logged_in("jixiao1", large).post("/settings/year/2021/roll-over/", sent)
    assert answer.status_code == 302
    assert list(WorkNode.objects.filter(cycle__year=2022).values_list("title", "baseline_deadline")) == [
        ("推动落实第7项重点工作任务并形成阶段性成果报告", date(2022, 6, 30))
    ]
