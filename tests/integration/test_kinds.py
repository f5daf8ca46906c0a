"""A statement is asked for the facts that its kind of work has, and warned about what a reader would miss."""

from __future__ import annotations

import pytest

from nodes.models import EvidenceSubmission, State
from tests.builders import evidence_file, person, work_node

SUBMIT = "/nodes/30/submit/"
GOOD = "2021年2月在南昌举办外事翻译技能竞赛，120人参加。"


@pytest.fixture
def node(office, media_root):
    return work_node(office, 30, title="举办外事翻译技能竞赛", state=State.IN_PROGRESS)


@pytest.fixture
def handler(client, node):
    client.force_login(person("xinwen1"))
    return client


def send(client, statement: str = GOOD, **more):
    file = evidence_file().stream
    file.name = "报告.txt"
    given = {"statement": statement, "completed_on": "2021-02-27", "kind": "activity", "files": file, **more}
    return client.post(SUBMIT, given)


def submitted() -> EvidenceSubmission:
    return EvidenceSubmission.objects.get()


def test_the_kind_is_guessed_from_the_title_and_can_be_changed(handler):
    assert "参加国别和人员" in handler.get(SUBMIT).content.decode()
    page = handler.post(SUBMIT, {"change_kind": "1", "kind": "meeting", "statement": GOOD})
    assert page.status_code == 200
    assert "主办单位" in page.content.decode()
    assert GOOD in page.content.decode()
    assert not EvidenceSubmission.objects.exists()


def test_facts_are_kept_and_shown_with_what_is_missing(handler, client):
    assert send(handler, fact_place="南昌", fact_date="2021-02-26", fact_unknown="x").status_code == 302
    assert (submitted().kind, submitted().details) == ("activity", {"place": "南昌", "date": "2021-02-26"})
    client.force_login(person("jixiao1"))
    page = client.get(f"/reviews/{submitted().pk}/").content.decode()
    assert "南昌" in page
    assert "未填写" in page


def test_facts_are_optional(handler):
    assert send(handler).status_code == 302
    assert submitted().details == {}


def test_a_kind_that_there_is_not_is_no_kind(handler):
    assert send(handler, kind="nonsense").status_code == 422
    assert not EvidenceSubmission.objects.exists()


def test_a_fact_too_long_is_refused_beside_its_field(handler):
    answer = send(handler, fact_place="长" * 201)
    assert answer.status_code == 422
    assert "200" in answer.content.decode()


def test_markup_in_a_fact_is_text(handler, client):
    send(handler, fact_place="<script>alert(1)</script>")
    client.force_login(person("jixiao1"))
    assert "<script>alert" not in client.get(f"/reviews/{submitted().pk}/").content.decode()


def test_the_facts_make_a_sentence_below_what_was_written(handler):
    facts = {"fact_date": "2021-06-16", "fact_until": "2021-06-18", "fact_place": "南昌"}
    given = {"compose": "1", "kind": "activity", "statement": "写在前面的话。", **facts}
    page = handler.post(SUBMIT, given).content.decode()
    assert "写在前面的话。\n2021年6月16日至18日在南昌举办外事翻译技能竞赛。" in page.replace("\r\n", "\n")
    assert not EvidenceSubmission.objects.exists()


@pytest.mark.parametrize(
    ("statement", "warning"),
    [
        ("在南昌举办外事翻译技能竞赛，成效良好。", "没有写明时间"),
        ("2021年2月完成车辆采购，手续齐全，已入账。", "说明中没有提到"),
        ("2021年2月举办外事翻译技能竞赛，参加  人次。", "疑似漏填数字"),
    ],
)
def test_what_a_reader_would_miss_has_to_be_seen_first_and_is_shown_to_the_reviewer(
    handler, client, statement, warning
):
    answer = send(handler, statement)
    assert answer.status_code == 422
    assert warning in answer.content.decode()
    assert send(handler, statement, acknowledged="on").status_code == 302
    assert len(submitted().warnings) == 1
    client.force_login(person("jixiao1"))
    assert warning in client.get(f"/reviews/{submitted().pk}/").content.decode()


def test_a_day_among_the_facts_is_a_day(handler):
    answer = send(handler, "在南昌举办外事翻译技能竞赛，成效良好。", fact_date="2021-02-26")
    assert answer.status_code == 302


def test_the_check_answers_while_it_is_written(handler, client):
    given = {"statement": "2021年2月举办外事翻译技能竞赛，参加  人次。", "kind": "activity"}
    part = handler.post("/nodes/30/check/", given).content.decode()
    assert "疑似漏填数字" in part
    assert "地点" in part
    client.force_login(person("jixiao1"))
    assert client.post("/nodes/30/check/", given).status_code == 403
    assert client.get("/nodes/30/check/").status_code == 405
