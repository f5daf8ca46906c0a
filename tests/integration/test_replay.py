"""Replay: events that are refused stop the run with their line; mended, it goes on where it stopped."""

from __future__ import annotations

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from approvals.replay import ReplayStopped, replay
from nodes.catalogue import Catalogue
from nodes.models import Cycle, EvidenceSubmission, State, WorkNode
from nodes.selectors import cycle_of
from nodes.services.catalogue import import_catalogue
from tests import builders
from tests.builders import actions, row, work_node
from tests.events import FILE, approve, ask, give_back, line, on_paper, sign, start, submit, withdraw, written
from workflow.models import AuditEntry

STARTED = start("2021-03-01")
SUBMITTED = submit("2021-04-01")
ASKED = ask("2021-04-01", new_due="2021-12-15")


@pytest.fixture
def cycle(office) -> Cycle:
    work_node(office, 1)
    work_node(office, 2)
    return cycle_of(office, 2021)


def run(cycle: Cycle, *events, folder: Path = Path(), until: date | None = None):
    return replay(cycle, written(*events), folder=folder, until=until)


def stopped(cycle: Cycle, *events, folder: Path = Path()) -> ReplayStopped:
    with pytest.raises(ReplayStopped) as stop:
        run(cycle, *events, folder=folder)
    return stop.value


def state(number: int = 1, year: int = 2021) -> str:
    return WorkNode.objects.get(number=number, cycle__year=year).state


