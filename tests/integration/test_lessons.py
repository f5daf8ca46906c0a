"""Three years of one office: what they teach, and what becomes of it in the fourth."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import translation

from nodes.lessons import proposals
from nodes.lessons.calibration import Verdict
from nodes.lessons.words import why
from nodes.models import Cycle, DeadlineProposal, WorkNode
from nodes.services.proposing import accept_deadlines, restore_deadline
from nodes.services.rolling_over import RollOver, roll_over
from tests import builders
from tests.boards import answered, visit
from tests.browsing import logged_in
from tests.builders import (
    ZONE,
    actions,
    approve_evidence,
    defer,
    last_audit,
    person,
    start,
    submit_evidence,
    work_node,
)
from workflow.calendar import WorkingDays
from workflow.models import CalendarDay, Division
from workflow.refusals import Invalid, NotAllowed, WrongState

CALENDAR = WorkingDays()
MEETING, FESTIVAL, REPORT, NEW = (
    "召开全省外事工作会议",
    "举行汤显祖戏剧节",
    "印发外事工作要点",
    "建立翻译人才库",
)
ROLL_OVER, PROPOSALS = "/settings/year/2021/roll-over/", "/settings/year/2022/deadlines/"
DUE = date(2021, 9, 30)


def at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def done(node: WorkNode, ahead: int) -> WorkNode:
    """Begun two months before its deadline, completed so many working days ahead, approved in an hour."""
    due = node.baseline_deadline
    day = CALENDAR.before(due, ahead) if ahead >= 0 else CALENDAR.after(due, -ahead)
    start(node, on=at(due - timedelta(days=60), 9))
    submit_evidence(node, on=at(day, 10), completed_on=day)
    return approve_evidence(node, on=at(day, 11))


@pytest.fixture(scope="module")
def built(world_of_the_module) -> int:
    """The meeting was 25, 40 and 20 working days early; the report late in 2020; the festival is put off."""
    with world_of_the_module():
        office = builders.office()
        for year, meeting, report in ((2019, 20, 2), (2020, 40, -3), (2021, 25, 3)):
            facts = {"year": year, "deadline": date(year, 9, 30), "planned_start": date(year, 2, 1)}
            done(work_node(office, 1, title=f"{MEETING}（{year}年）", **facts), meeting)
            done(work_node(office, 2, title=REPORT, lead_division="秘书处", **facts), report)
        festival = work_node(office, 3, title=FESTIVAL)
        defer(festival, date(2022, 6, 30), on=date(2021, 6, 1))
        done(work_node(office, 4, title=NEW, deadline=DUE), 30)
        return office.cycles.get(year=2021).pk


@pytest.fixture
def years(db, built) -> Cycle:
    return Cycle.objects.select_related("office").get(pk=built)


def over(cycle, **draft):
    return roll_over(actor=person("jixiao1", cycle.office), cycle=cycle, draft=RollOver(**draft))


def of_2022(number: int) -> WorkNode:
    return WorkNode.objects.get(cycle__year=2022, number=number)


# What is proposed, and why


def test_three_years_speak_for_an_earlier_deadline(years):
    found = proposals.for_next_year(years)[1]
    assert (found.verdict, found.lead, found.years) == (Verdict.LOOSE, 22, (2019, 2020, 2021))
    assert CALENDAR.between(found.day, date(2022, 9, 30)) == 22
    with translation.override("zh-hans"):
        assert why(found) == "近三年第80百分位提前22个工作日完成"


def test_the_page_shows_each_proposal_with_its_reason(years):
    page = visit("jixiao1", "/analysis/deadlines/", year=2021)
    assert "近三年第80百分位提前22个工作日完成" in page
    assert "仅依据2021年一年：提前30个工作日完成" in page
    assert "近年没有完成记录可作依据，不提建议；2021年延期，未计入" in page
    assert "偏松 2" in page
    assert "无依据 1" in page
    assert "带着建议结转到 2022 年度" in page
    assert "带着建议结转" not in visit("xinwen1", "/analysis/deadlines/", year=2021)
    tight = visit("jixiao1", "/analysis/deadlines/", year=2021, verdict="unknown")
    assert FESTIVAL in tight
    assert REPORT not in tight


def test_a_suggestion_keeps_to_the_offices_own_calendar(years):
    office = years.office
    day = proposals.for_next_year(years)[1].day
    CalendarDay.objects.create(office=office, day=day, is_workday=False)
    again = Cycle.objects.select_related("office").get(pk=years.pk)
    assert proposals.for_next_year(again)[1].day < day


# Into the next year


def test_nothing_is_accepted_by_itself(years):
    page = visit("jixiao1", ROLL_OVER)
    assert page.count("checked") == 1  # what is deferred goes along
    over(years, deadlines={3: date(2022, 6, 30)}, copies_rest=True)
    assert of_2022(1).baseline_deadline == date(2022, 9, 30)
    assert not DeadlineProposal.objects.exists()


def test_a_divisions_proposals_are_accepted_with_the_copy(years):
    page = visit("jixiao1", ROLL_OVER)
    assert "按处室采纳时限建议" in page
    division = of_name("新闻文化处")
    typed = {"carry_3": "on", "deadline_3": "2022-06-30", "copies_rest": "on", f"division_{division}": "on"}
    logged_in("jixiao1").post(ROLL_OVER, typed)
    meeting = of_2022(1)
    assert CALENDAR.between(meeting.baseline_deadline, date(2022, 9, 30)) == 22
    assert meeting.current_deadline == meeting.baseline_deadline
    assert last_audit(meeting).action == "node.deadline_accepted"
    assert last_audit(meeting).data == {
        "from": "2022-09-30",
        "to": meeting.baseline_deadline.isoformat(),
        "lead": 22,
        "years": [2019, 2020, 2021],
    }
    assert meeting.deadline_proposal.accepted_by == person("jixiao1")
    assert of_2022(2).baseline_deadline == date(2022, 9, 30)  # another division's
    assert last_audit(years).data["accepted"] == 2


def of_name(name: str) -> int:
    return Division.objects.get(name=name).pk


def test_what_is_proposed_for_a_carried_node_is_accepted_by_its_tick(years):
    office = years.office
    late = work_node(office, 5, title="开展课题调研", deadline=DUE)
    done(work_node(office, 5, title="开展课题调研", year=2020, deadline=date(2020, 9, 30)), 12)
    start(late)
    page = visit("jixiao1", ROLL_OVER)
    assert 'name="accept_5"' in page
    assert 'name="accept_3"' not in page  # nothing to go by
    typed = {"carry_5": "on", "deadline_5": "", "accept_5": "on"}
    logged_in("jixiao1").post(ROLL_OVER, typed)
    node = WorkNode.objects.get(cycle__year=2022)
    assert CALENDAR.between(node.baseline_deadline, date(2022, 9, 30)) == 12
    assert actions(node) == ["node.carried_over", "node.deadline_accepted"]
    assert node.attributes["carried_from"] == {"year": 2021, "node": 5}


def test_a_divisions_tick_fills_what_is_carried_over_without_a_deadline(years):
    office = years.office
    for number in (5, 6):
        title = f"开展课题调研之{'甲乙'[number - 5]}"
        done(work_node(office, number, title=title, year=2020, deadline=date(2020, 9, 30)), 12)
        start(work_node(office, number, title=title, deadline=DUE))
    typed = {
        f"division_{of_name('新闻文化处')}": "on", "carry_5": "on", "deadline_5": "2022-05-31",
        "carry_6": "on", "deadline_6": "",
    }  # fmt: skip
    logged_in("jixiao1").post(ROLL_OVER, typed)
    kept, filled = WorkNode.objects.filter(cycle__year=2022).order_by("number")
    assert kept.baseline_deadline == date(2022, 5, 31)
    assert CALENDAR.between(filled.baseline_deadline, date(2022, 9, 30)) == 12


def test_a_tick_for_what_is_not_carried_is_told_beside_it(years):
    office = years.office
    done(work_node(office, 5, title="开展课题调研", year=2020, deadline=date(2020, 9, 30)), 12)
    start(work_node(office, 5, title="开展课题调研", deadline=DUE))
    answer = logged_in("jixiao1").post(ROLL_OVER, {"accept_5": "on", "copies_rest": "on"})
    assert answer.status_code == 422
    assert "请同时勾选结转该节点。" in answer.content.decode()
    division = {f"division_{of_name('新闻文化处')}": "on", "carry_3": "on", "deadline_3": "2022-06-30"}
    answer = logged_in("jixiao1").post(ROLL_OVER, division)
    assert (answer.status_code, "须同时勾选复制其余目录" in answer.content.decode()) == (422, True)
    assert not Cycle.objects.filter(year=2022).exists()


def test_what_is_not_proposed_cannot_be_accepted(years):
    with pytest.raises(Invalid) as refusal:
        over(years, deadlines={3: date(2022, 6, 30)}, accepted=[3])
    assert list(refusal.value.errors) == ["accept_3"]
    assert not Cycle.objects.filter(year=2022).exists()


# On the draft


@pytest.fixture
def draft(years):
    return over(years, deadlines={3: date(2022, 6, 30)}, copies_rest=True)


def test_one_proposal_after_the_other_is_accepted_on_the_draft(draft):
    visitor = logged_in("jixiao1")
    page = visit("jixiao1", PROPOSALS)
    day = proposals.for_draft(draft)[1].day
    assert f'value="1:{day}"' in page
    assert "checked" not in page
    for said in ("已采纳 1 条时限建议", "所选建议此前已采纳"):
        answer = visitor.post(PROPOSALS, {"accept": f"1:{day}"}, follow=True)
        assert said in answer.content.decode()
    assert of_2022(1).baseline_deadline == day
    assert actions(of_2022(1)).count("node.deadline_accepted") == 1
    assert "原为 2022-09-30" in visit("jixiao1", PROPOSALS, show="accepted")
    assert "采纳建议时限" in visit("jixiao1", "/nodes/1/", year=2022) + visit("admin", "/audit/")


def test_what_was_accepted_can_be_taken_back(draft):
    accept_deadlines(actor=person("jixiao1"), cycle=draft, chosen={1: None})
    accepted = f"{PROPOSALS}?show=accepted"
    assert "恢复为 2022-09-30" in visit("jixiao1", PROPOSALS, show="accepted")
    said = [
        logged_in("admin").post(accepted, {"restore": "1"}, follow=True).content.decode() for _click in "12"
    ]
    assert ["节点 1 已恢复原时限" in page for page in said] == [True, False]
    assert of_2022(1).current_deadline == of_2022(1).baseline_deadline == date(2022, 9, 30)
    assert not DeadlineProposal.objects.exists()
    assert last_audit(of_2022(1)).action == "node.deadline_restored"


def test_a_deadline_that_came_after_the_accepted_one_is_not_taken_back(draft):
    accept_deadlines(actor=person("jixiao1"), cycle=draft, chosen={1: None})
    imported = date(2022, 11, 30)
    WorkNode.objects.filter(cycle=draft, number=1).update(
        baseline_deadline=imported, current_deadline=imported
    )
    assert "恢复为" not in visit("jixiao1", PROPOSALS, show="accepted")
    assert not restore_deadline(actor=person("admin"), cycle=draft, number=1)
    assert of_2022(1).baseline_deadline == imported


def test_all_of_a_division_are_accepted_at_once(draft):
    division = of_name("新闻文化处")
    logged_in("jixiao1").post(f"{PROPOSALS}?division={division}", {"all": "1"})
    assert set(DeadlineProposal.objects.values_list("node__number", flat=True)) == {1, 4}
    assert "没有待定的建议" in visit("jixiao1", PROPOSALS, division=division)


def test_what_says_something_else_by_now_is_not_accepted(draft):
    answer = logged_in("jixiao1").post(PROPOSALS, {"accept": ["1:2022-03-01", "4:nonsense"]})
    assert answer.status_code == 422
    assert "节点 1 的建议已变化" in answer.content.decode()
    assert logged_in("jixiao1").post(PROPOSALS, {}).status_code == 422
    assert not DeadlineProposal.objects.exists()


def test_deadlines_of_an_open_year_do_not_move_by_a_proposal(draft):
    Cycle.objects.filter(year=2022).update(status=Cycle.Status.OPEN)
    with pytest.raises(WrongState, match="draft only"):
        accept_deadlines(actor=person("jixiao1"), cycle=draft, chosen={1: None})
    assert "只对草稿年度提出时限建议" in visit("jixiao1", PROPOSALS)


def test_divisions_accept_nothing(draft):
    with pytest.raises(NotAllowed):
        accept_deadlines(actor=person("xinwen0"), cycle=draft, chosen={1: None})
    assert answered("xinwen1", PROPOSALS).status_code == 403


def test_another_offices_years_teach_and_change_nothing(years):
    other = builders.office("other", year=2021)
    twin = work_node(other, 1, title=MEETING, deadline=DUE)
    assert proposals.for_next_year(other.cycles.get())[1].day is None
    page = logged_in("jixiao1", other).get("/analysis/deadlines/?year=2021").content.decode()
    assert twin.title in page
    assert FESTIVAL not in page
    division = years.nodes.first().lead_division_id
    assert logged_in("jixiao1", other).get(f"/analysis/?division={division}").status_code == 404


# Planned against actual, crowding, waiting, forecast


def test_margins_are_told_by_division_kind_and_month(years):
    page = visit("fuzhuren2", "/analysis/", year=2021)
    for words in (MEETING, "新闻文化处", "28", "按工作类型"):
        assert words in page
    assert "会议" in visit("fuzhuren2", "/analysis/", year=2021, by="kind")
    narrowed = visit("fuzhuren2", "/analysis/", year=2021, kind="meeting")
    assert MEETING in narrowed
    assert REPORT not in narrowed
    assert "没有符合条件的节点" in visit("fuzhuren2", "/analysis/", year=2021, month=1)


def test_signatures_are_told_by_post(years):
    page = visit("jixiao1", "/analysis/waiting/", year=2021)
    assert builders.LEADER in page
    assert builders.GOVERNOR in page
    assert ">副主任（二）<" not in page  # who signed


def test_a_forecast_of_a_later_year_is_tried_on_those_before(years):
    page = visit("jixiao1", "/analysis/forecast/", year=2021, as_of="2021-09-01")
    assert "以 2019、2020、2021 年检验" in page
    assert "未按时完成的太少" in page
    assert "通常用时、处室习惯和往年逾期取自 2019、2020 年" in page


def test_a_value_that_is_no_choice_narrows_nothing(years):
    page = visit("jixiao1", "/analysis/", year=2021, kind="<script>", month="13", by="x", order="y", page="z")
    assert MEETING in page
    assert "<script>" not in page.split("</head>")[1]
