"""The page on which a deferral is signed, and the list: who sees what, who may do what, what it costs."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client

from approvals.models import DeferralRequest, SignOff
from nodes.models import State
from tests import builders
from tests.browsing import logged_in
from tests.builders import (
    GOVERNOR,
    HEAD,
    LEADER,
    REVIEWERS,
    file_deferral,
    post,
    record_sign_off,
    sign_off,
    work_node,
)
from tests.changed_routes import add_signer, pass_on

WITHIN, LATER = date(2021, 11, 20), date(2022, 3, 31)


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


@pytest.fixture
def request_(office, drama_festival) -> DeferralRequest:
    return file_deferral(drama_festival, new_due=LATER, files=[builders.evidence_file("延期请示.txt")])


def change(who: Client, request: DeferralRequest, how: str, name: str, reason: str = "请把关。"):
    typed = {"route-how": how, "route-post": post(name).pk, "route-reason": reason}
    return who.post(f"/deferrals/{request.pk}/route/", typed)


def test_the_case_is_on_the_page(office, drama_festival, request_):
    page = logged_in("fuzhuren2").get(f"/deferrals/{request_.pk}/")
    for words in (
        "2021-10-31 → 至 2022-03-31", "延后 151 天", builders.PANDEMIC, "延期请示.txt", LEADER, GOVERNOR,
        "该节点首次申请延期", "同意，请抓紧推进。", "加签或转签",
    ):  # fmt: skip
        assert words in text(page)
    assert 'data-hold="10"' in page.content.decode()
    for username in ("xinwen1", "zhuren", "jixiao1"):
        assert "加签或转签" not in text(logged_in(username).get(f"/deferrals/{request_.pk}/"))


def test_earlier_requests_of_the_node_are_on_the_page(office, drama_festival, request_):
    sign_off(request_, by="fuzhuren2", decision="return", opinion="请缩短。")
    again = file_deferral(drama_festival, new_due=WITHIN)
    page = logged_in("fuzhuren2").get(f"/deferrals/{again.pk}/")
    assert f'href="/deferrals/{request_.pk}/"' in page.content.decode()
    assert "首次申请延期" in text(logged_in("fuzhuren2").get(f"/deferrals/{request_.pk}/"))


def test_a_signer_is_added_on_the_page(office, request_):
    leader = logged_in("fuzhuren2")
    answer = change(leader, request_, "after", HEAD)
    assert (answer.status_code, answer.url) == (302, f"/deferrals/{request_.pk}/")
    page = text(leader.get(answer.url))
    assert "签批路线已调整" in page
    assert "加签 由副主任（二）提出" in page
    assert "加签：请办主任一并签批" in page
    assert [one.step for one in request_.sign_offs.all()] == [0, 1, 2]


def test_a_second_click_adds_or_passes_on_nothing_more(office, request_):
    leader = logged_in("fuzhuren2")
    for how, name, count in (("beside", HEAD, 3), ("instead", REVIEWERS, 3)):
        for _click in range(2):
            answer = change(leader, request_, how, name)
            assert (answer.status_code, answer.url) == (302, f"/deferrals/{request_.pk}/")
        assert request_.sign_offs.count() == count
    assert builders.actions(request_) == ["deferral.requested", "deferral.signer_added", "deferral.passed_on"]


def test_what_is_wrong_stands_beside_the_field(office, request_):
    answer = change(logged_in("fuzhuren2"), request_, "beside", HEAD, reason=" ")
    assert (answer.status_code, "请写明理由。" in text(answer)) == (422, True)
    answer = change(logged_in("fuzhuren2"), request_, "instead", GOVERNOR)
    assert (answer.status_code, "请选择能够签批" in text(answer)) == (422, True)
    hostile = {"route-how": "x", "route-post": "1 OR 1=1", "route-reason": "<b>理由</b>"}
    answer = logged_in("fuzhuren2").post(f"/deferrals/{request_.pk}/route/", hostile)
    assert (answer.status_code, "<b>理由" in answer.content.decode()) == (422, False)
    assert SignOff.objects.count() == 2


@pytest.mark.parametrize(
    ("username", "status"),
    [("zhuren", 403), ("jixiao1", 403), ("xinwen1", 403), ("shenji", 403), ("mishu1", 404)],
)
def test_nobody_else_changes_the_route(office, request_, username, status):
    assert change(logged_in(username), request_, "beside", REVIEWERS).status_code == status
    assert SignOff.objects.count() == 2


def test_another_offices_request_is_not_there(office, request_):
    other = builders.office("other")
    stranger = logged_in("fuzhuren2", other)
    typed = {"route-how": "beside", "route-post": post(HEAD, other).pk, "route-reason": "请"}
    assert stranger.post(f"/deferrals/{request_.pk}/route/", typed).status_code == 404
    assert stranger.get(f"/deferrals/{request_.pk}/").status_code == 404


def test_looking_changes_no_route(office, request_):
    answer = logged_in("fuzhuren2").get(f"/deferrals/{request_.pk}/route/")
    assert (answer.status_code, SignOff.objects.count()) == (302, 2)


def test_who_signs_after_it_was_passed_on_learns_so_and_keeps_the_words(office, request_):
    days = {"starts": date(2021, 3, 1), "ends": date(2099, 12, 31)}
    builders.delegate(LEADER, to="successor", by="fuzhuren2", **days)
    pass_on(request_, HEAD, by="successor")
    typed = {
        "outcome": "approve",
        "opinion": "我同意。",
        "sign_off_id": request_.sign_offs.earliest("step").pk,
    }
    answer = logged_in("fuzhuren2").post(f"/deferrals/{request_.pk}/sign/", typed)
    assert answer.status_code == 409
    assert "新任副主任已于" in text(answer)
    assert "我同意。" in text(answer)


def test_of_two_leaders_at_once_the_second_sees_who_decided(db):
    either = [{"when": {}, "sign_off": [{"any_of": ["leader_in_charge", "head_of_unit"]}]}]
    office = builders.office(deferral_routing=either)
    request = file_deferral(work_node(office, state=State.IN_PROGRESS), new_due=WITHIN)
    sign_off(request, by="zhuren")
    needed = request.sign_offs.get()
    typed = {"outcome": "reject", "opinion": "不同意延期。", "sign_off_id": needed.pk}
    answer = logged_in("fuzhuren2").post(f"/deferrals/{request.pk}/sign/", typed)
    assert answer.status_code == 409
    assert "办主任" in text(answer)
    assert "不同意延期。" in text(answer)


def test_everybody_concerned_sees_how_the_route_was_changed(office, request_):
    add_signer(request_, HEAD, by="fuzhuren2")
    pass_on(request_, REVIEWERS, by="fuzhuren2")
    page = text(logged_in("xinwen1").get(f"/deferrals/{request_.pk}/"))
    assert "加签 由副主任（二）提出" in page
    assert "转签 由分管副主任（二）转来" in page
    assert "会签" in page


def test_the_page_is_cheap(office, request_, django_assert_max_num_queries):
    add_signer(request_, HEAD, by="fuzhuren2")
    people = ("fuzhuren2", "zhuren", "xinwen1", "jixiao1", "shenji", "xinwen0")
    assert all(_costs_little(request_, username, django_assert_max_num_queries) for username in people)
    sign_off(request_, by="fuzhuren2")
    sign_off(request_, by="zhuren")
    assert _costs_little(request_, "jixiao1", django_assert_max_num_queries)
    record_sign_off(request_)
    assert all(_costs_little(request_, username, django_assert_max_num_queries) for username in people)


def _costs_little(request: DeferralRequest, username: str, at_most) -> bool:
    client = logged_in(username)
    client.get("/deferrals/")  # the counts in the navigation are remembered from here
    with at_most(15):
        return client.get(f"/deferrals/{request.pk}/").status_code == 200


# The list


def numbers(response) -> list[int]:
    return [int(number) for number in re.findall(r'class="table__number">(\d+)<', response.content.decode())]


@pytest.fixture
def three(office, drama_festival) -> None:
    file_deferral(drama_festival, new_due=LATER)
    sign_off(file_deferral(work_node(office, 60, state=State.IN_PROGRESS), new_due=LATER), by="fuzhuren2")
    theirs = work_node(office, 7, lead_division="秘书处", state=State.PLANNED)
    sign_off(file_deferral(theirs, new_due=WITHIN), by="zhuren")


def test_the_list_says_whom_it_waits_for_and_how_long(office, three):
    page = text(logged_in("jixiao1").get("/deferrals/"))
    assert re.search("分管副主任（二） 副主任（二） [^ ]*等", page)
    assert "分管副省长 纸质" in page
    assert "待您办理" in page


@pytest.mark.parametrize(
    ("username", "query", "found"),
    [
        ("jixiao1", "", [7, 60, 59]),
        ("jixiao1", "status=approved", [7]),
        ("jixiao1", "status=pending", [60, 59]),
        ("jixiao1", "waiting=me", [60]),
        ("fuzhuren2", "waiting=me", [59]),
        ("fuzhuren2", "waiting=me&year=2021", [59]),
        ("xinwen1", "", [60, 59]),
        ("xinwen1", "waiting=me", []),
        ("jixiao1", "year=2021", [7, 60, 59]),
        ("jixiao1", "year=1999&status=nonsense&division=x&waiting=you&page=9", [7, 60, 59]),
    ],
)
def test_what_a_list_is_narrowed_to(office, three, username, query, found):
    assert numbers(logged_in(username).get(f"/deferrals/?{query}")) == found


def test_a_division_narrows_the_list_and_stays_in_the_address(office, three):
    division = office.divisions.get(name="秘书处")
    answer = logged_in("jixiao1").get(f"/deferrals/?division={division.pk}")
    assert numbers(answer) == [7]
    assert f"division={division.pk}&amp;status=approved" in answer.content.decode()


def test_an_empty_list_says_what_will_appear(office):
    assert "需要您签批的延期申请会显示在这里" in text(logged_in("fuzhuren2").get("/deferrals/?waiting=me"))
    assert "没有符合条件的申请" in text(logged_in("fuzhuren2").get("/deferrals/?status=rejected"))
    assert "处室" in text(logged_in("fuzhuren2").get("/deferrals/"))


@pytest.mark.parametrize("username", ["jixiao1", "fuzhuren2", "xinwen1"])
def test_the_list_is_cheap(office, three, username, django_assert_max_num_queries):
    client = logged_in(username)
    client.get("/deferrals/")
    with django_assert_max_num_queries(15):
        assert client.get("/deferrals/?waiting=me").status_code == 200
