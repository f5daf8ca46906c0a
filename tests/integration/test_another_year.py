"""A wholly different office and year, in which everything happens that can."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from approvals.replay import replay
from nodes.catalogue import Catalogue
from nodes.figures import facts
from nodes.models import State
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from tests import events
from tests.builders import row, trail
from tests.events import approve, ask, done, give_back, line, on_paper, sign, start, submit, withdraw
from tests.reference import Year
from workflow import audit
from workflow.organisation_file import parse_organisation
from workflow.selectors import office_by_code
from workflow.services.organisation import import_organisation

pytestmark = pytest.mark.django_db

PEOPLE = "head1 head2 head3 hand1 hand2 hand3 boss vice vice2 stand jx1 jx2 root".split()  # noqa: SIM905
DIVISIONS = ["规划处", "投资处", "价格处"]
ORGANISATION = {
    "office": {"code": "fgw", "name": "市发改委"},
    "users": [{"username": name, "name": name} for name in PEOPLE],
    "divisions": [
        {"name": name, "head": f"head{i}", "handlers": [f"hand{i}"], "leader_in_charge": "副主任"}
        for i, name in enumerate(DIVISIONS, 1)
    ],
    "posts": [
        {"post": "主任", "kind": "head_of_unit", "holder": "boss"},
        {"post": "副主任", "kind": "leader_in_charge", "holder": "vice"},
        {"post": "副市长", "kind": "provincial_leader", "off_system": True},
        {"post": "绩效办", "kind": "performance_office", "holders": ["jx1", "jx2"]},
    ],
    "administrators": ["root"],
    "deferral_routing": [
        {"when": {"new_due": "within_cycle", "days_at_most": 20}, "sign_off": ["division_head"]},
        {
            "when": {"new_due": "within_cycle"},
            "sign_off": [{"all_of": ["leader_in_charge", "head_of_unit"]}],
        },
        {"when": {"new_due": "later_or_none"}, "sign_off": ["leader_in_charge", "provincial_leader"]},
    ],
}
JX = "绩效办"


def happened() -> str:
    """Fourteen nodes: their numbers say what becomes of them."""
    rest = [
        # 1 and 2: on time; the second from a day in which the review itself came after the deadline.
        *done(1, "规划处", "2023-02-01", "2023-06-30", reviewers=JX),
        start("2023-02-01", 2, "规划处"),
        submit("2023-06-30T16:00:00", 2, "规划处"),
        approve("2023-07-05", 2, JX),
        # 3: late.
        *done(3, "规划处", "2023-02-01", "2023-07-01", reviewers=JX),
        # 4: returned twice, withdrawn once, then on time.
        start("2023-02-02", 4, "投资处"),
        submit("2023-05-01", 4, "投资处"),
        give_back("2023-05-02", 4, JX),
        submit("2023-05-03", 4, "投资处"),
        withdraw("2023-05-04", 4, "投资处"),
        submit("2023-05-05", 4, "投资处"),
        give_back("2023-05-06", 4, JX),
        submit("2023-05-08", 4, "投资处"),
        approve("2023-05-09", 4, JX),
        # 5: deferral asked for after the deadline and rejected by the division's head, so it is late.
        start("2023-02-02", 5, "投资处"),
        ask("2023-07-03", 5, "投资处", "2023-07-20"),
        sign("2023-07-04", 5, "投资处", "reject", opinion="理由不充分。"),
        submit("2023-07-06", 5, "投资处"),
        approve("2023-07-07", 5, JX),
        # 6: deferral returned and withdrawn, then granted by the head: resumed at once, on time by it.
        start("2023-02-03", 6, "投资处"),
        ask("2023-06-01", 6, "投资处", "2023-07-10"),
        sign("2023-06-02", 6, "head2", "return", opinion="说明原因。"),
        ask("2023-06-03", 6, "投资处", "2023-07-10"),
        line("withdraw_deferral", "2023-06-04", node=6, by="投资处"),
        ask("2023-06-05", 6, "投资处", "2023-07-10"),
        sign("2023-06-06", 6, "head2"),
        submit("2023-07-10", 6, "投资处"),
        approve("2023-07-11", 6, JX),
        # 7: deferred twice: first by its head, then by leader and head of unit together; never done.
        start("2023-02-03", 7, "价格处"),
        ask("2023-06-10", 7, "价格处", "2023-07-15"),
        sign("2023-06-11", 7, "head3"),
        ask("2023-07-10", 7, "价格处", "2023-11-30"),
        sign("2023-07-11", 7, "主任"),
        sign("2023-07-12", 7, "副主任"),
        # 8: deferred without a date before it began; the successor of the vice director signs.
        line("appoint", "2023-08-01", post="副主任", to="vice2"),
        ask("2023-07-20", 8, "价格处"),
        sign("2023-08-02", 8, "副主任"),
        on_paper("2023-08-05", 8, "副市长", recorded_by=JX),
        # 9: likewise, but taken up again and done before the date it was given then.
        ask("2023-05-20", 9, "价格处"),
        sign("2023-05-21", 9, "副主任"),
        on_paper("2023-05-22", 9, "副市长", recorded_by=JX),
        line("resume", "2023-06-20", node=9, by="价格处", new_due="2023-10-01"),
        submit("2023-09-30", 9, "价格处"),
        approve("2023-10-02", 9, JX),
        # 10: the vice director's delegate signs a deferral into the next year; it stays deferred.
        line("delegate", "2023-09-01", **{"from": "副主任"}, to="stand", starts="2023-09-10",
             ends="2023-09-20"),
        start("2023-02-06", 10, "规划处"),
        ask("2023-09-11", 10, "规划处", "2024-03-31"),
        sign("2023-09-12", 10, "副主任"),
        on_paper("2023-09-13", 10, "副市长", recorded_by=JX, leader_name="张副市长"),
        # 11: reopened and approved again, now late; 12: reopened and left so.
        *done(11, "规划处", "2023-02-07", "2023-06-20", reviewers=JX),
        line("reopen", "2023-08-10", node=11, by=JX, opinion="数据有误，整改。"),
        submit("2023-08-20", 11, "规划处"),
        approve("2023-08-21", 11, JX),
        *done(12, "规划处", "2023-02-07", "2023-06-20", reviewers=JX),
        line("reopen", "2023-08-11", node=12, by=JX, opinion="整改。"),
        # 13: waits for review at the end; 14: never begun.
        start("2023-03-01", 13, "投资处"),
        submit("2023-12-30", 13, "投资处"),
    ]  # fmt: skip
    return events.in_time_order(*rest)


def before_anything_happened() -> Year:
    import_organisation(parse_organisation(json.dumps(ORGANISATION)))
    office = office_by_code("fgw")
    divisions = [1, 1, 1, 2, 2, 2, 3, 3, 3, 1, 1, 1, 2, 2]
    rows = [
        row(
            number,
            lead_division=DIVISIONS[divisions[number - 1] - 1],
            planned_start=date(2023, 2, 1),
            deadline=date(2023, 9, 25) if number == 10 else date(2023, 6, 30),
        )
        for number in range(1, 15)
    ]
    import_catalogue(actor=None, office=office, year=2023, catalogue=Catalogue(rows, []))
    return Year(office, cycle_of(office, 2023))


@pytest.fixture(scope="module")
def told(world_of_the_module) -> Year:
    with world_of_the_module():
        year = before_anything_happened()
        replay(year.cycle, happened(), folder=Path())
        audit.seal()
        return year


def states(year: Year) -> dict[int, str]:
    return dict(year.cycle.nodes.values_list("number", "state"))


def test_every_node_ends_where_its_story_leads(told):
    done = dict.fromkeys((1, 2, 3, 4, 5, 6, 9, 11), State.APPROVED)
    going_on = dict.fromkeys((7, 12), State.IN_PROGRESS)
    left = {8: State.DEFERRED, 10: State.DEFERRED, 13: State.EVIDENCE_SUBMITTED, 14: State.PLANNED}
    assert states(told) == done | going_on | left


def test_the_figures_tell_on_time_late_deferred_and_undone_apart(told):
    figures = told.figures()
    ends = ("done_on_time", "done_late", "deferred", "not_done")
    assert tuple(figures[end] for end in ends) == (5, 3, 2, 4)
    assert figures["returned_once_or_more"] == 1
    assert figures["returns"][0] | {"title": ""} == {"node": 4, "title": "", "times": 2}
    assert (figures["nodes"], figures["divisions"], figures["indicators"]["level3"]) == (14, 3, 14)


def test_each_division_has_its_own_row(told):
    rows = {row.pop("division"): row for row in told.figures()["by_division"]}
    assert rows["规划处"] == {
        "nodes": 6, "approved": 4, "on_time": 2, "late": 2, "deferred": 1, "overdue": 1,
    }  # fmt: skip
    assert rows["投资处"]["late"] == 1
    assert rows["价格处"]["deferred"] == 1


def test_the_deferrals_that_were_granted_are_listed_with_all_who_signed(told):
    listed = [
        (entry["node"], entry["new_due"], [sign["by"] for sign in entry["sign_offs"]])
        for entry in told.figures()["deferrals"]
    ]
    assert listed == [
        (6, "2023-07-10", ["head2"]),
        (7, "2023-07-15", ["head3"]),
        (7, "2023-11-30", ["boss", "vice"]),
        (8, None, ["vice2", "副市长"]),
        (9, None, ["vice", "副市长"]),
        (10, "2024-03-31", ["stand", "张副市长"]),
    ]


def test_a_delegates_signature_names_whom_they_stood_in_for(told):
    deferral = told.figures()["deferrals"][-1]
    assert deferral["sign_offs"][0]["on_behalf_of"] == "vice2"
    request = told.node(10).deferral_requests.get()
    (entry,) = [entry for entry in trail(request) if entry.action == "deferral.signed"]
    assert (entry.actor.username, entry.on_behalf_of.username) == ("stand", "vice2")


def test_the_chain_of_deadlines_is_kept_and_the_baseline_never_moves(told):
    moved = [(change.previous, change.new) for change in told.node(7).deadline_changes.all()]
    assert moved == [
        (date(2023, 6, 30), date(2023, 7, 15)),
        (date(2023, 7, 15), date(2023, 11, 30)),
    ]
    nine = told.node(9)
    assert (nine.baseline_deadline, nine.current_deadline) == (date(2023, 6, 30), date(2023, 10, 1))
    assert told.node(7).baseline_deadline == date(2023, 6, 30)


def test_a_request_after_the_deadline_is_marked_late(told):
    assert told.node(5).deferral_requests.get().late
    assert not told.node(6).deferral_requests.first().late


def test_the_past_can_be_asked_about_on_any_day_and_always_adds_up(told):
    for week in range(53):
        day = date(2023, 1, 1) + timedelta(days=7 * week)
        figures = told.figures(day)
        ends = ("done_on_time", "done_late", "deferred", "not_done")
        assert sum(figures[end] for end in ends) == sum(figures["states"].values()) == 14
        assert sum(row["nodes"] for row in figures["by_division"]) == 14


def test_a_node_that_was_reopened_was_on_time_before_it_was_late(told):
    before, after = told.figures(date(2023, 8, 9)), told.figures(date(2023, 8, 21))
    assert before["done_on_time"] - after["done_on_time"] == 2
    assert after["done_late"] - before["done_late"] == 1


def test_the_trail_verifies_and_nothing_happens_twice(told):
    verdict = audit.verify(told.office)
    assert verdict.flaws == []
    before = told.figures()
    replay(told.cycle, happened(), folder=Path())
    assert told.figures() == before


def test_the_past_of_every_node_at_the_end_is_its_present(told):
    """Also of those whose deadline moved more than once."""
    now, then = facts(told.cycle), facts(told.cycle, date(2023, 12, 31))
    assert now == then
    assert {fact.node.number: fact.deadline for fact in then}[7] == date(2023, 11, 30)
