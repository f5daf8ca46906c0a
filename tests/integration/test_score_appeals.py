"""Appeals against published scores, from the first word to the decision, and who may not take part."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal as D
from threading import Barrier

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.urls import reverse

from approvals.models import PublishedScores, ScoreAppeal
from approvals.scores.published import published
from approvals.services import appealing, publishing_scores
from tests import builders
from tests.browsing import logged_in, main_text
from tests.scored_year import AFTER, HEAD, appeal, decide, publish, record, scored_year, view
from workflow.models import Division
from workflow.refusals import Conflict, NotAllowed, NotFound, WrongState

TODAY = "django.utils.timezone.now"


@pytest.fixture
def year(office):
    return scored_year(office)


def test_an_appeal_from_publication_to_decision(year, monkeypatch):
    row = publish(year)
    monkeypatch.setattr(TODAY, lambda: builders.story.moment(AFTER))
    head = logged_in(HEAD)
    address = "/scores/2/appeal/1/"
    assert address in head.get("/scores/2/").content.decode()
    empty = head.post(address, {"reason": " "})
    assert empty.status_code == 422
    filed = head.post(address, {"reason": "对方推迟了会期。"}, follow=True)
    one = ScoreAppeal.objects.get()
    assert filed.redirect_chain[-1][0] == reverse("score-appeal", args=[one.pk])
    again = head.post(address, {"reason": "对方推迟了会期。"}, follow=True)
    assert "您已办理过" in main_text(again)
    assert ScoreAppeal.objects.count() == 1

    office = logged_in("jixiao1")
    assert "得分申诉" in main_text(office.get("/"))
    early = logged_in("zhuren").post(
        f"/scores/appeals/{one.pk}/decide/", {"outcome": "rejected", "opinion": "否"}
    )
    assert early.status_code == 409
    office.post(f"/scores/appeals/{one.pk}/view/", {"view": "情况属实。"})
    twice = office.post(f"/scores/appeals/{one.pk}/view/", {"view": "情况属实。"}, follow=True)
    assert "您已办理过" in main_text(twice)

    unit = logged_in("zhuren")
    assert "得分申诉" in main_text(unit.get("/"))
    too_much = unit.post(
        f"/scores/appeals/{one.pk}/decide/", {"outcome": "upheld", "opinion": "采纳", "adjustment": "9"}
    )
    assert too_much.status_code == 422
    assert "须在-0.85至0.15之间" in main_text(too_much)
    unit.post(
        f"/scores/appeals/{one.pk}/decide/", {"outcome": "upheld", "opinion": "采纳", "adjustment": "0.15"}
    )
    scores = published(year).scores
    assert [line.code for line in scores.node(2).lines] == ["base", "late_days", "adjusted"]
    assert scores.node(2).score == D("1.00")
    assert scores.office.score == D("66.67")
    assert "申诉调整：采纳" in main_text(head.get("/scores/2/"))
    assert row.content == PublishedScores.objects.get().content
    assert builders.actions(one) == ["appeal.filed", "appeal.viewed", "appeal.upheld"]
    assert "裁定" in main_text(head.get(f"/scores/appeals/{one.pk}/flow/"))


def test_what_an_appeal_added_is_nothing_to_appeal_against(year, monkeypatch):
    """With deductions below nothing, the published lines of the division end with the floor."""
    record(
        year, kind="deduction", matter="数据不实", level="上报内容不真实、数据不准确", points=D(90),
        division_id=Division.objects.get(office=year.office, name=builders.DIVISION).pk,
    )  # fmt: skip
    row = publish(year)
    codes = [line.code for line in published(year).scores.divisions[0].lines]
    one = appeal(row, node=None, line=codes.index("deduction"))
    view(one)
    decide(one, amount="30")
    monkeypatch.setattr(TODAY, lambda: builders.story.moment(AFTER))
    page = logged_in(HEAD).get(f"/scores/divisions/{one.division_id}/")
    told = {line.line.code: line.place for line in page.context["lines"] if line.open}
    assert codes == ["tasks", "deduction", "floor"]
    assert told == {"tasks": 0}
    assert [line.line.code for line in page.context["lines"]] == ["tasks", "deduction", "adjusted"]


def test_wrong_persons_cannot_appeal_view_or_decide(year):
    row = publish(year)
    for stranger in ("xinwen1", "mishu0", "jixiao1"):
        with pytest.raises(NotAllowed):
            appeal(row, by=stranger)
    with pytest.raises(NotFound):
        appeal(row, node=99)
    one = appeal(row)
    for stranger in (HEAD, "zhuren", "admin"):
        with pytest.raises(NotAllowed):
            view(one, by=stranger)
    with pytest.raises(WrongState):
        decide(one)
    view(one)
    for stranger in (HEAD, "jixiao1", "fuzhuren2", "admin"):
        with pytest.raises(NotAllowed):
            decide(one, by=stranger)


def test_appeals_are_taken_for_the_days_that_the_scheme_names(year):
    row = publish(year)
    assert row.appeal_until == date(2022, 1, 17)
    with pytest.raises(WrongState, match="2022-01-17"):
        appeal(row, on=date(2022, 1, 18))
    assert appeal(row, on=date(2022, 1, 17)).status == "filed"


def test_of_two_who_decide_at_once_the_second_hears_of_the_first(year):
    one = appeal(publish(year))
    view(one)
    builders.delegate("办主任", to="fuzhuren2", starts=date(2022, 1, 1), ends=date(2022, 1, 31), on=AFTER)
    decided = decide(one, by="fuzhuren2", outcome="rejected", amount=None)
    assert decided.decided_for.username == "zhuren"
    with pytest.raises(Conflict) as refused:
        decide(one)
    assert refused.value.decided_by.username == "fuzhuren2"
    assert refused.value.outcome == "rejected"
    assert published(one.publication.cycle).adjustments == ()


@pytest.mark.django_db(transaction=True)
def test_two_hands_at_the_same_moment_make_one_decision(year):
    one = appeal(publish(year))
    view(one)
    builders.delegate("办主任", to="fuzhuren2", starts=date(2022, 1, 1), ends=date(2022, 1, 31), on=AFTER)
    builders.story.moment(AFTER)
    ready = Barrier(2)

    def hand(username: str) -> str:
        try:
            ready.wait(timeout=10)
            return decide(one, by=username, outcome="upheld").status
        except Conflict:
            return "too late"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(hand, ("zhuren", "fuzhuren2"))) == ["too late", "upheld"]
    assert builders.actions(one).count("appeal.upheld") == 1

    def waits() -> bool:
        """Whether an appeal has to wait for those who publish anew at this moment."""
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '200ms'")
                appeal(one.publication, line=0)
        except OperationalError:
            return True
        finally:
            connections.close_all()
        return False

    with transaction.atomic(), ThreadPoolExecutor(1) as hands:
        publish(year, seen=1, why="更正一处加分")
        assert hands.submit(waits).result(timeout=10)
    with pytest.raises(WrongState, match="anew"):
        appeal(one.publication, line=0)


def test_a_head_of_unit_who_appeals_does_not_decide(office, year):
    one = appeal(publish(year))
    builders.appoint("办主任", to=HEAD, from_=AFTER)
    view(one)
    with pytest.raises(NotAllowed, match="party"):
        decide(one, by=HEAD)


def test_an_appeal_can_be_taken_back_until_it_is_decided(year):
    row = publish(year)
    one = appeal(row)
    appealing.withdraw_appeal(actor=builders.person(HEAD), appeal_id=one.pk, at=builders.story.moment())
    with pytest.raises(Conflict, match="withdrawn"):
        view(one)
    assert appeal(row).status == "filed"


def test_another_offices_scores_are_not_there(year):
    one = appeal(publish(year))
    other = builders.office("other")
    outsider = logged_in("jixiao1", other)
    entry = record(year)
    division = Division.objects.get(office=year.office, name=builders.DIVISION)
    for address in (
        f"/scores/appeals/{one.pk}/", f"/scores/entries/{entry.pk}/", "/scores/2/",
        f"/scores/divisions/{division.pk}/", f"/scores/appeals/{one.pk}/flow/",
    ):  # fmt: skip
        assert outsider.get(address).status_code == 404
    with pytest.raises(NotFound):
        publish_as_outsider(year, other)


def publish_as_outsider(year, other):
    actor = builders.person("jixiao1", other)
    publishing_scores.publish_scores(actor=actor, cycle_id=year.pk, seen=0, at=builders.story.moment(AFTER))
