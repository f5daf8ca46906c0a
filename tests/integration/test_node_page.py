"""A node's own page: where it stands, what to do next, what was handed in, and what happened."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from nodes.models import Cycle, State
from tests import builders
from tests.browsing import logged_in
from tests.builders import (
    LEADER,
    OTHER_DIVISION,
    approve_evidence,
    defer,
    evidence_file,
    file_deferral,
    return_evidence,
    submit_evidence,
    withdraw_evidence,
    work_node,
)

pytestmark = pytest.mark.django_db


def page(username, office, address="/nodes/59/"):
    visitor = logged_in(username, office)
    response = visitor.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(html):
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def buttons(html):
    """The buttons of the page's own steps, and those of them that stand out."""
    part = html[html.index('id="node-standing"') : html.index('class="columns"')]
    found = re.findall(r'class="button( button--(?:next|decide))?"[^>]*>([^<]*)<', part)
    return [label.strip() for _weight, label in found], [label.strip() for weight, label in found if weight]


def current_state(html):
    here = html[html.index('aria-current="step"') :]
    found = re.search(r'way__word">([^<]*)<', here)
    assert found
    return found[1]


def days_from_today(days):
    return timezone.localdate() + timedelta(days=days)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (State.PLANNED, "未启动"),
        (State.IN_PROGRESS, "进行中"),
        (State.EVIDENCE_SUBMITTED, "已报送"),
        (State.APPROVED, "审核通过"),
        (State.DEFERRED, "延期"),
    ],
)
def test_the_way_marks_where_the_node_stands(office, state, word):
    work_node(office, 59, state=state)
    html = page("xinwen1", office)
    assert current_state(html) == word
    assert html.count('class="way__one way__one--passed"') == {
        State.IN_PROGRESS: 1,
        State.EVIDENCE_SUBMITTED: 2,
        State.APPROVED: 3,
    }.get(state, 0)


@pytest.mark.parametrize(
    ("state", "by", "first"),
    [
        (State.PLANNED, "xinwen1", ["启动"]),
        (State.IN_PROGRESS, "xinwen1", ["报送佐证材料"]),
        (State.EVIDENCE_SUBMITTED, "jixiao1", ["审核"]),
        (State.EVIDENCE_SUBMITTED, "xinwen1", []),
        (State.DEFERRED, "xinwen1", ["恢复办理"]),
        (State.PLANNED, "mishu1", []),
        (State.APPROVED, "zhuren", []),
    ],
)
def test_one_button_stands_out_for_whoever_has_to_act(office, state, by, first):
    work_node(office, 59, state=state)
    _all, weighty = buttons(page(by, office))
    assert weighty == first


def test_the_leader_signs_and_the_performance_office_records(drama_festival, office):
    request = file_deferral(drama_festival)
    assert buttons(page("fuzhuren2", office))[1] == ["签批"]
    assert "延期申请正待分管副主任（二）（副主任（二））签批" in words(page("xinwen1", office))
    builders.sign_off(request, by="fuzhuren2")
    assert buttons(page("jixiao1", office))[1] == ["记录签批"]
    assert buttons(page("fuzhuren2", office))[1] == []


def test_a_person_of_two_parts_has_one_first_thing_to_do(office):
    """Who reviews and heads the division at once has still one button in front."""
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    builders.appoint("绩效专班", to="xinwen0", from_=date(2021, 3, 2), office=office)
    every, weighty = buttons(page("xinwen0", office))
    assert weighty == ["审核"]
    assert every[0] == "审核"
    assert "撤回佐证材料" in every
    assert node.state == State.EVIDENCE_SUBMITTED


def test_it_says_who_has_to_act_and_for_how_long_it_waited(office):
    work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    assert re.search(r"绩效办正在审核第 1 轮佐证材料，已等 \d+ 个工作日", words(page("xinwen1", office)))
    work_node(office, 58, state=State.IN_PROGRESS)
    assert re.search(
        r"新闻文化处正在办理，已超期 \d+ 个工作日（时限 2021-10-31）",
        words(page("xinwen1", office, "/nodes/58/")),
    )


def test_a_node_that_is_due_today_says_so(office):
    today = timezone.now().astimezone(office.zone).date()
    Cycle.objects.get_or_create(office=office, year=today.year, defaults={"status": Cycle.Status.OPEN})
    work_node(office, 3, year=today.year, deadline=today, planned_start=None)
    assert "新闻文化处尚未启动，今日到期。" in words(page("xinwen1", office, f"/nodes/3/?year={today.year}"))


