"""A year in full swing: 省外办's catalogue moved to the current year, with something waiting for everybody.

For looking at screens and for measuring them: what is due, late, handed in, returned or asked for follows
from a node's number and from today.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from nodes.catalogue import Catalogue, CatalogueRow, read_catalogue
from nodes.models import Cycle, WorkNode
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from tests import builders
from tests.builders import DEMO, ZONE
from workflow.models import Division, Office

YEAR_OF_THE_DEMO = 2021
STATEMENTS = (
    "{day}，在南昌召开推进会，省直有关单位120人参加，形成纪要并印发各设区市外办。",
    "{day}，印发工作方案，明确8项任务、12家责任单位，已报省委外办备案。",
    "{day}，活动在景德镇举办，来自15个国家的80名代表出席，签署合作备忘录3份。",
)


def living_year(office: Office, today: date) -> Cycle:
    """Import the demo's catalogue for the year of `today` and let its people work until now.

    In the first half of a year, when little has happened yet, it is the year before, near its end.
    """
    today = today if today.month > 6 else date(today.year - 1, 12, 20)
    divisions = list(Division.objects.filter(office=office).values_list("name", flat=True))
    rows = catalogue_of(divisions, today)
    import_catalogue(actor=None, office=office, year=today.year, catalogue=Catalogue(rows, []))
    cycle = cycle_of(office, today.year)
    for node in cycle.nodes.select_related("lead_division", "office").order_by("number"):
        _work(node, today)
    return cycle


def catalogue_of(divisions: list[str], today: date) -> list[CatalogueRow]:
    """The demo's catalogue with its dates in the year of `today`."""
    path = DEMO / f"catalogue-{YEAR_OF_THE_DEMO}.xlsx"
    read = read_catalogue(path, filename=path.name, year=YEAR_OF_THE_DEMO, known_divisions=divisions)
    return [_moved(row, today) for row in read.rows]


def _moved(row: CatalogueRow, today: date) -> CatalogueRow:
    """The same line in the year of `today`; every fifth is due within two weeks of it."""
    deadline = _in_year(row.deadline, today.year)
    if row.number % 5 == 0:
        near = today + timedelta(days=row.number % 15 - 3)
        deadline = min(max(near, date(today.year, 1, 5)), date(today.year, 12, 31))
    starts = _in_year(row.planned_start, today.year) if row.planned_start else None
    return replace(row, deadline=deadline, planned_start=min(starts, deadline) if starts else None)


def _in_year(day: date, year: int) -> date:
    return date(year, day.month, min(day.day, 28))


def _work(node: WorkNode, today: date) -> None:
    """What has become of a node by now, told by its number."""
    turn, due = node.number % 5, node.current_deadline
    assert due is not None
    begin = _at(max(date(today.year, 1, 5), due - timedelta(days=60)), node)
    if begin.date() > today:
        return
    builders.start(node, by=_handler(node), on=begin)
    done = due - timedelta(days=node.number % 21)
    if done >= today or turn == 0:
        _near(node, today)
    elif turn == 1 and node.number % 2:
        _submit(node, done, opinion="附件缺签到表，请补充。")
        _submit(node, min(done + timedelta(days=2), today), approve=True)
    elif node.number % 17 == 0:
        _submit(node, min(due + timedelta(days=4), today), approve=True)
    else:
        _submit(node, done, approve=True)


def _near(node: WorkNode, today: date) -> None:
    """Something unfinished: handed in, returned, asked to be deferred, or simply due."""
    turn, day = node.number % 4, max(today - timedelta(days=node.number % 3 + 1), date(today.year, 1, 6))
    if turn == 1:
        _submit(node, day)
    elif turn == 2:
        _submit(node, day, opinion="活动人数与附件不一致，请核实后重新提交。")
    elif turn == 3:
        new_due = None if node.number % 8 == 3 else min(today + timedelta(days=30), date(today.year, 12, 31))
        if new_due is None or node.current_deadline is None or new_due > node.current_deadline:
            builders.file_deferral(
                node, by=_handler(node), new_due=new_due, reason=builders.PANDEMIC, on=_at(day, node)
            )


def _submit(node: WorkNode, day: date, *, approve: bool = False, opinion: str = "") -> None:
    at = _at(day, node)
    text = STATEMENTS[node.number % 3].format(day=f"{day.month}月{day.day}日")
    builders.submit_evidence(node, by=_handler(node), on=at, completed_on=day, statement=text)
    if approve:
        builders.approve_evidence(node, by=_reviewer(node), on=at + timedelta(hours=3))
    elif opinion:
        builders.return_evidence(node, by=_reviewer(node), opinion=opinion, on=at + timedelta(hours=3))


def _at(day: date, node: WorkNode) -> datetime:
    return datetime.combine(day, time(9, node.number % 60), ZONE)


def _handler(node: WorkNode) -> str:
    return _holder(node.lead_division.posts.get(kind="handler"))


def _reviewer(node: WorkNode) -> str:
    return _holder(node.office.posts.filter(kind="performance_office").first())


def _holder(post: Any) -> str:
    return post.appointments.order_by("id").first().user.username
