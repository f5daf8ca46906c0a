"""Whoever signs may leave their signature to another post (转签)."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.models import DeferralRequest
from approvals.selectors import flow_of, waiting_for
from nodes.models import State
from notifications.models import Notification
from tests import builders
from tests.builders import (
    GOVERNOR,
    HEAD,
    LEADER,
    REVIEWERS,
    file_deferral,
    last_audit,
    person,
    record_sign_off,
    sign_off,
    trail,
    work_node,
)
from tests.changed_routes import add_signer, pass_on
from workflow.models import Appointment
from workflow.refusals import Conflict, Invalid, NotAllowed

WITHIN, LATER = date(2021, 11, 20), date(2022, 3, 31)
EITHER = [{"when": {}, "sign_off": [{"any_of": ["leader_in_charge", "head_of_unit"]}]}]


def test_a_leader_who_is_not_responsible_leaves_it_to_another(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN)
    pass_on(request, HEAD, by="fuzhuren2", reason="该节点由主任直接分管。")
    entry = last_audit(request)
    assert (entry.action, entry.reason) == ("deferral.passed_on", "该节点由主任直接分管。")
    assert (entry.data["from"], entry.data["post"]) == (LEADER, HEAD)
    assert Notification.objects.filter(recipient__username="zhuren", rule="sign_off_opened").exists()
    (only,) = flow_of(request)
    assert (only.posts, only.needed.passed_from.name, only.people) == (HEAD, LEADER, ["办主任"])
    with pytest.raises(Conflict, match="passed on to 办主任"):
        sign_off(request, by="fuzhuren2")
    sign_off(request, by="zhuren")
    assert (request.status, drama_festival.current_deadline) == ("approved", WITHIN)
    assert builders.figures_of(office)["deferrals"][0]["sign_offs"][0]["post"] == HEAD


def test_the_way_goes_on_behind_it(office, drama_festival):
    request = file_deferral(drama_festival, new_due=LATER)
    pass_on(request, HEAD, by="fuzhuren2")
    sign_off(request, by="zhuren")
    record_sign_off(request)
    assert (request.status, drama_festival.state) == ("approved", State.DEFERRED)


def test_of_several_who_may_sign_only_one_place_changes(db):
    office = builders.office(deferral_routing=EITHER)
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), new_due=WITHIN)
    pass_on(request, REVIEWERS, by="fuzhuren2")
    (only,) = flow_of(request)
    assert set(only.posts.split("、")) == {HEAD, REVIEWERS}
    told = Notification.objects.filter(rule="sign_off_opened", channel="in_app")
    assert sorted(told.values_list("recipient__username", flat=True)) == [
        "fuzhuren2", "jixiao1", "jixiao2", "zhuren",
    ]  # fmt: skip
    sign_off(request, by="zhuren")
    assert request.status == "approved"
    with pytest.raises(Conflict):
        sign_off(request, by="jixiao1")


def test_it_never_comes_back_nor_to_a_post_that_signs_anyway(office, drama_festival):
    request = file_deferral(drama_festival, new_due=date(2021, 12, 20))
    with pytest.raises(Invalid) as refusal:
        pass_on(request, HEAD, by="fuzhuren2")  # signs after the leader
    assert list(refusal.value.errors) == ["post"]
    pass_on(request, REVIEWERS, by="fuzhuren2")
    with pytest.raises(Invalid):
        pass_on(request, LEADER, by="jixiao1")


def test_a_chain_keeps_its_beginning_in_mind(db):
    office = builders.office()
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), new_due=WITHIN)
    pass_on(request, HEAD, by="fuzhuren2")
    pass_on(request, REVIEWERS, by="zhuren")
    with pytest.raises(Invalid):
        pass_on(request, LEADER, by="jixiao1")
    with pytest.raises(Conflict, match="passed on to 绩效专班"):
        sign_off(request, by="zhuren")
    with pytest.raises(Conflict, match="passed on to 办主任"):
        sign_off(request, by="fuzhuren2")
    assert [entry.action for entry in trail(request)][1:] == ["deferral.passed_on"] * 2


def test_never_to_those_who_ask_nor_to_oneself(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN, by="xinwen0")
    asker = office.posts.get(kind="division_head", division__name="新闻文化处").name
    with pytest.raises(Invalid):
        pass_on(request, asker, by="fuzhuren2")
    own = office.posts.get(kind="division_head", division__name="秘书处")
    builders.delegate(LEADER, to="mishu0", by="fuzhuren2", starts=date(2021, 3, 1), ends=date(2021, 12, 31))
    with pytest.raises(Invalid):
        pass_on(request, own.name, by="mishu0")


def test_a_post_with_another_holder_may_be_asked(office, drama_festival):
    Appointment.objects.create(
        post=office.posts.get(name=REVIEWERS), user=person("xinwen1"), starts=None, ends=None
    )
    request = file_deferral(drama_festival, new_due=WITHIN)
    pass_on(request, REVIEWERS, by="fuzhuren2")
    with pytest.raises(NotAllowed):
        sign_off(request, by="xinwen1")
    sign_off(request, by="jixiao1")
    assert request.status == "approved"


def test_paper_is_not_passed_on_by_who_records_it(office, drama_festival):
    request = file_deferral(drama_festival, new_due=LATER)
    sign_off(request, by="fuzhuren2")
    with pytest.raises(NotAllowed):
        pass_on(request, HEAD, by="jixiao1")
    with pytest.raises(Conflict):
        pass_on(request, HEAD, by="fuzhuren2")
    assert flow_of(request)[1].posts == GOVERNOR


def test_a_division_head_who_passed_on_still_sees_it(db):
    office = builders.office()
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), new_due=WITHIN)
    head = office.posts.get(kind="division_head", division__name="秘书处").name
    add_signer(request, head, by="fuzhuren2")
    assert [one.request.pk for one in waiting_for(person("mishu0"))] == [request.pk]
    pass_on(request, HEAD, by="mishu0")
    assert DeferralRequest.objects.visible_to(person("mishu0")).get() == request
    assert waiting_for(person("mishu0")) == []


def test_what_the_next_post_up_would_have_signed_is_passed_on_as_well(office):
    node = work_node(office, state=State.IN_PROGRESS)
    Appointment.objects.filter(post__name=LEADER).delete()
    request = file_deferral(node, new_due=WITHIN)
    needed = pass_on(request, REVIEWERS, by="zhuren")
    assert [seat.name for seat in needed.posts.all()] == [REVIEWERS]
    sign_off(request, by="jixiao2")
    assert request.status == "approved"
