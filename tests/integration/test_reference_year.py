"""The reference year: 省外办 2021, from its three files to its figures."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from approvals.models import Decision, EvidenceReview, ReplayedEvent
from approvals.replay import replay
from nodes.figures import outcomes
from nodes.models import State
from tests import builders
from tests.builders import DEMO, actions, last_audit
from workflow.models import AuditEntry, Office

pytestmark = pytest.mark.django_db
EVENTS = (DEMO / "events-2021.jsonl").read_text("utf-8")


def printed(command: str, *arguments: object) -> str:
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_year_has_its_indicators_nodes_and_divisions(year_2021):
    figures = year_2021.figures()
    assert figures["indicators"] == {"level1": 8, "level2": 13, "level3": 71}
    assert (figures["nodes"], figures["divisions"]) == (76, 12)
    assert len(figures["by_division"]) == 12


def test_75_nodes_are_done_on_time_and_one_is_deferred(year_2021):
    figures = year_2021.figures()
    assert figures["states"] == {
        "planned": 0,
        "in_progress": 0,
        "evidence_submitted": 0,
        "approved": 75,
        "deferred": 1,
    }
    ends = ("done_on_time", "done_late", "deferred", "not_done")
    assert tuple(figures[end] for end in ends) == (75, 0, 1, 0)


def test_the_divisions_rows_add_up_to_the_year(year_2021):
    rows = year_2021.figures()["by_division"]
    totals = {key: sum(row[key] for row in rows) for key in rows[0] if key != "division"}
    assert totals == {"nodes": 76, "approved": 75, "on_time": 75, "late": 0, "deferred": 1, "overdue": 0}
    assert next(row for row in rows if row["division"] == "新闻文化处")["deferred"] == 1


def test_two_nodes_were_returned_once_each(year_2021):
    figures = year_2021.figures()
    assert figures["returned_once_or_more"] == 2
    assert [(entry["node"], entry["times"]) for entry in figures["returns"]] == [(12, 1), (33, 1)]
    assert actions(year_2021.node(12)) == [
        "node.started",
        "evidence.submitted",
        "evidence.returned",
        "evidence.submitted",
        "evidence.approved",
    ]


def test_the_drama_festival_was_signed_by_the_leader_and_then_by_the_governor_on_paper(year_2021):
    (deferral,) = year_2021.figures()["deferrals"]
    assert (deferral["node"], deferral["new_due"]) == (59, None)
    assert "新冠疫情" in deferral["reason"]
    leader, governor = deferral["sign_offs"]
    assert (leader["post"], leader["by"], leader["recorded_by"]) == ("分管副主任（二）", "fuzhuren2", None)
    assert governor["post"] == "分管副省长"
    assert governor["recorded_by"] == "jixiao1"
    assert governor["document_number"] == "示例〔2021〕15号"
    assert governor["signed_on"] == "2021-08-25"
    assert leader["at"] < governor["at"]


def test_the_drama_festival_stays_deferred_without_a_date(year_2021):
    festival = year_2021.node(59)
    assert (festival.state, festival.current_deadline) == (State.DEFERRED, None)
    assert festival.baseline_deadline.year == 2021
    assert last_audit(festival).at.isoformat() == "2021-08-25T03:00:00+00:00"


def test_everybody_acted_at_the_time_of_the_event_and_reviewed_nothing_of_their_own(year_2021):
    told = {json.loads(line)["at"][:10] for line in EVENTS.splitlines()}
    entries = AuditEntry.objects.filter(office=year_2021.office, subject_type="worknode")
    assert {entry.at.astimezone(builders.ZONE).date().isoformat() for entry in entries} <= told
    reviews = EvidenceReview.objects.filter(submission__node__cycle=year_2021.cycle)
    assert reviews.count() == 77
    assert all(r.submission.decided_by_id != r.submission.submitted_by_id for r in reviews)


def test_every_review_and_the_deferral_ended_their_flows(year_2021):
    reviews = EvidenceReview.objects.filter(submission__node__cycle=year_2021.cycle)
    assert {review.process.status for review in reviews.select_related("process")} == {"DONE"}
    request = year_2021.node(59).deferral_requests.get()
    assert request.process.status == "DONE"
    assert Decision.objects.filter(sign_off__request=request).count() == 2


def test_replaying_again_changes_nothing(year_2021):
    before, entries = year_2021.figures(), AuditEntry.objects.count()
    progress = replay(year_2021.cycle, EVENTS, folder=DEMO)
    assert (progress.applied, progress.applied_before) == (0, 233)
    assert year_2021.figures() == before
    assert AuditEntry.objects.count() == entries
    assert ReplayedEvent.objects.filter(cycle=year_2021.cycle).count() == 233


@pytest.mark.parametrize("day", [date(2021, 12, 31), date(2026, 1, 1)])
def test_the_figures_as_of_a_day_after_the_end_are_the_figures_at_the_end(year_2021, day):
    assert year_2021.figures(day) == year_2021.figures()


@pytest.mark.parametrize("month", range(1, 13))
def test_the_figures_add_up_in_every_month(year_2021, month):
    figures = year_2021.figures(date(2021, month, 28))
    ends = ("done_on_time", "done_late", "deferred", "not_done")
    assert sum(figures[end] for end in ends) == sum(figures["states"].values()) == 76
    assert sum(row["approved"] for row in figures["by_division"]) == figures["states"]["approved"]


def test_the_past_is_still_there_to_be_asked_about(year_2021):
    before, after = year_2021.figures(date(2021, 8, 24)), year_2021.figures(date(2021, 8, 25))
    assert (before["deferred"], before["deferrals"]) == (0, [])
    assert (after["deferred"], len(after["deferrals"])) == (1, 1)
    assert year_2021.figures(date(2021, 1, 3))["states"]["planned"] == 76


def test_the_audit_trail_of_the_year_verifies(year_2021):
    assert printed("verify_audit", "--office", "jx-fao").startswith("ok ")
    assert AuditEntry.objects.filter(office=year_2021.office, seal=None).count() == 0


def test_the_commands_tell_the_same_story(year_2021):
    at = ("--office", "jx-fao", "--year", 2021)
    assert json.loads(printed("figures", *at)) == year_2021.figures()
    assert json.loads(printed("figures", *at, "--as-of", "2021-06-30")) == year_2021.figures(
        date(2021, 6, 30)
    )
    again = json.loads(printed("replay", DEMO / "events-2021.jsonl", *at))
    assert again == {"applied": 0, "applied_before": 233, "last": "2021-12-31T17:00:00+08:00"}
    assert outcomes([]) == {"done_on_time": 0, "done_late": 0, "deferred": 0, "not_done": 0}


def test_a_closed_year_can_still_be_replayed_where_nothing_is_new(year_2021):
    year_2021.cycle.status = "closed"
    year_2021.cycle.save()
    assert replay(year_2021.cycle, EVENTS, folder=DEMO).applied == 0


@pytest.mark.parametrize("file", ["catalogue-2021.xlsx", "catalogue-2021.csv"])
def test_workbook_and_csv_make_the_same_year(year_2021, file):
    """Node by node, what one file imported is what the other one would."""
    tally = json.loads(
        printed("import_catalogue", DEMO / file, "--office", "jx-fao", "--year", 2021).splitlines()[-1]
    )
    assert {key: tally[key] for key in ("level1", "level2", "level3", "nodes", "divisions")} == {
        "level1": 8,
        "level2": 13,
        "level3": 71,
        "nodes": 76,
        "divisions": 12,
    }
    assert (tally["created"], tally["updated"], tally["unchanged"]) == (0, 0, 76)


def test_importing_the_organisation_again_changes_nothing(year_2021):
    tally = json.loads(printed("import_organisation", DEMO / "organisation-2021.json"))
    assert tally["created"] == tally["updated"] == 0
    assert tally["unchanged"] > 60
    assert Office.objects.count() == 1


@pytest.mark.parametrize("command", ["figures", "verify_audit", "replay", "import_catalogue"])
def test_an_unknown_office_is_one_clear_line(year_2021, command):
    arguments = {
        "figures": ["--year", "2021"],
        "verify_audit": [],
        "replay": [str(DEMO / "events-2021.jsonl"), "--year", "2021"],
        "import_catalogue": [str(DEMO / "catalogue-2021.csv"), "--year", "2021"],
    }[command]
    with pytest.raises(CommandError, match=r"^There is no office “nowhere”\.$") as refusal:
        call_command(command, *arguments, "--office", "nowhere", stdout=StringIO())
    assert refusal.value.returncode == 1


def test_a_year_the_office_does_not_have_is_one_clear_line(year_2021):
    with pytest.raises(CommandError, match="has no year 1999"):
        call_command("figures", "--office", "jx-fao", "--year", "1999", stdout=StringIO())