ILLEGAL = {
    "approved before anything was submitted": ([STARTED], approve("2021-04-01"), "in progress"),
    "approved before it began": ([], approve("2021-04-01"), "planned"),
    "begun twice at different times": ([STARTED], start("2021-03-02"), "in progress"),
    "submitted before it began": ([], submit("2021-04-01"), "planned"),
    "submitted twice": ([STARTED, SUBMITTED], submit("2021-04-02"), "evidence submitted"),
    "done on a day to come": (
        [STARTED],
        submit("2021-04-01", completed_on="2021-04-02"),
        "completed_on: The day of completion lies in the future",
    ),
    "submitted without a file": ([STARTED], submit("2021-04-01", files=[]), "files: "),
    "submitted without words": ([STARTED], submit("2021-04-01", statement=" "), "statement: "),
    "returned without a reason": ([STARTED, SUBMITTED], give_back("2021-04-02", opinion=" "), "opinion: "),
    "returned twice": (
        [STARTED, SUBMITTED, give_back("2021-04-02")],
        give_back("2021-04-03"),
        "in progress",
    ),
    "reviewed by the division itself": ([STARTED, SUBMITTED], approve("2021-04-02", by="xinwen0"), "may not"),
    "reviewed by whoever submitted": (
        [STARTED, line("appoint", "2021-03-15", post="绩效专班", to="xinwen1"), SUBMITTED],
        approve("2021-04-02", by="xinwen1"),
        "新闻文化处经办人 submitted the evidence of node 1 and cannot review it",
    ),
    "begun by another division": (
        [],
        start("2021-03-01", by="秘书处"),
        "秘书处经办人 may not do this to node 1",
    ),
    "withdrawn by another division": ([STARTED, SUBMITTED], withdraw("2021-04-02", by="秘书处"), "may not"),
    "withdrawn after it was approved": (
        [STARTED, SUBMITTED, approve("2021-04-02")],
        withdraw("2021-04-03"),
        "“approved” was decided by 绩效专班甲 at 2021-04-02 10:00",
    ),
    "reopened though not approved": (
        [STARTED],
        line("reopen", "2021-04-01", node=1, by="绩效专班", opinion="整改"),
        "in progress",
    ),
    "signed by another division's leader": (
        [STARTED, ASKED],
        sign("2021-04-02", by="办主任"),
        "办主任 cannot sign: the deferral of node 1 waits for 分管副主任（二）",
    ),
    "signed by the applicant": ([STARTED, ASKED], sign("2021-04-02", by="xinwen1"), "asked for the deferral"),
    "signed a second time": (
        [STARTED, ASKED, sign("2021-04-02", opinion="同意。")],
        sign("2021-04-03", opinion="同意。"),
        "“approve” was decided by 副主任（二） (分管副主任（二）) at 2021-04-02 10:00",
    ),
    "signed after the request was withdrawn": (
        [STARTED, ASKED, line("withdraw_deferral", "2021-04-02", node=1, by="新闻文化处")],
        sign("2021-04-03"),
        "withdrawn",
    ),
    "signed where nobody asked": ([STARTED], sign("2021-04-02"), "Node 1 has no deferral request"),
    "asked for while a request waits": ([STARTED, ASKED], ask("2021-04-02"), "waits for sign-off"),
    "submitted while a request waits": (
        [STARTED, ASKED],
        submit("2021-04-02"),
        "A deferral of this node waits for sign-off",
    ),
    "deferred to an earlier day": (
        [STARTED],
        ask("2021-04-01", new_due="2021-10-31"),
        "new_due: The proposed date is not later than the deadline 2021-10-31",
    ),
    "resumed without a date": (
        [ask("2021-04-01"), sign("2021-04-02"), on_paper("2021-04-03")],
        line("resume", "2021-05-01", node=1, by="新闻文化处"),
        "new_due: The deferral left the date open",
    ),
    "signed on paper before the leader signed": (
        [ask("2021-04-01")],
        on_paper("2021-04-03"),
        "waits for 分管副主任（二）",
    ),
    "signed on paper by nobody's hand": (
        [ask("2021-04-01"), sign("2021-04-02")],
        sign("2021-04-03", by="分管副省长"),
        "recorded_by: ",
    ),
    "a node the year does not have": ([STARTED], start("2021-03-02", 77), "node: The year has no node 77"),
    "an actor nobody knows": ([STARTED], start("2021-03-02", 2, by="无此处"), "by: “无此处”"),
    "a post without a holder": ([STARTED], start("2021-03-02", 2, by="分管副省长"), "by: “分管副省长”"),
    "delegated to a stranger": (
        [],
        line("delegate", "2021-03-01", **{"from": "办主任"}, to="x", starts="2021-03-01", ends="2021-03-02"),
        "to: There is no user “x”",
    ),
    "appointed to a post nobody knows": (
        [],
        line("appoint", "2021-03-01", post="无此职", to="successor"),
        "post: There is no post “无此职”",
    ),
    "a file beside which there is none": (
        [STARTED],
        submit("2021-04-01", files=[{"name": "a.txt", "path": "gone.txt"}]),
        "gone.txt: No such file",
    ),
    "a file outside the folder": (
        [STARTED],
        submit("2021-04-01", files=[{"name": "a.txt", "path": "../secret.txt"}]),
        "../secret.txt lies outside",
    ),
    "a file under the root": (
        [STARTED],
        submit("2021-04-01", files=[{"name": "a.txt", "path": "/etc/hostname"}]),
        "/etc/hostname lies outside",
    ),
    "an event of a kind nobody knows": (
        [STARTED],
        line("celebrate", "2021-04-01", node=1, by="x"),
        "celebrate",
    ),
    "a key nobody knows": ([STARTED], SUBMITTED | {"mood": "good"}, "mood: unknown key"),
    "a key that is missing": ([STARTED], line("submit_evidence", "2021-04-01", node=1, by="x"), "statement"),
    "a date that is none": ([STARTED], submit("2021-04-01", completed_on="2021-02-30"), "completed_on"),
    "a time without an offset": ([STARTED], SUBMITTED | {"at": "2021-04-01T10:00:00"}, "at: "),
    "a file with both text and path": (
        [STARTED],
        submit("2021-04-01", files=[FILE | {"path": "a.txt"}]),
        "either text or path",
    ),
    "a line out of time order": ([start("2021-04-02")], SUBMITTED, "comes before the line above it"),
    "a line that is no JSON": ([STARTED], '{"at": ', "not JSON"),
    "a line that is no object": ([STARTED], "[]", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", ILLEGAL)
def test_what_is_refused_stops_with_line_and_reason_and_keeps_what_came_before(cycle, what, tmp_path):
    before, event, reason = ILLEGAL[what]
    stop = stopped(cycle, *before, event, start("2021-12-31", 2), folder=tmp_path)
    assert stop.line == len(before) + 1
    assert str(stop).startswith(f"line {len(before) + 1}: ")
    assert reason in str(stop)
    assert state(2) == State.PLANNED
    again = run(cycle, *before, folder=tmp_path)
    assert (again.applied, again.applied_before) == (0, len(before))


def test_after_the_line_is_mended_the_run_goes_on(cycle):
    stopped(cycle, STARTED, submit("2021-04-01", files=[]), approve("2021-04-02"))
    progress = run(cycle, STARTED, SUBMITTED, approve("2021-04-02"))
    assert (progress.applied_before, progress.applied) == (1, 2)
    assert state() == State.APPROVED


def test_a_refused_event_leaves_no_trace(cycle, media_root):
    run(cycle, STARTED, ASKED)
    entries = AuditEntry.objects.count()
    stopped(cycle, STARTED, ASKED, submit("2021-04-02"))
    assert AuditEntry.objects.count() == entries
    assert not EvidenceSubmission.objects.exists()
    assert not [path for path in media_root.rglob("*") if path.is_file()]


def test_the_same_line_twice_is_two_events(cycle):
    """A copied line is an act done twice, and refused as such; it is not skipped in silence."""
    stop = stopped(cycle, STARTED, STARTED)
    assert (stop.line, "in progress" in str(stop)) == (2, True)


def test_two_equal_lines_that_are_both_legal_are_both_applied(cycle):
    at = "2021-04-01T10:00:00"
    round_of_evidence = [submit(at), withdraw(at)]
    progress = run(cycle, STARTED, *round_of_evidence, *round_of_evidence)
    assert progress.applied == 5
    assert EvidenceSubmission.objects.count() == 2
    assert run(cycle, STARTED, *round_of_evidence, *round_of_evidence).applied_before == 5


def test_a_longer_file_continues_after_the_last_applied_event(cycle):
    assert run(cycle, STARTED).applied == 1
    progress = run(cycle, STARTED, SUBMITTED)
    assert (progress.applied_before, progress.applied) == (1, 1)
    assert actions(WorkNode.objects.get(number=1)) == ["node.started", "evidence.submitted"]


def test_the_order_of_keys_and_blank_lines_do_not_matter(cycle):
    run(cycle, STARTED)
    turned = dict(reversed(STARTED.items()))
    progress = run(cycle, "", json.dumps(turned, ensure_ascii=True), "   ", SUBMITTED)
    assert (progress.applied_before, progress.applied) == (1, 1)


def test_a_statement_may_hold_the_separators_a_word_processor_leaves(cycle):
    statement = "第一段已完成全部工作。\u2028第二段\x85形成报告并上报。"
    run(cycle, STARTED, submit("2021-04-01", statement=statement))
    assert EvidenceSubmission.objects.get().statement == statement


def test_until_applies_the_whole_last_day_in_the_offices_time_zone(cycle):
    late = submit("2021-04-01T23:59:00")
    next_day = approve("2021-04-02T00:01:00")
    progress = run(cycle, STARTED, late, next_day, until=date(2021, 4, 1))
    assert (progress.applied, progress.last.isoformat()) == (2, "2021-04-01T23:59:00+08:00")
    assert state() == State.EVIDENCE_SUBMITTED
    assert run(cycle, STARTED, late, next_day).applied == 1


def test_until_before_everything_applies_nothing(cycle):
    progress = run(cycle, STARTED, until=date(2021, 1, 1))
    assert (progress.applied, progress.last) == (0, None)


def test_a_file_beside_the_events_is_taken_up(cycle, tmp_path):
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "报告.txt").write_text("会议纪要", "utf-8")
    event = submit("2021-04-01", files=[{"name": "报告.txt", "path": "evidence/报告.txt"}])
    run(cycle, STARTED, event, folder=tmp_path)
    (attachment,) = EvidenceSubmission.objects.get().files.all()
    assert (attachment.name, attachment.file.size) == ("报告.txt", 12)


def test_a_link_that_leads_out_of_the_folder_is_refused(cycle, tmp_path):
    (tmp_path / "inside").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "inside" / "link.txt").symlink_to(tmp_path / "secret.txt")
    event = submit("2021-04-01", files=[{"name": "a.txt", "path": "link.txt"}])
    assert "link.txt lies outside" in str(stopped(cycle, STARTED, event, folder=tmp_path / "inside"))


