"""Asking for a deferral: the form says at once which way it will go and why, and what was decided before."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from approvals.precedents import similar_requests
from approvals.route_ahead import a_month_after, quick_days, route_ahead
from nodes.models import Draft, State
from tests import builders
from tests.browsing import logged_in
from tests.builders import GOVERNOR, HEAD, LEADER, file_deferral, person, sign_off, work_node
from workflow.models import Appointment

WITHIN, LATER = date(2021, 11, 20), date(2022, 3, 31)
AT = builders.BEGINNING


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", response.content.decode()))


def way(node, day, by: str = "xinwen1"):
    return route_ahead(node, day, person(by), AT)


def stops(found) -> list[str]:
    return ["、".join(str(s.post) for seats in stop.signatures for s in seats) for stop in found.stops]


@pytest.mark.parametrize(
    ("day", "rule", "why", "posts"),
    [
        (WITHIN, 1, "within the year，at most 30 days，the first deferral", [LEADER]),
        (date(2021, 12, 20), 2, "within the year", [LEADER, HEAD]),
        (LATER, 3, "later than the year", [LEADER, GOVERNOR]),
        (None, 3, "no date named", [LEADER, GOVERNOR]),
    ],
)
def test_the_way_and_why_it_is_taken(office, drama_festival, day, rule, why, posts):
    found = way(drama_festival, day)
    assert (found.rule, found.why, stops(found)) == (rule, why, posts)


def test_who_acts_today_and_what_is_replaced(db):
    office = builders.office(deferral_routing=[{"when": {}, "sign_off": ["division_head"]}])
    node = work_node(office, state=State.IN_PROGRESS)
    (stop,) = way(node, WITHIN).stops
    assert (stop.signatures[0][0].people, stop.instead_of) == (["新闻文化处处长"], [])
    found = way(node, WITHIN, by="xinwen0")
    assert (found.why, stops(found)) == ("in every case", [LEADER])
    assert [post.kind for post in found.stops[0].instead_of] == ["division_head"]


@pytest.mark.parametrize("kind", ["any", "all"])
def test_any_of_several_and_all_of_several(db, kind):
    step = {f"{kind}_of": ["leader_in_charge", "head_of_unit"]}
    office = builders.office(deferral_routing=[{"when": {}, "sign_off": [step]}])
    (stop,) = way(work_node(office, state=State.IN_PROGRESS), WITHIN).stops
    assert (stop.kind, len(stop.signatures)) == (kind, 1 if kind == "any" else 2)


def test_no_rule_no_way(db):
    office = builders.office(
        deferral_routing=[{"when": {"new_due": "within_cycle"}, "sign_off": ["head_of_unit"]}]
    )
    found = way(work_node(office, state=State.IN_PROGRESS), None)
    assert (found.stops, len(found.problem)) == ([], 1)


def test_days_that_are_often_proposed(office, drama_festival):
    days = [day for _label, day in quick_days(drama_festival, date(2021, 10, 8))]
    assert days == [date(2021, 11, 30), date(2021, 12, 31), None]
    assert [day for _label, day in quick_days(drama_festival, date(2022, 1, 30))] == [date(2022, 2, 28), None]
    assert a_month_after(date(2023, 12, 31)) == date(2024, 1, 31)


def test_the_form_shows_the_way_and_follows_the_day(office, drama_festival):
    handler = logged_in("xinwen1")
    page = text(handler.get("/nodes/59/defer/"))
    assert "未定日期 规则 3" in page
    assert "分管副省长 纸质" in page
    page = text(handler.get("/nodes/59/defer/?new_due=2021-12-20&category=partner"))
    assert "延期至 2021-12-20 的签批路线 年度内 规则 2" in page
    assert "办主任" in page
    typed = {"new_due": "2021-12-20", "justification": "请延期。", "preview": "1"}
    answer = handler.post("/nodes/59/defer/", typed)
    assert (answer.status_code, "年度内 规则 2" in text(answer)) == (200, True)
    assert "请延期。" in answer.content.decode()
    assert drama_festival.deferral_requests.count() == 0


@pytest.mark.parametrize("query", ["new_due=abc", "new_due=0000-00-00", "category=nonsense", "new_due=%00"])
def test_nonsense_in_the_address_breaks_nothing(office, drama_festival, query):
    answer = logged_in("xinwen1").get(f"/nodes/59/defer/?{query}")
    assert (answer.status_code, "未定日期" in text(answer)) == (200, True)


def test_what_was_asked_for_this_node_before(office, drama_festival):
    request = file_deferral(drama_festival, new_due=WITHIN, reason="场馆检修。")
    sign_off(request, by="fuzhuren2", decision="return", opinion="再想办法。")
    page = logged_in("xinwen1").get("/nodes/59/defer/")
    assert f'href="/deferrals/{request.pk}/"' in page.content.decode()
    assert "2021-10-31 → 2021-11-20 已退回" in text(page)
    assert "场馆检修。" in text(page)


def test_similar_cases_keep_other_divisions_words_to_themselves(office, drama_festival):
    own = work_node(office, 60, title="举办国际戏剧论坛", state=State.IN_PROGRESS)
    request = file_deferral(own, new_due=WITHIN, reason="场馆检修。", category="partner")
    sign_off(request, by="fuzhuren2")
    other = work_node(office, 7, title="编制规划", lead_division="秘书处", state=State.PLANNED)
    theirs = file_deferral(other, new_due=WITHIN, reason="不便外传。", category="partner")
    sign_off(theirs, by="zhuren")
    answer = logged_in("xinwen1").get("/nodes/59/defer/?category=partner")
    page, html = text(answer), answer.content.decode()
    assert "60 举办国际戏剧论坛" in page
    assert "场馆检修。" in page
    assert f"/deferrals/{request.pk}/" in html
    assert "7 编制规划" in page
    assert "签批：办主任" in page
    assert "不便外传。" not in page
    assert f"/deferrals/{theirs.pk}/" not in html


def test_the_most_alike_comes_first_and_what_was_refused_is_no_precedent(office, drama_festival):
    for number, title, category in (
        (60, "举办国际戏剧论坛", "other"), (61, "修订制度", "partner"), (62, "采购车辆", "resources"),
    ):  # fmt: skip
        node = work_node(office, number, title=title, state=State.IN_PROGRESS)
        sign_off(file_deferral(node, new_due=WITHIN, category=category), by="fuzhuren2")
    refused = work_node(office, 63, title="举行汤显祖戏剧节开幕式", state=State.IN_PROGRESS)
    sign_off(file_deferral(refused, new_due=WITHIN, category="partner"), by="fuzhuren2", decision="reject")
    found = similar_requests(person("xinwen1"), drama_festival, "partner")
    assert [one.request.node.number for one in found] == [61]
    indicator = work_node(office, 64, title="租用剧场", level3_number=59, level3="三级指标59")
    builders.start(indicator)
    sign_off(file_deferral(indicator, new_due=WITHIN, category="resources"), by="fuzhuren2")
    found = similar_requests(person("xinwen1"), drama_festival, "partner", "举办戏剧论坛的场馆检修")
    assert [one.request.node.number for one in found] == [64, 60, 61]


def test_another_offices_cases_are_not_shown(office, drama_festival):
    other = builders.office("other")
    node = work_node(other, 59, title="举行汤显祖戏剧节", state=State.IN_PROGRESS)
    sign_off(file_deferral(node, new_due=WITHIN), by="fuzhuren2")
    assert similar_requests(person("xinwen1", office), drama_festival, "other") == []


def test_a_vacant_post_is_said_to_be_vacant(office, drama_festival):
    Appointment.objects.filter(post__name=LEADER).delete()
    assert "岗位空缺" in text(logged_in("xinwen1").get("/nodes/59/defer/"))


def test_the_form_is_for_the_lead_division_and_cheap(office, drama_festival, django_assert_max_num_queries):
    assert logged_in("mishu1").get("/nodes/59/defer/").status_code == 403
    sign_off(file_deferral(drama_festival, new_due=WITHIN), by="fuzhuren2", decision="return", opinion="否")
    for number in (60, 61, 62):
        node = work_node(office, number, title="举行国际戏剧论坛", state=State.IN_PROGRESS)
        sign_off(file_deferral(node, new_due=WITHIN), by="fuzhuren2")
    handler = logged_in("xinwen1")
    day = date(2021, 12, 31) + timedelta(days=30)
    handler.get("/nodes/59/defer/")
    with django_assert_max_num_queries(15):
        assert handler.get(f"/nodes/59/defer/?new_due={day}&category=other").status_code == 200


def test_what_was_typed_is_kept_until_it_is_filed(office, drama_festival):
    handler = logged_in("xinwen1")
    typed = {"justification": "场馆检修，", "new_due": "2021-12-20", "category": "partner"}
    assert handler.post("/nodes/59/drafts/deferral/", typed).status_code == 200
    page = handler.get("/nodes/59/defer/")
    assert "场馆检修，" in page.content.decode()
    assert "延期至 2021-12-20 的签批路线 年度内 规则 2" in text(page)
    cleared = handler.get("/nodes/59/defer/?new_due=&category=other")
    assert "未定日期 规则 3" in text(cleared)
    filed = handler.post("/nodes/59/defer/", {"justification": "场馆检修。", "category": "partner"})
    assert filed.status_code == 302
    assert Draft.objects.count() == 0
