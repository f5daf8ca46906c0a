"""Who signs: the first rule whose conditions hold, any of several, all of them, never the applicant."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.models import DeferralRequest, SignOff
from nodes.models import State
from tests import builders
from tests.builders import appoint, file_deferral, sign_off, work_node
from workflow.models import Division, RoutingRule
from workflow.refusals import Conflict, Invalid, NotAllowed

WITHIN = date(2021, 11, 20)


def in_an_office(*rules: dict, **sections):
    office = builders.office(deferral_routing=list(rules), **sections)
    return office, work_node(office, state=State.IN_PROGRESS)


def needed(request: DeferralRequest) -> list[list[str]]:
    """The posts of each signature, in order; side by side ones stand beside each other."""
    return [[str(post) for post in one.posts.all()] for one in SignOff.objects.filter(request=request)]


@pytest.mark.parametrize(
    ("new_due", "rule"), [(WITHIN, 1), (date(2021, 12, 20), 2), (date(2022, 1, 1), 3), (None, 3)]
)
def test_the_first_rule_that_holds_decides(office, drama_festival, new_due, rule):
    assert file_deferral(drama_festival, new_due=new_due).rule == rule


def test_rules_after_the_first_match_do_not_count(db):
    _office, node = in_an_office({"sign_off": ["division_head"]}, {"sign_off": ["head_of_unit"]})
    request = file_deferral(node)
    assert (request.rule, needed(request)) == (1, [["新闻文化处division head"]])


@pytest.mark.parametrize(
    ("when", "other"),
    [
        ({"division": "新闻文化处"}, {"division": "秘书处"}),
        ({"indicator": 1}, {"indicator": 2}),
        ({"late_request": False}, {"late_request": True}),
        ({"days_at_least": 20}, {"days_at_most": 19}),
        ({"times_deferred_at_least": 0}, {"times_deferred_at_least": 1}),
    ],
)
def test_conditions_are_asked_about_the_node_at_hand(db, when, other):
    _office, node = in_an_office(
        {"when": other, "sign_off": ["head_of_unit"]}, {"when": when, "sign_off": ["division_head"]}
    )
    assert file_deferral(node, new_due=WITHIN).rule == 2


def test_where_no_rule_holds_the_request_is_refused(db):
    _office, node = in_an_office({"when": {"times_deferred": 3}, "sign_off": ["head_of_unit"]})
    with pytest.raises(Invalid, match="No routing rule"):
        file_deferral(node)
    assert not DeferralRequest.objects.exists()


def test_a_rule_that_asks_for_a_post_the_division_has_not_is_refused(db):
    office, node = in_an_office({"sign_off": ["leader_in_charge"]})
    Division.objects.filter(office=office).update(leader_in_charge=None)
    with pytest.raises(Invalid, match="leader in charge"):
        file_deferral(node)


def test_one_of_several_is_enough(db):
    _office, node = in_an_office({"sign_off": [{"any_of": ["leader_in_charge", "head_of_unit"]}]})
    request = file_deferral(node, new_due=WITHIN)
    assert needed(request) == [["办主任", "分管副主任（二）"]] or needed(request) == [
        ["分管副主任（二）", "办主任"]
    ]
    sign_off(request, by="zhuren")
    assert (request.status, node.current_deadline) == ("approved", WITHIN)
    with pytest.raises(Conflict, match="办主任"):
        sign_off(request, by="fuzhuren2")


def test_all_of_them_sign_in_any_order(db):
    _office, node = in_an_office(
        {"sign_off": [{"all_of": ["leader_in_charge", "head_of_unit"]}, "performance_office"]}
    )
    request = file_deferral(node, new_due=WITHIN)
    with pytest.raises(NotAllowed):
        sign_off(request, by="jixiao1")
    sign_off(request, by="zhuren")
    with pytest.raises(Conflict):
        sign_off(request, by="zhuren")
    with pytest.raises(NotAllowed):
        sign_off(request, by="jixiao1")
    sign_off(request, by="fuzhuren2")
    assert request.status == "pending"
    sign_off(request, by="jixiao2")
    assert request.status == "approved"


def test_one_refusal_among_all_of_them_ends_it(db):
    _office, node = in_an_office({"sign_off": [{"all_of": ["leader_in_charge", "head_of_unit"]}]})
    request = file_deferral(node, new_due=WITHIN)
    sign_off(request, by="zhuren")
    sign_off(request, by="fuzhuren2", decision="reject", opinion="不同意。")
    assert (request.status, node.state) == ("rejected", State.IN_PROGRESS)


def test_the_head_of_a_division_does_not_sign_their_own_request(db):
    """It moves one post up: the leader in charge signs in the head's place."""
    _office, node = in_an_office({"sign_off": ["division_head"]})
    request = file_deferral(node, new_due=WITHIN, by="xinwen0")
    assert needed(request) == [["分管副主任（二）"]]
    with pytest.raises(NotAllowed):
        sign_off(request, by="xinwen0")
    sign_off(request, by="fuzhuren2")
    assert request.status == "approved"


