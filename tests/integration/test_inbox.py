"""The inbox: what waits for whom, how pressing it is, what was sent, told and dealt with."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from nodes.models import State
from notifications.models import Notification
from notifications.selectors import read, unread
from notifications.services import open_notice
from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import person, work_node
from workflow.models import Office
from workflow.refusals import NotFound
from workflow.selectors import working_days

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def office(db) -> Office:
    """An office in the year that is now, and a story that happens this morning."""
    builders.story.moment(timezone.now() - timedelta(hours=3))
    return builders.office(year=TODAY.year)


def shown(client: Client, address: str = "/", status: int = 200) -> str:
    """The words in the content of the page."""
    response = client.get(address)
    assert response.status_code == status, address
    return main_text(response)


def node_due(office: Office, number: int, deadline: date, **more) -> object:
    starts = min(deadline, date(TODAY.year, 1, 4))
    return work_node(office, number, year=TODAY.year, deadline=deadline, planned_start=starts, **more)


# What waits


def test_everybody_has_their_own_groups(office):
    days = working_days(office)
    evidence = node_due(office, 1, TODAY + 20 * DAY, title="编制规划", state=State.IN_PROGRESS)
    builders.submit_evidence(evidence, on=timezone.now() - DAY)
    asked = node_due(office, 2, TODAY, title="举办论坛", state=State.IN_PROGRESS)
    builders.file_deferral(asked, on=timezone.now() - DAY)
    node_due(office, 3, days.before(TODAY, 3), title="印发要点", state=State.IN_PROGRESS)

    reviewer, leader, handler = (shown(logged_in(who)) for who in ("jixiao1", "fuzhuren2", "xinwen1"))
    assert "待审核 1" in reviewer
    assert "编制规划" in reviewer
    assert "举办论坛" not in reviewer
    assert "待签批 1" in leader
    assert "举办论坛" in leader
    assert "临期和超期 2" in handler
    assert "编制规划" not in handler
    assert handler.index("印发要点") < handler.index("举办论坛")  # overdue first
    assert "延期申请正待签批" in handler


def test_a_returned_node_is_told_as_such(office):
    node = node_due(office, 1, TODAY + 20 * DAY, title="编制规划", state=State.EVIDENCE_SUBMITTED)
    builders.return_evidence(node)
    page = shown(logged_in("xinwen1"))
    assert "被退回 1" in page
    assert "被退回，待补正" in page
    assert "补正后报送" in page
    assert "临期和超期" not in page


@pytest.mark.parametrize(
    ("waited", "words"),
    [(0, "今日送达"), (1, "已等 1 个工作日"), (2, "已等 2 个工作日"), (5, "等待过久 · 5 个工作日")],
)
def test_how_long_it_waits_is_said_in_working_days(office, waited, words):
    node = node_due(office, 1, TODAY + 20 * DAY, state=State.IN_PROGRESS)
    day = working_days(office).before(TODAY + DAY, waited + 1) if waited else TODAY
    builders.submit_evidence(node, on=builders.datetime.combine(day, builders.time(0, 1), builders.ZONE))
    assert words in shown(logged_in("jixiao1"))
    assert words in shown(logged_in("jixiao1"), "/reviews/")
    assert words in shown(logged_in("xinwen1"), "/?box=sent")


@pytest.mark.parametrize(
    ("late", "words"), [(3, "已超期 3 个工作日"), (0, "最后一个工作日"), (-2, "还有 2 个工作日")]
)
def test_how_near_a_deadline_is_said_in_working_days(office, late, words):
    days = working_days(office)
    on_a_workday = days.on_or_before(TODAY)
    deadline = days.before(on_a_workday, late) if late > 0 else days.after(on_a_workday, -late)
    node_due(office, 1, deadline, state=State.IN_PROGRESS)
    assert words in shown(logged_in("xinwen1"))


@pytest.mark.parametrize(
    ("username", "words"),
    [
        ("jixiao1", "处室报送的佐证材料和待记录的纸质签批会显示在这里"),
        ("xinwen1", "没有临期、超期或被退回的节点"),
        ("xinwen0", "需要您签批的延期申请也会显示在这里"),
        ("zhuren", "需要您签批的延期申请会显示在这里"),
        ("admin", "管理员维护系统"),
        ("shenji", "审计人员查阅全部内容"),
    ],
)
def test_an_empty_inbox_says_what_will_come(office, username, words):
    assert words in shown(logged_in(username))
    for box in ("sent", "copied", "done", "nonsense"):
        assert len(shown(logged_in(username), f"/?box={box}")) > 30


def test_another_offices_work_is_nowhere(office):
    node = node_due(office, 1, TODAY, title="编制规划", state=State.EVIDENCE_SUBMITTED)
    builders.approve_evidence(node)
    other = builders.office("other", year=TODAY.year)
    for who in ("jixiao1", "xinwen1", "zhuren"):
        for box in ("todo", "sent", "copied", "done"):
            assert "编制规划" not in shown(logged_in(who, other), f"/?box={box}")


# What was sent, and what was dealt with


def test_the_sender_sees_where_it_stands(office):
    node = node_due(office, 1, TODAY + 20 * DAY, title="编制规划", state=State.EVIDENCE_SUBMITTED)
    sender = logged_in("xinwen1")
    assert "待审核 佐证材料 · 第 1 轮" in shown(sender, "/?box=sent")
    builders.return_evidence(node, opinion="缺少签到表。")
    assert "已退回" in shown(sender, "/?box=sent")
    assert "缺少签到表。" in shown(sender, "/?box=sent")
    builders.file_deferral(node)
    page = shown(sender, "/?box=sent")
    assert "待分管副主任（二）签批" in page
    assert page.index("延期申请") < page.index("第 1 轮")  # the newest first
    assert "编制规划" not in shown(logged_in("mishu1"), "/?box=sent")


def test_what_one_decided_is_kept_with_ones_words(office):
    node = node_due(office, 1, TODAY + 20 * DAY, title="编制规划", state=State.EVIDENCE_SUBMITTED)
    builders.return_evidence(node, opinion="缺少签到表。")
    request = builders.file_deferral(node)
    builders.sign_off(request, by="fuzhuren2", opinion="拟同意。")
    builders.record_sign_off(request)
    reviewer = shown(logged_in("jixiao1"), "/?box=done")
    assert "退回第 1 轮佐证材料" in reviewer
    assert "缺少签到表。" in reviewer
    assert "记录分管副省长签批：同意" in reviewer
    assert "拟同意。" not in reviewer
    assert "拟同意。" in shown(logged_in("fuzhuren2"), "/?box=done")
    assert "编制规划" not in shown(logged_in("xinwen1"), "/?box=done")


def test_a_long_past_comes_in_pages(office):
    node = node_due(office, 1, TODAY + 20 * DAY, state=State.IN_PROGRESS)
    for _round in range(16):
        builders.submit_evidence(node)
        builders.return_evidence(node)
    request = builders.file_deferral(node)
    for _round in range(16):
        request = builders.withdraw_deferral(request)
        request = builders.file_deferral(node)
    assert "1 / 2" in shown(logged_in("xinwen1"), "/?box=sent")
    assert "第 1 轮" in shown(logged_in("xinwen1"), "/?box=sent&page=2")


# What one was told


def test_what_stands_in_the_list_is_not_told_again(office):
    node = node_due(office, 1, TODAY + 20 * DAY, title="编制规划", state=State.EVIDENCE_SUBMITTED)
    assert unread(person("jixiao1")).count() == 1
    assert "没有未读通知" in shown(logged_in("jixiao1"), "/?box=copied")
    builders.return_evidence(node)
    assert unread(person("xinwen1")).count() == 1
    assert "没有未读通知" in shown(logged_in("xinwen1"), "/?box=copied")
    builders.submit_evidence(node)
    builders.approve_evidence(node)
    assert "佐证材料已审核通过" in shown(logged_in("xinwen1"), "/?box=copied")
    assert "抄送我 2" in shown(logged_in("xinwen1"))


def test_opening_a_notice_reads_it_and_only_it(office):
    for number in (1, 2):
        builders.approve_evidence(node_due(office, number, TODAY, state=State.EVIDENCE_SUBMITTED))
    reader = logged_in("xinwen1")
    first, second = unread(person("xinwen1"))
    assert reader.get(f"/notices/{first.pk}/").url == "/?box=copied"  # looking never acts
    assert unread(person("xinwen1")).count() == 2
    for _click in range(2):
        assert reader.post(f"/notices/{first.pk}/").url == f"/nodes/{first.node.number}/?year={TODAY.year}"
    assert list(unread(person("xinwen1"))) == [second]
    assert list(read(person("xinwen1"))) == [first]
    assert f"节点 {first.node.number}“" in shown(reader, "/?box=copied&read")
    assert f"节点 {second.node.number}“" not in shown(reader, "/?box=copied&read")


def test_nobody_opens_anothers_notice(office):
    builders.approve_evidence(node_due(office, 1, TODAY, state=State.EVIDENCE_SUBMITTED))
    theirs = Notification.objects.filter(recipient__username="xinwen1", channel="in_app").get()
    with pytest.raises(NotFound):
        open_notice(actor=person("mishu1"), notice_id=theirs.pk)
    other = builders.office("other", year=TODAY.year)
    for stranger in (logged_in("mishu1", office), logged_in("xinwen1", other)):
        assert stranger.post(f"/notices/{theirs.pk}/").status_code == 404
    assert Client().post(f"/notices/{theirs.pk}/").status_code == 401
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_all_are_read_up_to_what_was_shown(office):
    reader = logged_in("xinwen1")
    builders.approve_evidence(node_due(office, 1, TODAY, state=State.EVIDENCE_SUBMITTED))
    page = reader.get("/?box=copied").content.decode()
    until = re.search(r'name="until" value="(\d+)"', page)[1]
    builders.approve_evidence(node_due(office, 2, TODAY, state=State.EVIDENCE_SUBMITTED))  # meanwhile
    for sent in ("x", "", "²", "9" * 40):
        assert reader.post("/notices/read/", {"until": sent}).status_code == 302
    assert unread(person("xinwen1")).count() == 2
    assert reader.post("/notices/read/", {"until": until}).url == "/?box=copied"
    assert [one.node.number for one in unread(person("xinwen1"))] == [2]


def test_a_question_waiting_for_its_answer_is_not_read_away(office):
    node_due(office, 1, TODAY, state=State.EVIDENCE_SUBMITTED)
    logged_in("jixiao1").post("/notices/read/", {"until": Notification.objects.latest("pk").pk})
    assert unread(person("jixiao1")).count() == 1


# What it costs


def test_the_inbox_is_cheap_however_much_waits(office, django_assert_max_num_queries):
    for number in range(1, 13):
        state = State.EVIDENCE_SUBMITTED if number % 3 else State.IN_PROGRESS
        node = node_due(office, number, TODAY + (number % 7) * DAY, state=state)
        if not number % 3:
            request = builders.file_deferral(node)
            if number % 2:
                builders.sign_off(request, by="fuzhuren2")
    for who in ("jixiao1", "fuzhuren2", "xinwen1", "xinwen0", "zhuren"):
        client = logged_in(who)
        for box in ("todo", "sent", "copied", "done"):
            assert client.get(f"/?box={box}").status_code == 200
            with django_assert_max_num_queries(15):
                assert client.get(f"/?box={box}").status_code == 200
