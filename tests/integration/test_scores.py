"""Scores from the record to the screen: published and frozen, entries beside the nodes, and what if."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from io import BytesIO

import pytest
from django.db import DatabaseError, transaction
from openpyxl import load_workbook

from approvals.models import PublishedScores, ScoreAppeal, ScoreEntry
from approvals.scores.collecting import live_basis
from approvals.scores.freezing import digest, frozen, thawed
from approvals.scores.published import opened, published
from approvals.scores.reading import sight
from approvals.scores.scheme import ItemRule, Scheme
from approvals.services import appealing, scoring
from nodes.models import Cycle, State
from nodes.selectors import cycle_of
from tests import builders
from tests.browsing import logged_in, main_text
from tests.scored_year import AFTER, HEAD, appeal, correct, decide, publish, record, scored_year, view
from workflow.refusals import Conflict, Invalid, NotAllowed, WrongState


@pytest.fixture
def year(office):
    return scored_year(office)


# From the record to scores


def test_a_year_is_scored_from_its_record(year):
    scores = live_basis(year, AFTER).scores
    assert [str(one.score) for one in scores.nodes] == ["1.00", "0.85", "0.00"]
    assert scores.office.score == D("61.67")
    assert scores.office.grade == "中"


def test_a_deferral_granted_in_time_costs_nothing_and_one_beyond_the_year_its_share(office):
    builders.work_node(office, 2, state=State.DEFERRED)
    kept = builders.work_node(office, 1)
    builders.start(kept, on=date(2021, 9, 1))
    builders.defer(kept, date(2021, 11, 30), on=date(2021, 10, 8))
    builders.submit_evidence(kept, on=date(2021, 11, 20))
    builders.approve_evidence(kept)
    late = builders.work_node(office, 3)
    builders.start(late, on=date(2021, 10, 1))
    builders.defer(late, date(2021, 11, 30), on=date(2021, 11, 9))
    builders.submit_evidence(late, on=date(2021, 11, 12))
    builders.approve_evidence(late)
    scores = live_basis(cycle_of(office, 2021), AFTER).scores
    codes = [[line.code for line in one.lines] for one in scores.nodes]
    assert codes == [["base"], ["base", "carried_over"], ["base", "late_days"]]


# Publishing


def test_what_is_published_stays_as_it_was(year):
    row = publish(year)
    row.refresh_from_db()
    assert published(year).intact
    before = published(year).scores.office.score
    node = year.nodes.get(number=1)
    builders.reopen(node, on=date(2022, 1, 11))
    assert published(year).scores.office.score == before
    assert live_basis(year, AFTER).scores.office.score != before
    assert digest(row.content) == row.sha256
    assert frozen(thawed(row.content)) == row.content
    assert builders.actions(row) == ["score.published"]


def test_scores_are_published_when_the_year_is_over_and_reviewed(office, year):
    with pytest.raises(WrongState, match="not over"):
        publish(year, on=date(2021, 12, 30))
    waiting = year.nodes.get(number=3)
    builders.start(waiting, on=date(2021, 12, 30))
    builders.submit_evidence(waiting, on=date(2021, 12, 30))
    with pytest.raises(WrongState, match="review"):
        publish(year)
    with pytest.raises(NotAllowed):
        publish(year, by="zhuren")


def test_two_publish_at_once_and_the_second_hears_who_was_faster(year):
    publish(year)
    with pytest.raises(Conflict, match="published"):
        publish(year, by="jixiao2")
    with pytest.raises(Invalid, match="anew"):
        publish(year, seen=1)
    assert publish(year, seen=1, why="更正一处加分").number == 2


def test_a_publication_counts_on_from_the_last_whatever_the_page_said(year):
    assert publish(year, seen=10**12).number == 1


def test_publishing_anew_undoes_no_decision_on_an_appeal(year):
    first = publish(year)
    one = appeal(first)
    view(one)
    decide(one, amount="0.15")
    second = publish(year, seen=1, why="更正一处加分")
    assert published(year).row == second
    assert published(year).scores.node(2).score == D("1.00")
    assert sight(builders.person("jixiao1"), year, live=True).scores.node(2).score == D("1.00")
    assert opened(first).scores.node(2).score == D("1.00")
    page = main_text(logged_in("jixiao1").get("/scores/publish/"))
    assert "66.67" in page
    assert "61.67" not in page


def test_before_publishing_only_overseers_see_scores(year):
    for username, seen in (("jixiao1", True), ("zhuren", True), ("admin", True), (HEAD, False)):
        page = logged_in(username).get("/scores/")
        assert page.status_code == 200
        assert ("各处室得分" in main_text(page)) is seen
    assert logged_in(HEAD).get("/scores/export/").status_code == 403
    assert logged_in(HEAD).get("/scores/2/").status_code == 403
    publish(year)
    assert "61.67" in main_text(logged_in(HEAD).get("/scores/"))
    assert "逾期3个工作日" in main_text(logged_in(HEAD).get("/scores/2/"))


def test_next_years_draft_does_not_hide_the_scores(year):
    publish(year)
    Cycle.objects.create(office=year.office, year=2022, status=Cycle.Status.DRAFT)
    for username in ("jixiao1", HEAD):
        assert "61.67" in main_text(logged_in(username).get("/scores/"))
        assert "61.67" not in main_text(logged_in(username).get("/scores/?year=2022"))


def test_nobody_retouches_what_was_published(year):
    row = publish(year)
    entry = record(year)
    one = appeal(row)
    appealing.withdraw_appeal(actor=builders.person(HEAD), appeal_id=one.pk, at=builders.story.moment())
    for changed, facts in (
        (PublishedScores.objects.filter(pk=row.pk), {"sha256": "0" * 64}),
        (ScoreEntry.objects.filter(pk=entry.pk), {"points": D(1)}),
        (ScoreAppeal.objects.filter(pk=one.pk), {"status": "upheld", "adjustment": D(1)}),
    ):
        with pytest.raises(DatabaseError, match="on record"), transaction.atomic():
            changed.update(**facts)


# Entries


def test_bonus_needs_a_document_and_counts_once(year):
    with pytest.raises(Invalid) as refused:
        record(year, basis="", level="县级", points=D(0))
    assert set(refused.value.errors) == {"basis", "level", "points"}
    record(year, matter_key="先进集体")
    record(year, matter_key="先进集体", level="省部级", points=D(3))
    office = live_basis(year, AFTER).scores.office
    assert [line.code for line in office.lines] == ["tasks", "bonus", "counted_once"]


def test_a_correction_takes_an_entrys_place_and_keeps_it(year):
    first = record(year)
    with pytest.raises(Invalid, match="Say why"):
        correct(first, why="")
    second = correct(first, why="文号写错")
    assert live_basis(year, AFTER).entries[0].points == D(3)
    with pytest.raises(Conflict):
        correct(first, why="再改")
    correct(second, why="并入另一事项", void=True)
    assert live_basis(year, AFTER).entries == ()
    assert ScoreEntry.objects.count() == 3


def test_a_second_click_records_and_corrects_once(year):
    reviewer = logged_in("jixiao1")
    done = {"kind": "completion", "matter": "完成三项中的两项", "points": "67", "node_number": "3"}
    lost = {"kind": "deduction", "matter": "迟报季度材料", "points": "0.5", "level": "未按时报送材料"}
    for given in (done, lost):
        for _click in "12":
            assert reviewer.post("/scores/entries/new/", given).status_code == 302
    assert ScoreEntry.objects.count() == 2
    last = ScoreEntry.objects.latest("id")
    for _click in "12":
        page = reviewer.post(f"/scores/entries/{last.pk}/", lost | {"why": "误记", "void": "on"}, follow=True)
        assert page.status_code == 200
    assert ScoreEntry.objects.count() == 3


def test_how_much_is_done_is_recorded_for_a_node(year):
    half = Scheme(
        rule=ItemRule(completion="proportional", threshold=D(50), undone_is_zero=False, lateness="none")
    )
    record(
        year, kind="completion", matter="完成三项中的两项", points=D(67), node_number=3, level="", basis=""
    )
    with pytest.raises(Invalid, match="already"):
        record(year, kind="completion", matter="又报", points=D(80), node_number=3, level="", basis="")
    basis = live_basis(year, AFTER)
    assert basis.standings[2].place.completion == D(67)
    assert basis.scores.node(3).score == 0
    scoring.set_scheme(
        actor=builders.person("admin"), cycle_id=year.pk, scheme=half, why="按比例计分", seen=0,
        at=builders.story.moment(AFTER),
    )  # fmt: skip
    assert live_basis(year, AFTER).scores.node(3).score == D("0.67")


def test_hostile_words_stay_words_in_the_workbook(year):
    record(year, matter='=HYPERLINK("http://x","<script>")', basis="=cmd|' /C calc'!A0")
    publish(year)
    page = logged_in(HEAD).get("/scores/")
    assert b"<script>" not in page.content
    book = load_workbook(BytesIO(logged_in(HEAD).get("/scores/export/").content))
    kinds = {cell.data_type for row in book.active.iter_rows() for cell in row}
    assert "f" not in kinds


# What if


def test_what_if_stands_in_the_address_and_stores_nothing(year):
    reader = logged_in("jixiao1")
    page = main_text(reader.get("/scores/simulator/?node=1&what=late&days=4&node=3&what=on_time&days="))
    assert "95.00" not in page
    assert "0.80" in page
    assert "逾期4个工作日" in page
    wrong = main_text(reader.get("/scores/simulator/?node=77&what=late&days=4&node=1&what=late&days=0"))
    assert "没有此序号的节点" in wrong
    assert "1至400" in wrong
    assert reader.get("/scores/simulator/?node=&what=x&days=%00").status_code == 200