def test_a_leader_who_applies_is_signed_for_by_the_head_of_unit(db):
    _office, node = in_an_office({"sign_off": ["leader_in_charge"]})
    appoint("新闻文化处:division_head", to="fuzhuren2", from_=date(2021, 3, 2))
    request = file_deferral(node, new_due=WITHIN, by="fuzhuren2")
    assert needed(request) == [["办主任"]]


def test_moving_up_does_not_ask_the_same_post_twice(db):
    _office, node = in_an_office({"sign_off": ["leader_in_charge", "head_of_unit"]})
    appoint("新闻文化处:division_head", to="fuzhuren2", from_=date(2021, 3, 2))
    request = file_deferral(node, new_due=WITHIN, by="fuzhuren2")
    assert needed(request) == [["办主任"]]
    sign_off(request, by="zhuren")
    assert request.status == "approved"


def test_a_post_with_another_holder_stays_and_its_colleague_signs(db):
    _office, node = in_an_office({"sign_off": ["performance_office"]})
    builders.delegate("新闻文化处:handler", to="jixiao1", starts=date(2021, 3, 2), ends=date(2021, 3, 9))
    request = file_deferral(node, new_due=WITHIN, by="jixiao1", on=date(2021, 3, 3))
    assert request.on_behalf_of.username == "xinwen1"
    with pytest.raises(NotAllowed):
        sign_off(request, by="jixiao1")
    sign_off(request, by="jixiao2")
    assert request.status == "approved"


def test_at_the_top_of_the_ladder_nobody_is_left_to_sign(db):
    office, node = in_an_office(
        {"sign_off": ["head_of_unit"]},
        posts=[post for post in builders.ORGANISATION["posts"] if post["kind"] != "provincial_leader"],
    )
    appoint("新闻文化处:division_head", to="zhuren", from_=date(2021, 3, 2))
    with pytest.raises(Invalid, match="Nobody above “办主任”"):
        file_deferral(node, by="zhuren")
    assert RoutingRule.objects.filter(office=office).count() == 1


def test_an_applicant_who_becomes_the_signer_meanwhile_is_passed_over(db):
    """The one holder of the post that waits is now the applicant: the next post up signs."""
    _office, node = in_an_office({"sign_off": ["leader_in_charge"]})
    request = file_deferral(node, new_due=WITHIN, by="xinwen0")
    appoint("分管副主任（二）", to="xinwen0", from_=date(2021, 4, 1))
    with pytest.raises(NotAllowed):
        sign_off(request, by="xinwen0")
    sign_off(request, by="zhuren")
    assert request.status == "approved"


def test_a_division_led_by_the_head_of_unit_asks_that_post(office):
    node = work_node(office, lead_division="秘书处", state=State.IN_PROGRESS)
    request = file_deferral(node, new_due=WITHIN)
    assert needed(request) == [["办主任"]]
    with pytest.raises(NotAllowed):
        sign_off(request, by="fuzhuren2")
    sign_off(request, by="zhuren")
    assert request.status == "approved"
