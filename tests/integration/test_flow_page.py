"""Where a request or a review stands in its flow: drawn, as a table, and as a BPMN file."""

from __future__ import annotations

import re
from datetime import date
from xml.etree import ElementTree

import pytest
from django.utils import translation

from approvals import charts
from approvals.flows import DeferralFlow, EvidenceReviewFlow
from nodes.models import State
from tests import builders
from tests.browsing import logged_in
from tests.builders import (
    approve_evidence,
    file_deferral,
    record_sign_off,
    sign_off,
    withdraw_deferral,
    work_node,
)

pytestmark = pytest.mark.django_db


def drawn(html):
    """How far each named step of the picture is."""
    groups = re.findall(r'chart__cell--(\w+)"[^>]*>(.*?)</g>', html, re.DOTALL)
    return {
        title.strip(): mark for mark, inside in groups for title in re.findall(r">([^<>]+)</text>", inside)
    }


def rows(html):
    table = html[html.index("<tbody>") : html.index("</tbody>")]
    return [" ".join(re.sub(r"<[^>]*>", " ", row).split()) for row in table.split("<tr")[1:]]


@pytest.fixture
def request_(drama_festival):
    return file_deferral(drama_festival)


def test_a_waiting_request_shows_where_it_waits_and_for_whom(request_, office):
    html = logged_in("xinwen1", office).get(f"/deferrals/{request_.pk}/flow/").content.decode()
    assert drawn(html)["签批"] == "now"
    assert drawn(html)["生效"] == "later"
    found = rows(html)
    assert any("提出申请 已完成 新闻文化处经办人" in row for row in found)
    assert any(re.search("签批 当前等待 分管副主任（二）（副主任（二））.*自此等待", row) for row in found)
    assert any("等待 定时待触发 系统" in row for row in found)
    assert 'aria-current="step"' in html


def test_after_the_last_signature_all_of_it_is_done(request_, office):
    sign_off(request_, by="fuzhuren2")
    record_sign_off(request_)
    html = logged_in("zhuren", office).get(f"/deferrals/{request_.pk}/flow/").content.decode()
    assert drawn(html)["签批"] == "done"
    assert drawn(html)["生效"] == "done"
    assert any("签批 已完成 副主任（二）" in row for row in rows(html))
    assert any("签批 已完成 绩效专班甲" in row for row in rows(html))
    assert "当前等待" not in " ".join(rows(html))


def test_a_withdrawn_request_waits_for_nothing(request_, office):
    withdraw_deferral(request_)
    html = logged_in("xinwen1", office).get(f"/deferrals/{request_.pk}/flow/").content.decode()
    assert drawn(html)["签批"] == "dropped"
    assert any("签批 不再需要" in row for row in rows(html))


def test_a_review_shows_its_way_too(office):
    node = work_node(office, 59, state=State.EVIDENCE_SUBMITTED)
    address = f"/reviews/{node.current_submission_id}/flow/"
    html = logged_in("xinwen1", office).get(address).content.decode()
    assert drawn(html)["审核"] == "now"
    assert any("审核 当前等待 绩效办" in row for row in rows(html))
    approve_evidence(node)
    html = logged_in("xinwen1", office).get(address).content.decode()
    assert drawn(html)["审核"] == "done"
    assert any("审核 已完成 绩效专班甲" in row for row in rows(html))


@pytest.mark.parametrize(
    ("path", "flow", "name"),
    [
        ("/deferrals/{request}/flow.bpmn", DeferralFlow, "deferral.bpmn"),
        ("/reviews/{submission}/flow.bpmn", EvidenceReviewFlow, "evidence-review.bpmn"),
    ],
)
def test_the_definition_comes_as_a_file(request_, office, path, flow, name):
    other = work_node(office, 60, state=State.EVIDENCE_SUBMITTED)
    address = path.format(request=request_.pk, submission=other.current_submission_id)
    response = logged_in("xinwen1", office).get(address)
    assert response["Content-Type"].startswith("application/xml")
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    with translation.override("zh-hans"):
        assert response.content.decode() == charts.bpmn(flow)
    assert ElementTree.fromstring(response.content).tag.endswith("definitions")


def test_the_flow_is_for_whoever_sees_what_runs_in_it(request_, office):
    node = work_node(office, 60, state=State.EVIDENCE_SUBMITTED)
    addresses = [
        f"/deferrals/{request_.pk}/flow/",
        f"/deferrals/{request_.pk}/flow.bpmn",
        f"/reviews/{node.current_submission_id}/flow/",
        f"/reviews/{node.current_submission_id}/flow.bpmn",
    ]
    other = builders.office("other")
    for address in addresses:
        for username in ("xinwen1", "jixiao1", "fuzhuren2", "zhuren", "shenji"):
            assert logged_in(username, office).get(address).status_code == 200, (address, username)
        assert logged_in("mishu1", office).get(address).status_code == 404, address
        assert logged_in("jixiao1", other).get(address).status_code == 404, address
        assert logged_in("jixiao1", office).post(address).status_code == 405, address


def test_the_picture_carries_no_style_of_its_own(request_, office):
    html = logged_in("xinwen1", office).get(f"/deferrals/{request_.pk}/flow/").content.decode()
    assert not re.search(r"style=|<style", html)


def test_the_page_is_chinese_and_cheap(request_, office, django_assert_max_num_queries):
    visitor = logged_in("jixiao1", office)
    visitor.get(f"/deferrals/{request_.pk}/flow/")
    with django_assert_max_num_queries(15):
        html = visitor.get(f"/deferrals/{request_.pk}/flow/").content.decode()
    shown = re.sub(r"<[^>]*>", " ", html[html.index("<main") : html.index("</main>")])
    assert set(re.findall(r"[A-Za-z]{2,}", shown)) <= {"BPMN"}


def test_the_node_and_its_requests_lead_to_their_flows(request_, office):
    html = logged_in("xinwen1", office).get("/nodes/59/").content.decode()
    assert f'href="/deferrals/{request_.pk}/flow/"' in html
    withdraw_deferral(request_)
    builders.submit_evidence(request_.node, on=date(2021, 3, 2))
    html = logged_in("xinwen1", office).get("/nodes/59/").content.decode()
    assert f'href="/reviews/{request_.node.current_submission_id}/flow/"' in html
