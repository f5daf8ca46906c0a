"""Who asks or submits decides nothing about it: not in person, not through another, not for another."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.models import DeferralRequest
from approvals.selectors import flow_of, to_record, waiting_for
from nodes.models import EvidenceSubmission, State
from nodes.selectors import reviews_waiting
from tests import builders
from tests.builders import (
    GOVERNOR,
    HEAD,
    LEADER,
    REVIEWERS,
    appoint,
    approve_evidence,
    delegate,
    file_deferral,
    last_audit,
    person,
    post,
    record_sign_off,
    sign_off,
    start,
    submit_evidence,
    trail,
    work_node,
)
from tests.organisation import DIVISION, organisation
from workflow import services
from workflow.models import Appointment, PostKind
from workflow.refusals import Invalid, NotAllowed

FIRST, DAY, LAST = date(2021, 3, 1), date(2021, 4, 7), date(2021, 12, 31)
WITHIN = date(2021, 11, 20)
BY_THE_HEAD = [{"when": {}, "sign_off": ["division_head"]}]


def seat(office, kind: PostKind, division: str = DIVISION):
    return office.posts.get(kind=kind, division__name=division)


def also_handler(office, username: str) -> None:
    Appointment.objects.create(post=seat(office, PostKind.HANDLER), user=person(username, office))


def test_a_reviewers_delegate_does_not_review_what_the_reviewer_submitted(office):
    also_handler(office, "jixiao1")
    node = work_node(office, state=State.IN_PROGRESS)
    submit_evidence(node, by="jixiao1")
    delegate(REVIEWERS, to="successor", starts=FIRST, ends=LAST, by="jixiao1")
    with pytest.raises(NotAllowed):
        approve_evidence(node, by="successor")
    approve_evidence(node, by="jixiao2")
    assert node.state == State.APPROVED


def test_a_delegate_who_submits_is_asked_no_review_and_neither_is_the_principal(office):
    also_handler(office, "jixiao1")
    builders.delegate(
        str(seat(office, PostKind.HANDLER).name), to="jixiao2", starts=FIRST, ends=LAST, by="jixiao1"
    )
    node = work_node(office, state=State.IN_PROGRESS)
    submission = submit_evidence(node, by="jixiao2")
    assert submission.on_behalf_of.username == "jixiao1"
    assert list(reviews_waiting(person("jixiao1"))) == list(reviews_waiting(person("jixiao2"))) == []
    for reviewer in ("jixiao1", "jixiao2"):
        with pytest.raises(NotAllowed):
            approve_evidence(node, by=reviewer)


def test_a_head_whose_delegate_asks_is_passed_over_by_the_route(db):
    office = builders.office(deferral_routing=BY_THE_HEAD)
    node = work_node(office, state=State.IN_PROGRESS)
    services.delegate(
        actor=person("xinwen0"),
        post=seat(office, PostKind.DIVISION_HEAD),
        to=person("successor"),
        starts=FIRST,
        ends=LAST,
        at=builders.story.moment(),
    )
    request = file_deferral(node, by="successor", new_due=WITHIN)
    assert request.on_behalf_of.username == "xinwen0"
    with pytest.raises(NotAllowed):
        sign_off(request, by="xinwen0")
    sign_off(request, by="fuzhuren2")
    assert builders.figures_of(office)["deferrals"][0]["sign_offs"][0]["post"] == LEADER


def test_a_delegate_of_the_one_who_asked_cannot_sign_for_them(office):
    node = work_node(office, state=State.IN_PROGRESS)
    also_handler(office, "fuzhuren2")
    Appointment.objects.create(post=post(LEADER), user=person("zhuren"))
    request = file_deferral(node, by="fuzhuren2", new_due=WITHIN)
    delegate(LEADER, to="successor", starts=FIRST, ends=LAST, by="fuzhuren2")
    with pytest.raises(NotAllowed):
        sign_off(request, by="successor")
    sign_off(request, by="zhuren")


def test_what_waits_for_a_vacant_post_can_be_signed_one_post_up_and_by_its_next_holder(office):
    node = work_node(office, state=State.IN_PROGRESS)
    Appointment.objects.filter(post=post(LEADER)).delete()
    request = file_deferral(node, new_due=WITHIN)
    assert [one.request.pk for one in waiting_for(person("zhuren"))] == [request.pk]
    appoint(LEADER, to="successor", from_=DAY)
    sign_off(request, by="successor", on=DAY)
    assert DeferralRequest.objects.get(pk=request.pk).status == "approved"


def test_the_second_holder_of_a_post_delegates_a_seat_of_their_own(office):
    made = delegate(REVIEWERS, to="successor", starts=FIRST, ends=LAST, by="jixiao2")
    assert made.from_user.username == "jixiao2"
    assert (
        delegate(REVIEWERS, to="mishu0", starts=FIRST, ends=LAST, by="jixiao1").from_user.username
        == "jixiao1"
    )


def test_a_predecessors_delegation_ends_with_the_tenure(office, drama_festival):
    made = delegate(LEADER, to="mishu0", starts=FIRST, ends=LAST, by="fuzhuren2")
    request = file_deferral(drama_festival, new_due=WITHIN)
    appoint(LEADER, to="successor", from_=DAY)
    made.refresh_from_db()
    assert made.revoked_at is not None
    assert (
        delegate(LEADER, to="mishu1", starts=DAY, ends=LAST, by="successor", on=DAY).to_user.username
        == "mishu1"
    )
    (signature,) = flow_of(request)
    assert not any("秘书处处长" in name for name in signature.people)


@pytest.mark.parametrize("name", [GOVERNOR])
def test_nobody_is_appointed_to_a_post_that_signs_on_paper(office, name):
    with pytest.raises(Invalid, match="signs on paper"):
        appoint(name, to="successor")


def test_nobody_who_left_is_appointed(office):
    gone = person("successor")
    gone.is_active = False
    gone.save()
    with pytest.raises(Invalid):
        appoint(LEADER, to="successor")


def test_a_provincial_leader_in_the_system_sees_and_signs_what_waits(db):
    posts = organisation()["posts"]
    posts[2] = {"post": GOVERNOR, "kind": "provincial_leader", "holder": "successor"}
    office = builders.office(posts=posts)
    request = file_deferral(work_node(office, state=State.IN_PROGRESS))
    sign_off(request, by="fuzhuren2")
    governor = person("successor")
    assert DeferralRequest.objects.visible_to(governor).filter(pk=request.pk).exists()
    assert [one.request.pk for one in waiting_for(governor)] == [request.pk]
    sign_off(request, by="successor")
    assert builders.figures_of(office)["deferred"] == 1


def test_who_asked_is_not_offered_to_record_the_paper(office):
    also_handler(office, "jixiao1")
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), by="jixiao1")
    sign_off(request, by="fuzhuren2")
    assert to_record(person("jixiao1")) == []
    assert [one.request.pk for one in to_record(person("jixiao2"))] == [request.pk]


def test_every_act_of_a_delegate_names_the_principal_in_the_trail(office):
    handler, reviewers = seat(office, PostKind.HANDLER).name, REVIEWERS
    delegate(handler, to="mishu1", starts=FIRST, ends=LAST, by="xinwen1")
    delegate(reviewers, to="mishu0", starts=FIRST, ends=LAST, by="jixiao2")
    node = work_node(office)
    start(node, by="mishu1")
    submit_evidence(node, by="mishu1")
    approve_evidence(node, by="mishu0")
    builders.reopen(node, by="mishu0")
    request = file_deferral(node, by="mishu1")
    assert [entry.on_behalf_of.username for entry in trail(node)] == [
        "xinwen1",
        "xinwen1",
        "jixiao2",
        "jixiao2",
    ]
    assert last_audit(request).on_behalf_of.username == "xinwen1"
    sign_off(request, by="fuzhuren2")
    record_sign_off(request, by="mishu0")
    assert last_audit(request).on_behalf_of.username == "jixiao2"
    assert EvidenceSubmission.objects.get(node=node).on_behalf_of.username == "xinwen1"


def test_words_too_long_for_the_record_are_refused_by_field(office):
    request = file_deferral(work_node(office, state=State.IN_PROGRESS))
    sign_off(request, by="fuzhuren2")
    with pytest.raises(Invalid, match="document_number: At most 100 characters"):
        record_sign_off(request, signature=builders.paper(document_number="号" * 101))


def test_the_leaders_own_head_is_told_apart(office):
    """The head of the unit leads 秘书处 himself: its deferrals need his signature once."""
    node = work_node(office, state=State.PLANNED, lead_division="秘书处")
    request = file_deferral(node, by="mishu1", new_due=date(2021, 12, 20))
    assert [str(needed.posts.get()) for needed in request.sign_offs.all()] == [HEAD]