def test_a_post_acts_through_its_delegate(cycle):
    run(
        cycle,
        line("delegate", "2021-03-01", **{"from": "分管副主任（二）"}, to="successor", starts="2021-04-01",
             ends="2021-04-30"),
        ASKED,
        sign("2021-04-02"),
        sign("2021-05-05", by="办主任"),
    )  # fmt: skip
    first, second = builders.figures_of(cycle.office)["deferrals"][0]["sign_offs"]
    assert (first["by"], first["on_behalf_of"]) == ("successor", "fuzhuren2")
    assert (second["by"], second["on_behalf_of"]) == ("zhuren", None)


def test_what_a_holder_delegates_and_an_administrator_appoints(cycle):
    run(
        cycle,
        line("delegate", "2021-03-01", **{"from": "办主任"}, to="successor", starts="2021-04-01",
             ends="2021-04-30", by="办主任"),
        line("appoint", "2021-05-01", post="办主任", to="mishu0", by="admin"),
    )  # fmt: skip
    made = AuditEntry.objects.filter(action__startswith="post.").order_by("id")
    assert [(entry.action, entry.actor.username) for entry in made] == [
        ("post.delegated", "zhuren"),
        ("post.appointed", "admin"),
    ]


def test_nobody_appoints_themselves(cycle):
    event = line("appoint", "2021-05-01", post="办主任", to="mishu0", by="mishu0")
    assert "秘书处处长 may not do this" in str(stopped(cycle, event))