def test_what_was_returned_says_by_whom(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    return_evidence(node)
    assert "绩效专班甲已退回第 1 轮佐证材料，待新闻文化处补正后重新报送" in words(page("xinwen1", office))


def test_the_newest_two_rounds_stand_side_by_side_with_what_changed(office):
    node = work_node(office, 59, state=State.IN_PROGRESS, evidence_required="会议纪要、签到表")
    for number, text in enumerate(("举办活动3场。", "举办活动3场，参加120人。", "举办活动4场，参加120人。")):
        day = date(2021, 6, 20 + number)
        files = (evidence_file(f"报告{number}.txt", f"第{number}稿"),)
        submit_evidence(node, on=day, completed_on=day, statement=text, files=files)
        if number < 2:
            return_evidence(node, on=day)
    html = page("jixiao1", office)
    pair = html[html.index('class="pair"') : html.index('class="card older"')]
    assert re.findall(r"<del.*?>(.*?)</del>", pair) == ["3", "不再附上"]
    assert re.findall(r"<ins.*?>(.*?)</ins>", pair) == ["4", "新增"]
    assert re.search("报告1.txt.*不再附上.*报告2.txt.*新增", words(pair))
    assert "上轮：2021-06-21" in pair
    assert words(pair).index("第 2 轮") < words(pair).index("第 3 轮")
    assert "第 1 轮" in words(html[html.index('class="card older"') :])
    assert "会议纪要、签到表" in html


def test_a_round_that_was_withdrawn_is_compared_too(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    withdraw_evidence(node)
    submit_evidence(node)
    assert "最近两轮对照" in page("xinwen1", office)


def test_the_deadlines_are_a_chain_with_reasons_and_requests(drama_festival, office):
    request = defer(drama_festival, date(2021, 11, 20))
    html = page("xinwen1", office)
    chain = html[html.index('class="deadlines') :]
    assert "2021-10-31 原定时限" in words(chain)
    assert f'href="/deferrals/{request.pk}/"' in chain
    assert builders.PANDEMIC in chain
    assert "完成时限 2021-10-31 → 2021-11-20" in words(html[html.index('id="timeline"') :])


def test_the_timeline_tells_who_for_whom_with_which_files_and_words(drama_festival, office):
    window = {"starts": date(2021, 3, 1), "ends": date(2099, 12, 31)}
    builders.delegate(LEADER, to="successor", office=office, **window)
    request = file_deferral(drama_festival, files=[evidence_file("延期请示.txt", "请示")])
    builders.sign_off(request, by="successor", opinion="同意，报省领导。")
    builders.record_sign_off(request)
    timeline = words(page("xinwen1", office).split('id="timeline"')[1])
    assert "新任副主任 代 副主任（二）" in timeline
    for told in ("延期请示.txt", "省领导签批件.txt", "同意，报省领导。", "示例〔2021〕15号"):
        assert told in timeline


def test_somebody_outside_sees_progress_and_no_words(drama_festival, office):
    submit_evidence(drama_festival, statement="内部说明：共花费三万元。")
    return_evidence(drama_festival, opinion="内部意见：请核减。")
    defer(drama_festival, date(2021, 11, 20))
    html = page("mishu1", office)
    assert "内部说明" not in html
    assert "内部意见" not in html
    assert builders.PANDEMIC not in html
    assert "工作报告.txt" not in html
    text = words(html)
    assert "退回第 1 轮佐证材料" in text
    assert "2021-10-31" in text
    assert "2021-11-20" in text
    assert "佐证材料仅供" in text


def test_a_supporting_division_reads_along_and_has_nothing_to_do(office):
    node = work_node(office, 59, state=State.IN_PROGRESS, supporting_divisions=(OTHER_DIVISION,))
    submit_evidence(node, statement="内部说明：共花费三万元。")
    html = page("mishu1", office)
    assert "内部说明" in html
    assert buttons(html) == ([], [])


def test_a_closed_year_shows_everything_and_offers_nothing(drama_festival, office):
    submit_evidence(drama_festival)
    Cycle.objects.update(status=Cycle.Status.CLOSED)
    html = page("jixiao1", office)
    assert "本年度未开放，不能办理。" in html
    assert buttons(html) == ([], [])


def test_every_part_that_tells_the_state_is_live(drama_festival, office):
    html = page("xinwen1", office)
    live = set(re.findall(r'id="([^"]*)"[^>]*data-live', html))
    assert {"node-standing", "node-facts", "node-rounds", "node-deadlines", "node-watch", "timeline"} <= live
    form = html.index('name="comment"')
    assert not any(html.index(f'id="{part}"') < form < html.index("</div>", form) for part in ("timeline",))


@pytest.mark.parametrize("by", ["jixiao1", "xinwen1", "fuzhuren2", "zhuren", "admin", "mishu1"])
def test_the_page_is_cheap_however_much_happened(office, by, django_assert_max_num_queries):
    node = work_node(office, 59, state=State.IN_PROGRESS, supporting_divisions=(OTHER_DIVISION,))
    for _round in range(3):
        submit_evidence(node)
        return_evidence(node)
    defer(node, date(2021, 11, 20))
    file_deferral(node, new_due=date(2021, 12, 20), files=[evidence_file()])
    visitor = logged_in(by, office)
    assert visitor.get("/nodes/59/").status_code == 200
    with django_assert_max_num_queries(15):
        assert visitor.get("/nodes/59/").status_code == 200


@pytest.mark.parametrize(
    "address", ["/nodes/59/?year=abc", "/nodes/59/?year=1999", "/nodes/59/?year=²", "/nodes/7/"]
)
def test_what_is_not_there_is_not_found(drama_festival, office, address):
    visitor = logged_in("xinwen1", office)
    assert visitor.get(address).status_code == 404


def test_the_newest_year_is_meant_where_none_is_named(office):
    Cycle.objects.create(office=office, year=2022, status=Cycle.Status.OPEN)
    work_node(office, 59, title="去年的节点")
    work_node(office, 59, title="今年的节点", year=2022, deadline=date(2022, 6, 30), planned_start=None)
    assert "今年的节点" in page("xinwen1", office)
    assert "去年的节点" in page("xinwen1", office, "/nodes/59/?year=2021")


def test_done_is_said_with_its_day(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    approve_evidence(node)
    assert f"已办结：绩效办已审核通过，完成日期 {node.completed_on}" in words(page("zhuren", office))
