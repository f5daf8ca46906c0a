"""What somebody typed and did not hand in yet waits for them, and for them alone."""

from __future__ import annotations

import pytest
from django.test import Client

from nodes import services
from nodes.models import Draft, State
from tests import builders
from tests.browsing import logged_in
from tests.builders import evidence_file, person, work_node
from workflow.refusals import WrongState

SAVE, SUBMIT = "/nodes/30/drafts/evidence/", "/nodes/30/submit/"


@pytest.fixture
def node(office, media_root):
    return work_node(office, 30, title="举办外事翻译竞赛", state=State.IN_PROGRESS)


@pytest.fixture
def handler(client, node) -> Client:
    client.force_login(person("xinwen1"))
    return client


def save(client: Client, statement: str, *, tab: str = "first", seen: str = "", **more):
    return client.post(SAVE, {"statement": statement, "tab": tab, "seen": seen, **more})


def words() -> str:
    return Draft.objects.get().content["statement"]


def test_a_draft_is_there_when_its_author_comes_back(handler):
    answer = save(handler, "六月举办竞赛。", fact_place="南昌", kind="activity").json()
    assert answer["message"].startswith("草稿已保存 ")
    page = handler.get(SUBMIT).content.decode()
    assert "六月举办竞赛。" in page
    assert 'value="南昌"' in page
    assert f'data-version="{answer["version"]}"' in page


def test_only_what_the_form_holds_is_kept(handler):
    save(handler, "六月举办竞赛。", csrfmiddlewaretoken="secret", anything="else")
    assert set(Draft.objects.get().content) == {"statement", "tab"}


def test_nobody_else_sees_it(handler, node):
    save(handler, "六月举办竞赛。")
    colleague = logged_in("xinwen0")
    assert "六月举办竞赛。" not in colleague.get(SUBMIT).content.decode()
    colleague.post(f"{SAVE}discard/")
    assert words() == "六月举办竞赛。"


def test_a_page_saves_over_its_own_version(handler):
    version = save(handler, "一").json()["version"]
    assert save(handler, "二", seen=version).status_code == 200
    assert save(handler, "三", seen="lost with the answer").status_code == 200
    assert words() == "三"


def test_another_pages_words_are_never_lost_silently(handler):
    version = save(handler, "一", tab="first").json()["version"]
    save(handler, "二", tab="second", seen=version)
    answer = save(handler, "三", tab="first", seen=version)
    assert (answer.status_code, answer.json()["elsewhere"], words()) == (409, True, "二")
    assert "另一页面" in answer.json()["message"]
    assert save(handler, "三", tab="first", seen=version, force="1").status_code == 200
    assert words() == "三"


def test_the_same_words_are_no_conflict(handler):
    save(handler, "一", tab="first")
    assert save(handler, "一", tab="second").status_code == 200


def test_it_goes_when_the_evidence_is_handed_in(handler, node):
    save(handler, "六月举办竞赛。")
    builders.submit_evidence(node)
    assert not Draft.objects.exists()
    assert save(handler, "太晚了。").status_code == 409
    assert not Draft.objects.exists()


def test_a_colleague_who_hands_in_leaves_it_alone(handler, node):
    """The second of two at once reads that it was done, and has the words still."""
    save(handler, "六月举办竞赛。")
    builders.submit_evidence(node, by="xinwen0")
    assert words() == "六月举办竞赛。"
    file = evidence_file().stream
    file.name = "报告.txt"
    late = {"statement": "六月举办外事翻译竞赛，成效良好。", "completed_on": "2021-03-01", "files": file}
    answer = handler.post(SUBMIT, late)
    assert answer.status_code == 409
    assert late["statement"] in answer.content.decode()


def test_it_can_be_thrown_away(handler):
    save(handler, "六月举办竞赛。")
    page = handler.post(f"{SAVE}discard/", follow=True).content.decode()
    assert "草稿已丢弃。" in page
    assert "六月举办竞赛。" not in page
    assert handler.post(f"{SAVE}discard/").status_code == 302


@pytest.mark.parametrize(("username", "status"), [("jixiao1", 403), ("zhuren", 403), ("admin", 403)])
def test_who_may_not_submit_keeps_no_draft(node, client, username, status):
    client.force_login(person(username))
    assert save(client, "一").status_code == status
    assert client.post(f"{SAVE}discard/").status_code == status


def test_a_form_that_there_is_not(handler):
    assert handler.post("/nodes/30/drafts/anything/", {"statement": "一"}).status_code == 404


def test_an_endless_text_is_refused(handler):
    assert save(handler, "长" * 60_000).status_code == 422


def test_a_node_that_is_not_begun_takes_no_draft(office):
    planned = work_node(office, 40)
    with pytest.raises(WrongState):
        services.save_draft(actor=person("xinwen1"), node_id=planned.pk, form="evidence", content={})


def test_without_a_script_a_button_saves(handler):
    page = handler.post(SUBMIT, {"save": "1", "statement": "写了一半"}, follow=True).content.decode()
    assert "草稿已保存" in page
    assert "写了一半" in page
    assert not builders.WorkNode.objects.get(number=30).submissions.exists()


def test_the_form_with_a_draft_and_files_asks_little_of_the_database(
    handler, node, django_assert_max_num_queries
):
    save(handler, "六月举办竞赛。", kind="activity")
    for number in range(5):
        file = evidence_file(f"{number}.txt", f"{number}")
        services.take_in(actor=person("xinwen1"), node_id=node.pk, given=file)
    handler.get(SUBMIT)
    with django_assert_max_num_queries(15):
        page = handler.get(SUBMIT).content
    assert page.count(b'name="uploads"') == 5