def test_a_closed_year_refuses_every_event(cycle):
    run(cycle, STARTED)
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    assert "2021 is “closed”" in str(stopped(cycle, STARTED, SUBMITTED))


def test_the_command_prints_the_refusal_as_its_one_line_and_seals_what_it_kept(cycle, tmp_path):
    file = tmp_path / "events.jsonl"
    file.write_text(written(STARTED, approve("2021-04-01")), "utf-8")
    with pytest.raises(CommandError) as refusal:
        call_command("replay", str(file), "--office", "jx-fao", "--year", "2021", stdout=StringIO())
    assert str(refusal.value).startswith("line 2: ")
    assert len(str(refusal.value).splitlines()) == 1
    assert not AuditEntry.objects.filter(seal=None).exists()
    assert state() == State.IN_PROGRESS


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), (b"\xff\xfe\x00", "not UTF-8")])
def test_a_file_that_cannot_be_read_is_named(cycle, tmp_path, content, words):
    file = tmp_path / "events.jsonl"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError, match=rf"events\.jsonl: {words}"):
        call_command("replay", str(file), "--office", "jx-fao", "--year", "2021", stdout=StringIO())


def test_events_that_name_nodes_of_another_year_stay_there(cycle):
    rows = [row(1, planned_start=date(2022, 1, 4), deadline=date(2022, 6, 30))]
    import_catalogue(actor=None, office=cycle.office, year=2022, catalogue=Catalogue(rows, []))
    run(cycle_of(cycle.office, 2022), start("2022-01-04"))
    assert state(1, 2021) == State.PLANNED
    assert state(1, 2022) == State.IN_PROGRESS
