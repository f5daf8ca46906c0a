"""Standing in and succeeding: who signs for a post on which day."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from nodes.models import State
from tests import builders
from tests.builders import LEADER, appoint, delegate, file_deferral, last_audit, person, post, sign_off, trail
from workflow import services
from workflow.models import Appointment, Delegation
from workflow.refusals import Invalid, NotAllowed, NotFound, WrongState

FIRST, LAST = date(2021, 4, 5), date(2021, 4, 9)
WITHIN = date(2021, 11, 20)


@pytest.fixture
def request_(office, drama_festival):
    return file_deferral(drama_festival, new_due=WITHIN)


def stand_in(to="successor", name=LEADER, starts=FIRST, ends=LAST, **facts) -> Delegation:
    return delegate(name, to=to, starts=starts, ends=ends, **facts)


def problem(**facts) -> list[str]:
    with pytest.raises(Invalid) as refusal:
        stand_in(**facts)
    return list(refusal.value.errors)


@pytest.mark.parametrize("day", [FIRST, date(2021, 4, 7), LAST])
def test_a_delegate_signs_within_the_window_in_the_holders_place(request_, day):
    stand_in()
    decision = sign_off(request_, by="successor", on=day)
    assert (decision.actor.username, decision.on_behalf_of.username) == ("successor", "fuzhuren2")
    (signed,) = builders.figures_of(request_.office)["deferrals"][0]["sign_offs"]
    assert (signed["by"], signed["on_behalf_of"]) == ("successor", "fuzhuren2")
    assert last_audit(request_).on_behalf_of.username == "fuzhuren2"
    assert last_audit(request_.node).actor.username == "successor"


@pytest.mark.parametrize("day", [date(2021, 4, 4), date(2021, 4, 10)])
def test_outside_the_window_the_delegate_is_a_stranger(request_, day):
    stand_in()
    with pytest.raises(NotAllowed):
        sign_off(request_, by="successor", on=day)


def test_the_holder_signs_too_while_somebody_stands_in(request_):
    stand_in()
    decision = sign_off(request_, by="fuzhuren2", on=FIRST)
    assert decision.on_behalf_of is None


def test_a_delegation_lapses_when_the_principal_leaves_the_post(request_):
    stand_in()
    appoint(LEADER, to="mishu0", from_=date(2021, 4, 6))
    with pytest.raises(NotAllowed):
        sign_off(request_, by="successor", on=date(2021, 4, 7))
    assert sign_off(request_, by="mishu0", on=date(2021, 4, 7)).on_behalf_of is None


def test_a_revoked_delegation_is_over_at_once(request_):
    made = stand_in()
    services.revoke_delegation(actor=person("fuzhuren2"), delegation=made, at=builders.story.moment(FIRST))
    with pytest.raises(NotAllowed):
        sign_off(request_, by="successor", on=FIRST)
    with pytest.raises(WrongState):
        services.revoke_delegation(
            actor=person("fuzhuren2"), delegation=made, at=builders.story.moment(FIRST)
        )
    assert [entry.action for entry in trail(post(LEADER))] == ["post.delegated", "post.delegation_revoked"]


def test_after_a_revocation_somebody_else_stands_in(request_):
    made = stand_in()
    services.revoke_delegation(actor=person("fuzhuren2"), delegation=made, at=builders.story.moment())
    stand_in(to="mishu0")
    assert sign_off(request_, by="mishu0", on=FIRST).on_behalf_of.username == "fuzhuren2"


def test_whoever_stands_in_does_not_sign_their_own_request(office, drama_festival):
    stand_in(to="xinwen1")
    request = file_deferral(drama_festival, new_due=WITHIN, by="xinwen1", on=FIRST)
    with pytest.raises(NotAllowed, match="asked for the deferral"):
        sign_off(request, by="xinwen1", on=FIRST)


def test_a_delegate_does_not_sign_in_the_applicants_place(office, drama_festival):
    """The leader heads the division too and applies; whoever stands in for them signs nothing of it."""
    appoint("新闻文化处:division_head", to="fuzhuren2", from_=date(2021, 3, 2))
    stand_in()
    request = file_deferral(drama_festival, new_due=WITHIN, by="fuzhuren2", on=FIRST)
    with pytest.raises(NotAllowed):
        sign_off(request, by="successor", on=FIRST)
    sign_off(request, by="zhuren", on=FIRST)
    assert request.status == "approved"


def test_a_delegate_hands_in_evidence_in_the_handlers_place(office, drama_festival):
    stand_in(name="新闻文化处:handler")
    submission = builders.submit_evidence(drama_festival, by="successor", on=FIRST)
    assert submission.on_behalf_of.username == "xinwen1"
    assert drama_festival.state == State.EVIDENCE_SUBMITTED


# What no delegation may be


def test_nobody_delegates_to_themselves(office):
    assert problem(to="fuzhuren2") == ["to"]


def test_a_window_ends_after_it_starts_and_not_in_the_past(office):
    assert problem(starts=LAST, ends=FIRST) == ["ends"]
    assert problem(starts=date(2021, 2, 1), ends=date(2021, 2, 28)) == ["ends"]


@pytest.mark.parametrize(
    ("starts", "ends"),
    [
        (FIRST, LAST),
        (LAST, date(2021, 5, 1)),
        (date(2021, 4, 1), FIRST),
        (date(2021, 4, 1), date(2021, 5, 1)),
    ],
)
def test_two_do_not_stand_in_at_once(office, starts, ends):
    stand_in()
    assert problem(to="mishu0", starts=starts, ends=ends) == ["to"]


def test_one_may_follow_the_other(office):
    stand_in()
    stand_in(to="mishu0", starts=date(2021, 4, 10), ends=date(2021, 4, 20))
    assert Delegation.objects.count() == 2


def test_what_was_delegated_is_not_passed_on(office):
    stand_in(to="zhuren")
    with pytest.raises(Invalid, match="a chain"):
        stand_in(to="successor", name="办主任")


def test_whoever_has_delegated_does_not_stand_in(office):
    stand_in(to="successor", name="办主任")
    with pytest.raises(Invalid, match="a chain"):
        stand_in(to="zhuren")


def test_two_do_not_stand_in_for_each_other(office):
    stand_in(to="zhuren")
    with pytest.raises(Invalid, match="a loop"):
        stand_in(to="fuzhuren2", name="办主任")


def test_a_chain_in_different_weeks_is_none(office):
    stand_in(to="zhuren")
    stand_in(to="successor", name="办主任", starts=date(2021, 5, 1), ends=date(2021, 5, 9))
    assert Delegation.objects.count() == 2


def test_an_off_system_post_is_not_delegated(office):
    assert problem(name="分管副省长") == ["from"]


def test_only_the_holder_or_an_administrator_delegates(office):
    for by in ("zhuren", "xinwen1", "jixiao1", "shenji", "successor"):
        with pytest.raises(NotAllowed):
            stand_in(by=by)
    stand_in(by="fuzhuren2")


def test_a_delegate_does_not_pass_the_post_on(office):
    stand_in()
    with pytest.raises(NotAllowed):
        stand_in(to="mishu0", by="successor", starts=date(2021, 5, 1), ends=date(2021, 5, 2), on=FIRST)


def test_a_person_of_another_office_does_not_stand_in(office):
    abroad = builders.office("gd-fao")
    stranger = person("successor", abroad)
    facts = {"post": post(LEADER, office), "starts": FIRST, "ends": LAST, "at": builders.story.moment()}
    with pytest.raises(Invalid, match="does not belong"):
        services.delegate(actor=person("admin", office), to=stranger, **facts)
    with pytest.raises(NotFound):
        services.delegate(actor=person("admin", abroad), to=stranger, **facts)


def test_the_database_refuses_a_window_and_a_delegate_that_make_no_sense(office):
    holder = person("fuzhuren2")
    for facts in (
        {"to_user": holder, "ends": LAST},
        {"to_user": person("successor"), "ends": date(2021, 1, 1)},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delegation.objects.create(post=post(LEADER), from_user=holder, starts=FIRST, **facts)


# Successors


def test_a_successor_follows_from_the_day_on(office):
    appoint(LEADER, to="successor", from_=date(2021, 8, 17))
    held = Appointment.objects.filter(post=post(LEADER)).order_by("id")
    assert [(one.user.username, one.starts, one.ends) for one in held] == [
        ("fuzhuren2", None, date(2021, 8, 16)),
        ("successor", date(2021, 8, 17), None),
    ]
    entry = last_audit(post(LEADER))
    assert (entry.action, entry.data["from"], entry.data["to"]) == (
        "post.appointed",
        ["fuzhuren2"],
        "successor",
    )


def test_two_appointments_on_one_day_leave_the_last(office):
    appoint(LEADER, to="mishu0", from_=date(2021, 8, 17))
    appoint(LEADER, to="successor", from_=date(2021, 8, 17))
    in_force = post(LEADER).appointments.in_force(date(2021, 8, 17))
    assert [one.user.username for one in in_force] == ["successor"]


def test_whoever_holds_it_is_not_appointed_again(office):
    with pytest.raises(WrongState, match="holds this post already"):
        appoint(LEADER, to="fuzhuren2")


def test_a_person_of_another_office_holds_no_post_here(office):
    stranger = person("successor", builders.office("gd-fao"))
    with pytest.raises(Invalid, match="does not belong"):
        services.appoint(actor=person("admin", office), post=post(LEADER, office), to=stranger)


def test_only_an_administrator_appoints(office):
    for by in ("zhuren", "fuzhuren2", "jixiao1", "shenji", "xinwen0"):
        with pytest.raises(NotAllowed):
            services.appoint(actor=person(by), post=post(LEADER), to=person("successor"))


def test_a_decision_of_the_past_stays_the_predecessors(request_):
    sign_off(request_, by="fuzhuren2", on=date(2021, 4, 1))
    appoint(LEADER, to="successor", from_=date(2021, 8, 17))
    (signed,) = builders.figures_of(request_.office)["deferrals"][0]["sign_offs"]
    assert signed["by"] == "fuzhuren2"
