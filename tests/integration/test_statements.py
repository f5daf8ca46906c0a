"""Uniform statements: the office's own sentences, and good statements that others go by."""

from __future__ import annotations

import pytest

from nodes.models import ModelStatement, State, StatementTemplate
from nodes.services.statements import hold_up, set_template
from tests import builders
from tests.browsing import logged_in
from tests.builders import actions, approve_evidence, person, start, submit_evidence, work_node
from workflow.refusals import NotAllowed, NotFound, WrongState

OWN = "{标题}于{时间}在{地点}举行，{参加情况}到场"
GOOD = "2021年3月在南昌举办外事翻译技能竞赛，120人参加，评出一等奖3名。"


@pytest.fixture
def approved(office, media_root):
    """The statement on a competition of 新闻文化处, approved at once."""
    node = start(work_node(office, 1, title="举办外事翻译技能竞赛"))
    submission = submit_evidence(node, statement=GOOD, kind="activity")
    approve_evidence(node)
    submission.refresh_from_db()
    return submission


def sentence(office, number: int) -> str:
    node = work_node(office, number, title="举办图片展", state=State.IN_PROGRESS)
    facts = {"kind": "activity", "compose": "1", "fact_date": "2021-07-16", "fact_people": "300人"}
    page = logged_in("xinwen1", office).post(f"/nodes/{node.number}/submit/", facts)
    return page.content.decode()


def test_statements_begin_with_the_offices_own_sentence(office):
    assert "2021年7月16日举办图片展，300人参加。" in sentence(office, 30)
    assert set_template(actor=person("jixiao1"), office=office, kind="activity", text=OWN)
    assert "300人到场。" in sentence(office, 31)
    assert not set_template(actor=person("jixiao1"), office=office, kind="activity", text=OWN)
    assert actions(office).count("statements.template_changed") == 1


def test_an_empty_template_is_the_products_own_again(office):
    set_template(actor=person("admin"), office=office, kind="activity", text=OWN)
    set_template(actor=person("admin"), office=office, kind="activity", text=" ")
    assert not StatementTemplate.objects.exists()


def test_the_template_page_shows_what_it_makes_before_it_is_saved(office):
    browser = logged_in("jixiao1", office)
    page = browser.post("/statements/templates/activity/", {"text": OWN, "preview": "1"}).content.decode()
    assert "11个国家的使节23人到场" in page
    assert not StatementTemplate.objects.exists()
    wrong = browser.post("/statements/templates/activity/", {"text": "{谁}来了"})
    assert wrong.status_code == 422
    assert "没有占位符“{谁}”" in wrong.content.decode()
    assert browser.get("/statements/templates/other/").status_code == 404


def test_a_statement_held_up_is_seen_by_whoever_writes_the_like(office, approved):
    reader = work_node(office, 2, title="举办演讲竞赛", lead_division="秘书处", state=State.IN_PROGRESS)
    writing = logged_in("mishu1", office)
    form = f"/nodes/{reader.number}/submit/"
    assert GOOD not in writing.get(form).content.decode()
    logged_in("jixiao1", office).post(f"/statements/examples/{approved.pk}/")
    assert GOOD in writing.get(form).content.decode()
    assert GOOD in writing.get("/statements/?kind=activity").content.decode()
    assert GOOD not in writing.get("/statements/?kind=meeting").content.decode()
    logged_in("jixiao1", office).post(f"/statements/examples/{approved.pk}/", {"down": "1"})
    assert GOOD not in writing.get("/statements/").content.decode()


def test_a_division_goes_by_its_own_that_passed_at_once(office, approved):
    work_node(office, 3, title="举办外语竞赛", state=State.IN_PROGRESS)
    assert GOOD in logged_in("xinwen1", office).get("/nodes/3/submit/").content.decode()


def test_holding_up_twice_is_holding_up_once(office, approved):
    for _click in range(2):
        hold_up(actor=person("jixiao1"), submission=approved)
    assert ModelStatement.objects.count() == 1
    assert actions(approved.node).count("statements.held_up") == 1


def test_only_what_is_approved_can_be_an_example_and_only_the_office_says_so(office, media_root):
    waiting = submit_evidence(start(work_node(office, 4, title="举办论坛")))
    with pytest.raises(WrongState):
        hold_up(actor=person("jixiao1"), submission=waiting)
    with pytest.raises(NotAllowed):
        hold_up(actor=person("xinwen0"), submission=waiting)
    stranger = person("jixiao1", builders.office("other"))
    with pytest.raises(NotFound):
        hold_up(actor=stranger, submission=waiting)


def test_another_office_sees_nothing_of_it(office, approved):
    other = builders.office("other")
    hold_up(actor=person("jixiao1", office), submission=approved)
    assert GOOD not in logged_in("jixiao1", other).get("/statements/").content.decode()
