"""Two offices in one database, with the same usernames, posts, divisions and node numbers, stay apart."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from approvals.models import DeferralRequest
from approvals.replay import ReplayStopped, replay
from nodes.models import EvidenceSubmission, State, WorkNode
from nodes.selectors import cycle_of
from notifications.models import Notification
from tests import builders
from tests.builders import figures_of, file_deferral, person, sign_off, work_node
from tests.events import ask, done, on_paper, sign, start, written
from workflow import audit
from workflow.models import Attachment, AuditEntry, Office
from workflow.refusals import NotFound


@pytest.fixture
def offices(db) -> tuple[Office, Office]:
    made = builders.office("jx-fao"), builders.office("gd-fao")
    for office in made:
        for number in (1, 2):
            work_node(office, number)
    return made


def run(office: Office, *events) -> None:
    replay(cycle_of(office, 2021), written(*events), folder=Path())


def states(office: Office) -> list[str]:
    return list(WorkNode.objects.filter(office=office).order_by("number").values_list("state", flat=True))


def test_one_offices_year_leaves_the_others_untouched(offices):
    here, there = offices
    run(here, *done(1, builders.DIVISION, "2021-03-02", "2021-04-01"), ask("2021-04-02", 2),
        sign("2021-04-03", 2), on_paper("2021-04-04", 2))  # fmt: skip
    assert states(here) == [State.APPROVED, State.DEFERRED]
    assert states(there) == [State.PLANNED, State.PLANNED]
    figures = figures_of(there)
    assert (figures["nodes"], figures["not_done"], figures["deferrals"]) == (2, 2, [])
    assert figures_of(here)["done_on_time"] == 1


def test_everybody_who_acted_belongs_to_the_office(offices):
    here, there = offices
    for office in offices:
        run(office, *done(1, builders.DIVISION, "2021-03-02", "2021-04-01"), ask("2021-04-02", 2),
            sign("2021-04-03", 2), on_paper("2021-04-04", 2))  # fmt: skip
    for office in offices:
        actors = AuditEntry.objects.filter(office=office, actor__isnull=False).values_list("actor__office")
        assert set(actors) == {(office.pk,)}
        assert not Attachment.objects.filter(office=office).exclude(uploaded_by__office=office).exists()
        signers = DeferralRequest.objects.filter(office=office).values_list("sign_offs__posts__office")
        assert set(signers) == {(office.pk,)}
    assert figures_of(here)["by_division"] == figures_of(there)["by_division"]


def test_the_same_events_are_applied_to_each_office_on_its_own(offices):
    here, there = offices
    for office in offices:
        run(office, start("2021-03-02"))
    assert states(here) == states(there) == [State.IN_PROGRESS, State.PLANNED]


def test_the_same_username_of_the_other_office_can_do_nothing_here(offices):
    here, there = offices
    request = file_deferral(WorkNode.objects.get(office=here, number=1))
    request.office = there
    with pytest.raises(NotFound):
        sign_off(request, by="fuzhuren2")
    assert DeferralRequest.objects.get().status == "pending"


def test_a_person_known_only_there_is_unknown_here(offices):
    here, there = offices
    builders.User.objects.create(office=there, username="guest")
    with pytest.raises(ReplayStopped, match="“guest”"):
        run(here, start("2021-03-02", by="guest"))


def test_nobody_sees_across(offices):
    here, there = offices
    work_node(here, 3, state=State.EVIDENCE_SUBMITTED)
    for username in ("xinwen1", "jixiao1", "zhuren", "admin", "shenji"):
        assert not EvidenceSubmission.objects.visible_to(person(username, there)).exists()
        assert set(WorkNode.objects.visible_to(person(username, there)).values_list("office")) == {
            (there.pk,)
        }


def test_each_chain_of_seals_is_the_offices_own(offices):
    here, there = offices
    run(here, start("2021-03-02"))
    audit.seal()
    run(there, start("2021-03-02"))
    audit.seal()
    assert [audit.verify(office).flaws for office in offices] == [[], []]
    assert (audit.verify(here).seals, audit.verify(there).seals) == (1, 2)


def test_an_appointment_in_one_office_changes_nothing_in_the_other(offices):
    here, there = offices
    builders.appoint(builders.LEADER, to="successor", from_=date(2021, 4, 1), office=here)
    request = file_deferral(WorkNode.objects.get(office=there, number=1), new_due=date(2021, 11, 20))
    sign_off(request, by="fuzhuren2")
    assert request.status == "approved"


def test_what_happens_in_one_is_told_to_nobody_of_the_other(offices):
    ours, theirs = offices
    request = file_deferral(WorkNode.objects.get(office=ours, number=1))
    sign_off(request, by="fuzhuren2")
    assert not Notification.objects.filter(recipient__office=theirs).exists()
    assert set(Notification.objects.values_list("office", flat=True)) == {ours.pk}
