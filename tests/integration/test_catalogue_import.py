"""The catalogue's way into the database: all rows or none, and what importing again may touch."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from nodes.catalogue import Catalogue
from nodes.models import Cycle, Indicator, State, WorkNode
from nodes.services.catalogue import import_catalogue
from tests import builders
from tests.builders import row, start, work_node
from workflow.models import AuditEntry
from workflow.refusals import Invalid, WrongState

HEADER = "节点序号,一级指标,二级指标,三级指标序号,三级指标,工作节点,责任处室,配合处室,计划开始,完成时限"
LINES = (
    "1,服务大局,人文交流,1,戏剧节,举行戏剧节,新闻文化处,秘书处,2021-03-01,2021-10-31",
    "2,服务大局,人文交流,2,开放周,办好开放周,新闻文化处,,2021-03-01,2021-06-30",
    "3,党管外事,统筹协调,3,召开会议,召开全会,秘书处,,2021-01-11,2021-06-30",
)


@pytest.fixture
def file(tmp_path):
    def write(*lines: str):
        path = tmp_path / "catalogue.csv"
        path.write_text("\n".join([HEADER, *lines]), "utf-8")
        return path

    return write


def run(path, *options: str, office="jx-fao") -> list[str]:
    out = StringIO()
    call_command("import_catalogue", str(path), "--office", office, "--year", "2021", *options, stdout=out)
    return out.getvalue().splitlines()


def bring_in(office, *rows, dry_run=False, actor=None):
    return import_catalogue(
        actor=actor, office=office, year=2021, catalogue=Catalogue(list(rows), []), dry_run=dry_run
    )


def test_a_file_becomes_a_year_of_planned_nodes(office, file):
    last = json.loads(run(file(*LINES))[-1])
    assert last == {
        "level1": 2,
        "level2": 2,
        "level3": 3,
        "nodes": 3,
        "divisions": 2,
        "created": 3,
        "updated": 0,
        "unchanged": 0,
    }
    festival = WorkNode.objects.get(number=1)
    assert (festival.state, festival.version) == (State.PLANNED, 0)
    assert festival.baseline_deadline == festival.current_deadline == date(2021, 10, 31)
    assert [division.name for division in festival.supporting_divisions.all()] == ["秘书处"]
    assert str(festival.indicator.parent.parent) == "服务大局"


def test_the_first_import_opens_the_year(db, file):
    office = builders.office(year=None)
    run(file(*LINES))
    assert Cycle.objects.get(office=office).status == Cycle.Status.OPEN


def test_a_dry_run_says_what_would_happen_and_changes_nothing(office, file):
    assert json.loads(run(file(*LINES), "--dry-run")[-1])["created"] == 3
    assert not WorkNode.objects.exists()
    assert not Indicator.objects.exists()
    assert not AuditEntry.objects.filter(action="catalogue.imported").exists()


def test_importing_the_same_file_again_changes_nothing_and_is_not_recorded(office, file):
    run(file(*LINES))
    again = json.loads(run(file(*LINES))[-1])
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert AuditEntry.objects.filter(action="catalogue.imported").count() == 1


def test_one_bad_row_keeps_the_others_out_and_every_problem_is_listed(office, file):
    bad = (LINES[0], LINES[1].replace("2021-06-30", "2021-02-30"), LINES[2].replace("秘书处", "没有处"))
    with pytest.raises(CommandError) as refusal:
        run(file(*bad))
    problems = str(refusal.value).splitlines()
    assert problems[0].startswith("row 3, column 完成时限: ")
    assert problems[1].startswith("row 4, column 责任处室: ")
    assert refusal.value.returncode == 1
    assert not WorkNode.objects.exists()


def test_a_file_that_is_not_there_is_named(office, tmp_path):
    with pytest.raises(CommandError, match=r"gone\.csv: No such file"):
        run(tmp_path / "gone.csv")


def test_titles_and_dates_of_planned_nodes_follow_the_file(office):
    work_node(office, 1)
    outcome = bring_in(office, row(1, title="改名", deadline=date(2021, 9, 30), lead_division="秘书处"))
    node = WorkNode.objects.get(number=1)
    assert outcome.updated == [1]
    assert (node.title, node.lead_division.name) == ("改名", "秘书处")
    assert node.baseline_deadline == node.current_deadline == date(2021, 9, 30)


def test_only_the_supporting_divisions_differing_is_a_change_too(office):
    work_node(office, 1)
    assert bring_in(office, row(1, supporting_divisions=("秘书处",))).updated == [1]
    assert bring_in(office, row(1, supporting_divisions=("秘书处",))).updated == []


@pytest.mark.parametrize("state", [state for state in State if state != State.PLANNED])
def test_a_node_that_has_begun_keeps_its_title_and_dates_and_is_reported(office, state):
    before = work_node(office, 1, state=state)
    outcome = bring_in(office, row(1, title="改名", deadline=date(2021, 9, 30)))
    after = WorkNode.objects.get(number=1)
    assert (outcome.begun, outcome.updated) == ([1], [])
    assert (after.title, after.baseline_deadline) == (before.title, before.baseline_deadline)
    assert (after.state, after.version) == (before.state, before.version)


def test_a_node_missing_from_the_file_stays_and_is_reported(office, file):
    run(file(*LINES))
    told = run(file(*LINES[:2]))
    assert told[0] == "node 3 is not in the file: it was kept"
    assert WorkNode.objects.count() == 3


def test_a_begun_node_is_reported_by_the_command(office, file):
    run(file(*LINES))
    start(WorkNode.objects.get(number=1))
    told = run(file(LINES[0].replace("举行戏剧节", "改名"), *LINES[1:]))
    assert told[0] == "node 1 has begun: its title and dates were kept"


def test_a_new_row_joins_nodes_that_have_begun(office):
    begun = work_node(office, 1, state=State.IN_PROGRESS)
    outcome = bring_in(office, row(1), row(2, level3_number=1, level3="三级指标1"))
    assert (outcome.created, outcome.unchanged) == ([2], [1])
    assert WorkNode.objects.get(number=2).indicator == begun.indicator


def test_indicators_that_lost_their_last_node_go(office):
    work_node(office, 1)
    bring_in(office, row(1, level1="新的", level2="新的", level3_number=9, level3="新的"))
    assert sorted(Indicator.objects.values_list("level", "title")) == [
        (1, "新的"),
        (2, "新的"),
        (3, "新的"),
    ]


def test_an_indicator_with_begun_nodes_keeps_its_title(office):
    work_node(office, 1, state=State.IN_PROGRESS)
    bring_in(office, row(1, level3="改名"))
    assert Indicator.objects.get(level=3).title == "三级指标1"


def test_a_closed_year_takes_no_catalogue(office):
    work_node(office, 1)
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    with pytest.raises(WrongState, match="2021"):
        bring_in(office, row(1, title="改名"))


@pytest.mark.parametrize("year", [1999, 2101])
def test_a_year_that_is_none_is_refused(office, year):
    with pytest.raises(Invalid, match=str(year)):
        import_catalogue(actor=None, office=office, year=year, catalogue=Catalogue([row()], []))


def test_the_import_is_recorded_with_its_tally(office):
    bring_in(office, row(1), row(2), actor=builders.person("admin"))
    entry = AuditEntry.objects.get(action="catalogue.imported")
    assert (entry.actor.username, entry.data["created"], entry.data["year"]) == ("admin", 2, 2021)


def test_two_years_of_one_office_stay_apart(office):
    work_node(office, 1, state=State.IN_PROGRESS)
    import_catalogue(
        actor=None,
        office=office,
        year=2022,
        catalogue=Catalogue([row(1, planned_start=date(2022, 1, 4), deadline=date(2022, 6, 30))], []),
    )
    assert WorkNode.objects.count() == 2
    assert builders.figures_of(office, 2021)["states"]["in_progress"] == 1
    assert builders.figures_of(office, 2022)["states"]["in_progress"] == 0
