"""Whoever signs may ask for one more signature (加签): beside their own, or right after it."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.models import SignOff
from approvals.selectors import flow_of, waiting_for
from nodes.models import State
from notifications.models import Notification
from tests import builders
from tests.builders import (
    APPROVE,
    GOVERNOR,
    HEAD,
    LEADER,
    REJECT,
    REVIEWERS,
    file_deferral,
    last_audit,
    person,
    post,
    record_sign_off,
    sign_off,
    work_node,
)
from tests.changed_routes import add_signer
from workflow.refusals import Conflict, Invalid, NotAllowed, NotFound

WITHIN, LATER = date(2021, 11, 20), date(2022, 3, 31)


def head_of(division: str, office) -> str:
    return office.posts.get(kind="division_head", division__name=division).name


def route(request) -> list[tuple[int, str]]:
    request = type(request).objects.get(pk=request.pk)
    return [(one.needed.step, one.posts) for one in flow_of(request)]


def asked(username: str) -> int:
    return Notification.objects.filter(
        recipient__username=username, rule="sign_off_opened", channel="in_app"
    ).count()


def test_both_sign_side_by_side(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    added = add_signer(request, HEAD, by="fuzhuren2")
    assert (added.step, added.added_by.username, added.opened_at is not None) == (0, "fuzhuren2", True)
    assert asked("zhuren") == 1
    sign_off(request, by="fuzhuren2")
    assert request.status == "pending"
    sign_off(request, by="zhuren")
    assert (request.status, drama_festival.current_deadline) == ("approved", WITHIN)


def test_the_one_asked_may_sign_first_and_refuse(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    add_signer(request, HEAD, by="fuzhuren2")
    sign_off(request, by="zhuren", decision=REJECT, opinion="不同意。")
    assert (request.status, drama_festival.state) == ("rejected", State.IN_PROGRESS)
    with pytest.raises(Conflict):
        sign_off(request, by="fuzhuren2")


def test_a_signer_right_after_comes_before_what_was_next(office, drama_festival):
    request = file_deferral(drama_festival, new_due=LATER)
    added = add_signer(request, HEAD, by="fuzhuren2", side_by_side=False)
    assert (added.opened_at, asked("zhuren")) == (None, 0)
    assert route(request) == [(0, LEADER), (1, HEAD), (2, GOVERNOR)]
    with pytest.raises(NotAllowed):
        sign_off(request, by="zhuren")
    sign_off(request, by="fuzhuren2")
    assert asked("zhuren") == 1
    with pytest.raises(NotAllowed):
        record_sign_off(request)
    sign_off(request, by="zhuren")
    record_sign_off(request)
    assert request.status == "approved"
    (deferral,) = builders.figures_of(office)["deferrals"]
    assert [one["post"] for one in deferral["sign_offs"]] == [LEADER, HEAD, GOVERNOR]


def test_one_more_beside_any_of_several(db):
    office = builders.office(
        deferral_routing=[{"when": {}, "sign_off": [{"any_of": ["leader_in_charge", "head_of_unit"]}]}]
    )
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), new_due=WITHIN)
    add_signer(request, REVIEWERS, by="zhuren")
    sign_off(request, by="fuzhuren2")
    assert request.status == "pending"
    with pytest.raises(Conflict):
        sign_off(request, by="zhuren")
    sign_off(request, by="jixiao1")
    assert request.status == "approved"


def test_one_more_beside_all_of_several(db):
    office = builders.office(
        deferral_routing=[{"when": {}, "sign_off": [{"all_of": ["leader_in_charge", "head_of_unit"]}]}]
    )
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), new_due=WITHIN)
    add_signer(request, REVIEWERS, by="zhuren", side_by_side=False)
    for username, status in (("zhuren", "pending"), ("fuzhuren2", "pending"), ("jixiao2", "approved")):
        sign_off(request, by=username)
        assert request.status == status


def test_a_successor_and_a_delegate_sign_what_was_added(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    add_signer(request, HEAD, by="fuzhuren2")
    days = {"starts": date(2021, 3, 1), "ends": date(2099, 12, 31)}
    builders.delegate(HEAD, to="mishu0", by="zhuren", **days)
    assert [one.request.pk for one in waiting_for(person("mishu0"))] == [request.pk]
    builders.appoint(LEADER, to="successor", from_=date(2021, 8, 17))
    sign_off(request, by="successor")
    decision = sign_off(request, by="mishu0")
    assert (decision.on_behalf_of.username, request.status) == ("zhuren", "approved")


def test_a_delegate_adds_in_the_name_of_the_leader(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    builders.delegate(LEADER, to="mishu0", by="fuzhuren2", starts=date(2021, 3, 1), ends=date(2021, 12, 31))
    add_signer(request, HEAD, by="mishu0", reason="请主任定。")
    entry = last_audit(request)
    assert (entry.action, entry.actor.username) == ("deferral.signer_added", "mishu0")
    assert (entry.on_behalf_of.username, entry.reason, entry.data["post"]) == (
        "fuzhuren2",
        "请主任定。",
        HEAD,
    )


def test_one_more_than_the_rules_say_is_marked(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    add_signer(request, HEAD, by="fuzhuren2")
    by_rule, added = flow_of(request)
    assert (by_rule.needed.added_by, str(added.needed.added_by)) == (None, "副主任（二）")
    assert added.people == ["办主任"]


@pytest.mark.parametrize("username", ["zhuren", "jixiao1", "xinwen0", "admin", "shenji"])
def test_only_whose_signature_waits_adds_one(office, drama_festival, username):
    request = file_deferral(drama_festival, new_due=WITHIN)
    with pytest.raises(NotAllowed):
        add_signer(request, REVIEWERS, by=username)
    assert SignOff.objects.count() == 1


def test_who_asked_is_never_added(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN, by="xinwen0")
    with pytest.raises(Invalid) as refusal:
        add_signer(request, head_of("新闻文化处", office), by="fuzhuren2")
    assert list(refusal.value.errors) == ["post"]
    add_signer(request, head_of("秘书处", office), by="fuzhuren2")


@pytest.mark.parametrize("name", [LEADER, GOVERNOR, "系统管理员"])
def test_posts_that_cannot_be_asked(office, drama_festival, name):
    request = file_deferral(drama_festival, new_due=LATER)
    seats = office.posts.filter(kind="administrator") if name == "系统管理员" else [post(name)]
    with pytest.raises(Invalid) as refusal:
        add_signer(request, seats[0].name, by="fuzhuren2")
    assert list(refusal.value.errors) == ["post"]


def test_nobody_is_asked_twice_nor_without_a_reason(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    with pytest.raises(Invalid) as refusal:
        add_signer(request, HEAD, by="fuzhuren2", reason=" ")
    assert list(refusal.value.errors) == ["reason"]
    add_signer(request, HEAD, by="fuzhuren2")
    with pytest.raises(Invalid):
        add_signer(request, HEAD, by="fuzhuren2", side_by_side=False)
    assert request.sign_offs.count() == 2


def test_nothing_is_added_after_the_decision(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    sign_off(request, by="fuzhuren2", decision=APPROVE)
    with pytest.raises(Conflict, match="approve"):
        add_signer(request, HEAD, by="fuzhuren2")


def test_another_offices_request_or_post_is_not_there(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    other = builders.office("other")
    with pytest.raises(NotFound):
        builders.approvals.add_signer(
            actor=person("fuzhuren2", other),
            request_id=request.pk,
            post_id=post(HEAD, other).pk,
            reason="请",
            side_by_side=True,
        )
    with pytest.raises(Invalid):
        builders.approvals.add_signer(
            actor=person("fuzhuren2", office),
            request_id=request.pk,
            post_id=post(HEAD, other).pk,
            reason="请",
            side_by_side=True,
            at=builders.story.moment(),
        )
