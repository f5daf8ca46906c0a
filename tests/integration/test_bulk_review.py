"""Reviewing: one round after the other, and several at once with a look ahead."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from nodes.comparing import changes
from nodes.models import State, WorkNode
from nodes.services.bulk import approve_each
from tests import builders
from tests.browsing import logged_in, main_text
from tests.builders import actions, evidence_file, person, submit_evidence, work_node
from workflow.models import AuditEntry

FLAWED = "举办活动3场，参加  人次，效果良好。。"


def done(node: WorkNode) -> str:
    return f"{node.title}已于三月完成，形成报告并上报省绩效办备案。"


@pytest.fixture
def handed_in(office) -> list[WorkNode]:
    """Four nodes that wait for review: in time, late (and last), with a flawed text, and one more."""
    nodes = [
        work_node(office, number, title=f"节点工作{number}", state=State.IN_PROGRESS)
        for number in (1, 2, 3, 4)
    ]
    submit_evidence(nodes[0], completed_on=date(2021, 3, 1), statement=done(nodes[0]))
    submit_evidence(nodes[2], statement=FLAWED)
    submit_evidence(nodes[3], statement=done(nodes[3]))
    submit_evidence(nodes[1], on=date(2021, 11, 3), statement=done(nodes[1]))
    return nodes


def ids(*nodes: WorkNode) -> list[int]:
    return [node.current_submission_id for node in nodes]


def states(nodes: list[WorkNode]) -> list[str]:
    return list(
        WorkNode.objects.filter(pk__in=[node.pk for node in nodes])
        .order_by("number")
        .values_list("state", flat=True)
    )


# Several at once


def test_the_look_ahead_says_what_will_happen_and_does_nothing(handed_in):
    before = AuditEntry.objects.count()
    builders.approve_evidence(handed_in[3], by="jixiao2")
    response = logged_in("jixiao1").get("/reviews/approve/", {"id": ids(*handed_in)})
    page = main_text(response)
    assert "以下 3 项将审核通过" in page
    assert "1 项将计为逾期完成" in page
    assert "1 项有文字提示" in page
    assert "疑似漏填数字" in page
    assert done(handed_in[0]) in page
    assert "以下 1 项不能审核通过" in page
    assert "已由绩效专班乙办理：审核通过" in page
    assert "审核通过 3 项" in page
    assert AuditEntry.objects.count() == before + 1
    assert states(handed_in)[:3] == [State.EVIDENCE_SUBMITTED] * 3


def test_those_that_can_be_are_approved_and_the_others_named(handed_in):
    meant = ids(*handed_in)
    builders.return_evidence(handed_in[1], by="jixiao2")
    builders.withdraw_evidence(handed_in[2])
    response = logged_in("jixiao1").post("/reviews/approve/", {"id": meant}, follow=True)
    assert response.redirect_chain == [("/reviews/", 302)]
    page = main_text(response)
    assert "已审核通过 2 项：节点 1、4。" in page
    assert "节点 2“节点工作2”未审核通过" in page
    assert "绩效专班乙" in page
    assert "节点 3“节点工作3”未审核通过" in page
    assert states(handed_in) == [State.APPROVED, State.IN_PROGRESS, State.IN_PROGRESS, State.APPROVED]


def test_a_second_click_says_the_same_and_does_nothing(handed_in):
    reviewer, meant = logged_in("jixiao1"), ids(*handed_in)
    pages = [main_text(reviewer.post("/reviews/approve/", {"id": meant}, follow=True)) for _click in range(2)]
    assert all("已审核通过 4 项：节点 1、2、3、4。" in page for page in pages)
    assert [actions(node).count("evidence.approved") for node in handed_in] == [1, 1, 1, 1]


def test_nobody_approves_what_they_handed_in(handed_in, office):
    builders.appoint(builders.REVIEWERS, to="xinwen1")
    meant, actor = ids(*handed_in), person("xinwen1")
    page = main_text(logged_in("xinwen1").get("/reviews/approve/", {"id": meant}))
    assert page.count("由您本人报送，不能由本人审核") == 4
    assert "审核通过 4 项" not in page
    outcome = approve_each(actor=actor, submission_ids=meant)
    assert (outcome.approved, len(outcome.refused)) == ([], 4)
    assert states(handed_in) == [State.EVIDENCE_SUBMITTED] * 4


def test_only_reviewers_approve_and_only_their_offices(handed_in, office):
    meant = {"id": ids(*handed_in)}
    for who in ("xinwen1", "xinwen0", "mishu1", "zhuren", "fuzhuren2", "admin", "shenji"):
        assert logged_in(who, office).get("/reviews/approve/", meant).status_code == 403, who
        assert logged_in(who, office).post("/reviews/approve/", meant).status_code == 403, who
        outcome = approve_each(actor=person(who, office), submission_ids=meant["id"])
        assert outcome.approved == [], who
    assert Client().post("/reviews/approve/", meant).status_code == 401
    other = builders.office("other")
    stranger = logged_in("jixiao1", other)
    assert "不在本单位的审核队列" in main_text(stranger.get("/reviews/approve/", meant))
    stranger.post("/reviews/approve/", meant)
    assert states(handed_in) == [State.EVIDENCE_SUBMITTED] * 4


@pytest.mark.parametrize("sent", [[], ["x"], ["²"], ["-1"], ["9" * 40], ["<b>"]])
def test_what_makes_no_sense_approves_nothing(handed_in, sent):
    reviewer = logged_in("jixiao1")
    for response in (
        reviewer.get("/reviews/approve/", {"id": sent}, follow=True),
        reviewer.post("/reviews/approve/", {"id": sent}, follow=True),
    ):
        assert "请先勾选要审核通过的材料" in main_text(response)
    assert states(handed_in) == [State.EVIDENCE_SUBMITTED] * 4


def test_reviewing_is_cheap(handed_in, django_assert_max_num_queries):
    builders.return_evidence(handed_in[3])
    submit_evidence(handed_in[3], statement=FLAWED)
    reviewer = logged_in("jixiao1")
    reviewer.get("/reviews/")
    meant = ids(*handed_in)
    looking_ahead = f"/reviews/approve/?{'&'.join(f'id={pk}' for pk in meant)}"
    for address in ("/reviews/", looking_ahead, *(f"/reviews/{pk}/" for pk in meant)):
        with django_assert_max_num_queries(15):
            assert reviewer.get(address).status_code == 200, address


# One after the other


def test_a_decision_opens_the_next_round(handed_in):
    reviewer = logged_in("jixiao1")
    first, third, fourth, second = (f"/reviews/{pk}/" for pk in ids(*(handed_in[i] for i in (0, 2, 3, 1))))
    assert "第 2 / 4 项" in main_text(reviewer.get(third))
    page = main_text(reviewer.post(third, {"decision": "approve"}, follow=True))
    assert "节点 3 已审核通过。 查看该节点" in page
    assert "节点工作4" in page  # the longest wait after it
    assert reviewer.post(fourth, {"decision": "return", "opinion": "数据有误。"}).url == second
    assert reviewer.post(second, {"decision": "approve"}).url == first
    assert reviewer.post(first, {"decision": "approve"}).url == "/reviews/"
    assert "没有待审核的材料" in main_text(reviewer.get("/reviews/"))


def test_a_second_click_goes_on_as_the_first(handed_in):
    reviewer, address = logged_in("jixiao1"), f"/reviews/{handed_in[0].current_submission_id}/"
    for _click in range(2):
        response = reviewer.post(address, {"decision": "return", "opinion": "数据有误。"})
        assert (response.status_code, response.url) == (
            302,
            f"/reviews/{handed_in[2].current_submission_id}/",
        )
    assert actions(handed_in[0]).count("evidence.returned") == 1
    assert reviewer.post(address, {"decision": "approve"}).status_code == 409


def test_the_second_of_two_reviewers_keeps_their_words(handed_in):
    address = f"/reviews/{handed_in[0].current_submission_id}/"
    logged_in("jixiao1").post(address, {"decision": "approve"})
    response = logged_in("jixiao2").post(address, {"decision": "return", "opinion": "数据有误。"})
    assert response.status_code == 409
    assert "绩效专班甲" in main_text(response)
    assert "数据有误。" in main_text(response)


def test_a_return_needs_a_reason_and_a_decision_is_one_of_two(handed_in):
    reviewer, address = logged_in("jixiao1"), f"/reviews/{handed_in[0].current_submission_id}/"
    for sent in ({"decision": "return", "opinion": " "}, {"decision": "burn"}, {}):
        assert reviewer.post(address, sent).status_code == 422
    assert states(handed_in)[0] == State.EVIDENCE_SUBMITTED


def test_the_page_says_what_matters_for_the_decision(handed_in):
    reviewer = logged_in("jixiao1")
    in_time, late, flawed = (main_text(reviewer.get(f"/reviews/{pk}/")) for pk in ids(*handed_in[:3]))
    assert "在时限内" in in_time
    assert "原定时限 2021-10-31" in in_time
    assert "文字检查未发现问题" in in_time
    assert "晚于时限" in late
    assert "疑似漏填数字" in flawed
    assert "佐证材料缺少签到表。" in in_time


def test_who_only_reads_sees_no_form(handed_in):
    address = f"/reviews/{handed_in[0].current_submission_id}/"
    for who in ("xinwen1", "zhuren", "shenji"):
        response = logged_in(who).get(address)
        assert response.status_code == 200
        assert b'name="decision"' not in response.content
        assert "项" not in main_text(response).split("基本信息")[0]  # no place in a queue that is not theirs
        assert logged_in(who).post(address, {"decision": "approve"}).status_code == 403
    assert logged_in("mishu1").get(address).status_code == 404


def test_what_changed_since_the_last_round_stands_beside_its_reason(office):
    node = work_node(office, 1, state=State.IN_PROGRESS)
    sheet, report = evidence_file("签到表.txt", "签到"), evidence_file("报告.txt", "报告")
    submit_evidence(node, statement="已于六月举办活动三场，参加80人次。", files=[report])
    builders.return_evidence(node, opinion="缺少签到表，人数有误。")
    again = evidence_file("报告（改名）.txt", "报告")
    submit_evidence(
        node,
        statement="已于六月举办活动三场，参加120人次。",
        files=[again, sheet],
        completed_on=date(2021, 3, 1),
    )
    html = logged_in("jixiao1").get(f"/reviews/{node.current_submission_id}/").content.decode()
    assert "缺少签到表，人数有误。" in html
    assert "<ins>120</ins>" in html
    assert "<del>80</del>" in html
    assert "<ins>签到表.txt</ins>" in html
    assert "报告（改名）.txt</ins>" not in html  # the same content under another name


def test_a_round_handed_in_unchanged_is_said_to_be_so(office):
    node = work_node(office, 1, state=State.EVIDENCE_SUBMITTED)
    builders.return_evidence(node)
    submit_evidence(node, on=builders.story.now)
    first, second = node.submissions.order_by("round")
    assert changes(first, second).nothing
    assert "没有变化" in main_text(logged_in("jixiao1").get(f"/reviews/{second.pk}/"))
