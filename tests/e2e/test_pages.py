"""Every page of 省外办's 2021, without a browser: who may see it, what it says, what it costs."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from approvals.models import DeferralRequest
from nodes.models import EvidenceSubmission, State, WorkNode
from tests import builders
from tests.browsing import english, logged_in, words
from workflow.models import AuditEntry

pytestmark = pytest.mark.django_db

PAGES = ("/", "/nodes/", "/nodes/59/", "/nodes/1/", "/deferrals/", "/dashboard/")
OTHERS = {
    "jixiao1": ("/reviews/", "/reviews/{submission}/", "/nodes/1/reopen/", "/deferrals/{request}/"),
    "xinwen1": ("/nodes/59/resume/", "/nodes/?state=deferred&q=59&light=suspended"),
    "fuzhuren2": ("/deferrals/{request}/", "/deferrals/?status=approved"),
}


def addresses(username: str) -> list[str]:
    facts = {
        "submission": EvidenceSubmission.objects.earliest("pk").pk,
        "request": DeferralRequest.objects.earliest("pk").pk,
    }
    return [path.format(**facts) for path in (*PAGES, *OTHERS.get(username, ()))]


@pytest.mark.parametrize("username", ["jixiao1", "xinwen1", "fuzhuren2", "zhuren", "admin"])
def test_every_page_is_chinese_and_cheap(year_2021, username, django_assert_max_num_queries):
    visitor = logged_in(username)
    for address in addresses(username):
        with django_assert_max_num_queries(25 if "/nodes/5" in address or "/deferrals/1" in address else 20):
            response = visitor.get(address)
        assert response.status_code == 200, address
        assert not english(response.content), address


@pytest.mark.parametrize(
    "address", ["/", "/nodes/", "/nodes/?light=done_on_time&q=会", "/deferrals/", "/reviews/"]
)
def test_a_list_takes_at_most_fifteen_queries(year_2021, address, django_assert_max_num_queries):
    visitor = logged_in("jixiao1")
    with django_assert_max_num_queries(15):
        assert visitor.get(address).status_code == 200


def test_a_stranger_is_asked_to_log_in(year_2021):
    for address in (
        *PAGES,
        "/reviews/",
        "/nodes/59/submit/",
        "/deferrals/1/",
        "/nodes/1/evidence/1/files/1/",
    ):
        response = Client().get(address)
        assert (response.status_code, response.url.split("?")[0]) == (302, "/login/"), address


@pytest.mark.parametrize(
    "address",
    [
        "/nodes/999/", "/nodes/99999999999999999999/", "/nodes/?year=1999", "/nodes/?year=abc",
        "/nodes/?year=²",
        "/nodes/?year=99999", "/dashboard/?year=1", "/reviews/999999/", "/deferrals/999999/", "/nowhere/",
        "/nodes/1/evidence/1/files/999999/", "/nodes/1/evidence/9/files/1/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(year_2021, address):
    response = logged_in("jixiao1").get(address)
    assert response.status_code == 404
    assert "这里没有内容" in response.content.decode()


@pytest.mark.parametrize(
    "query", ["light=blue", "state=x", "division=x", "division=99999", "q=%00", "page=x"]
)
def test_a_filter_that_makes_no_sense_narrows_nothing(year_2021, query):
    assert "召开省委外事工作委员会第四次会议" in logged_in("jixiao1").get(f"/nodes/?{query}").content.decode()


def test_another_office_sees_nothing_of_this_one(year_2021):
    other = builders.office("other", year=2021)
    visitor = logged_in("jixiao1", other)
    submission = EvidenceSubmission.objects.earliest("pk")
    file = submission.files.get()
    for address in (
        "/nodes/59/",
        f"/reviews/{submission.pk}/",
        f"/deferrals/{DeferralRequest.objects.get().pk}/",
        f"/nodes/{submission.node.number}/evidence/1/files/{file.pk}/",
    ):
        assert visitor.get(address).status_code == 404, address
    assert visitor.post(f"/reviews/{submission.pk}/", {"decision": "approve"}).status_code == 404
    assert "76" not in words(visitor.get("/nodes/").content)


def test_a_file_comes_as_a_download_under_its_own_name(year_2021):
    submission = EvidenceSubmission.objects.filter(node__number=45).latest("round")
    address = reverse("node-evidence-file", args=[45, submission.round, submission.files.get().pk])
    response = logged_in("jixiao1").get(address)
    assert response.getvalue().decode().startswith("组织参加国际友城大会")
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''45-%E4%BD%90")
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert logged_in("xinwen1").get(address).status_code == 404


def test_the_scan_of_a_signature_is_for_those_concerned(year_2021):
    request = DeferralRequest.objects.get()
    scan = request.sign_offs.latest("step").decision.scans.get()
    address = reverse("deferral-file", args=[request.pk, scan.pk])
    response = logged_in("xinwen1").get(address)
    assert (response.status_code, "同意" in response.getvalue().decode()) == (200, True)
    assert logged_in("mishu1").get(address).status_code == 404
    foreign = EvidenceSubmission.objects.filter(node__number=45).latest("round").files.get()
    assert (
        logged_in("jixiao1").get(reverse("deferral-file", args=[request.pk, foreign.pk])).status_code == 404
    )


def test_pages_run_nothing_from_elsewhere(year_2021):
    response = logged_in("jixiao1").get("/")
    assert "default-src 'self'" in response["Content-Security-Policy"]
    html = response.content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=|https?://(?!www\.w3\.org)", html)


def test_a_write_needs_the_pages_own_token(year_2021):
    visitor = logged_in("jixiao1", enforce_csrf_checks=True)
    response = visitor.post("/nodes/1/reopen/", {"opinion": "整改"})
    assert response.status_code == 403
    assert "页面已失效" in response.content.decode()


@pytest.mark.parametrize("act", ["start", "withdraw"])
def test_looking_never_acts(year_2021, act):
    before = AuditEntry.objects.count()
    assert logged_in("xinwen1").get(f"/nodes/59/{act}/").url == "/nodes/59/?year=2021"
    assert AuditEntry.objects.count() == before


def test_who_was_logged_out_meanwhile_gets_the_typed_text_back(year_2021):
    typed = {"statement": builders.STATEMENT}
    response = Client().post("/nodes/59/submit/", typed)
    assert (response.status_code, builders.STATEMENT in response.content.decode()) == (401, True)
    response = logged_in("xinwen1", enforce_csrf_checks=True).post("/nodes/59/submit/", typed)
    assert (response.status_code, builders.STATEMENT in response.content.decode()) == (403, True)


def test_an_act_in_the_wrong_state_says_where_the_node_stands(year_2021):
    response = logged_in("xinwen1").post(
        "/nodes/59/submit/", {"statement": builders.STATEMENT, "completed_on": "2021-6-30"}
    )
    assert response.status_code == 409
    text = response.content.decode()
    assert "节点 59 当前为“延期”" in text
    assert builders.STATEMENT in text
    assert 'href="/nodes/59/"' in text


def test_a_refused_form_keeps_what_was_typed(year_2021):
    response = logged_in("xinwen1").post("/nodes/59/resume/", {"new_due": "2000-01-01"})
    assert response.status_code == 422
    assert "新的完成时限早于今天。" in response.content.decode()
    assert 'value="2000-01-01"' in response.content.decode()
    response = logged_in("jixiao1").post("/nodes/1/reopen/", {"opinion": "  "})
    assert (response.status_code, "请写明重新打开的理由。" in response.content.decode()) == (422, True)


def test_reopening_once_more_by_a_second_click_changes_nothing(year_2021):
    reviewer = logged_in("jixiao1")
    for _click in range(2):
        response = reviewer.post("/nodes/1/reopen/", {"opinion": "数据有误，请整改。"})
        assert (response.status_code, response.url) == (302, "/nodes/1/?year=2021")
    node = year_2021.node(1)
    assert node.state == State.IN_PROGRESS
    assert AuditEntry.objects.filter(action="node.reopened", subject_id=node.pk).count() == 1


def test_a_second_click_of_the_same_person_is_no_error(year_2021):
    request = DeferralRequest.objects.get()
    page, last = f"/deferrals/{request.pk}/", request.sign_offs.latest("step")
    act = {"paper-sign_off_id": last.pk, "paper-outcome": "approve"}
    response = logged_in("jixiao1").post(f"{page}record/", act, follow=True)
    assert response.redirect_chain == [(page, 302)]
    assert "您已办理过" in response.content.decode()
    response = logged_in("jixiao2").post(f"{page}record/", act)
    assert response.status_code == 409
    assert "分管副省长" in response.content.decode()


def test_another_decision_of_the_same_person_is_not_taken_for_a_second_click(db):
    office = builders.office("second")
    node = builders.work_node(office, 59, state=State.IN_PROGRESS)
    request = builders.file_deferral(node)
    visitor, address = logged_in("fuzhuren2", office), f"/deferrals/{request.pk}/sign/"
    act = {"sign_off_id": request.sign_offs.earliest("step").pk, "opinion": "同意。"}
    for outcome, status in (("approve", 302), ("approve", 302), ("reject", 409)):
        assert visitor.post(address, act | {"outcome": outcome}).status_code == status
    round_two = builders.work_node(office, 30, state=State.EVIDENCE_SUBMITTED).current_submission_id
    visitor, address = logged_in("jixiao1", office), f"/reviews/{round_two}/"
    for decision, status in (("approve", 302), ("approve", 302), ("return", 409)):
        response = visitor.post(address, {"decision": decision, "opinion": "数据有误。"})
        assert response.status_code == status
    assert "数据有误。" in response.content.decode()


def test_an_empty_inbox_speaks_to_each_role(db):
    office = builders.office("second")
    assert "管理员维护系统" in logged_in("admin", office).get("/").content.decode()
    assert "需要您签批的延期申请会显示在这里" in logged_in("fuzhuren2", office).get("/").content.decode()


def test_a_delegates_signature_names_both(db):
    office = builders.office("second")
    node = builders.work_node(office, 59, state=State.IN_PROGRESS)
    request = builders.file_deferral(node)
    window = {"starts": date(2021, 3, 1), "ends": date(2099, 12, 31)}
    builders.delegate(builders.LEADER, to="successor", office=office, **window)
    visitor = logged_in("successor", office)
    assert "代分管副主任（二）" in visitor.get("/").content.decode()
    page = visitor.get(f"/deferrals/{request.pk}/").content.decode()
    assert "代分管副主任（二）签批" in page
    assert "新任副主任 代 副主任（二）" in page
    visitor.post(f"/deferrals/{request.pk}/sign/", {"outcome": "approve", "opinion": "同意。"})
    assert "新任副主任 代 副主任（二）" in words(logged_in("xinwen1", office).get("/nodes/59/").content)


def test_a_second_attempt_with_other_words_is_not_taken_for_a_second_click(db):
    office = builders.office("second")
    node = builders.work_node(office, 59, state=State.IN_PROGRESS)
    visitor = logged_in("xinwen1", office)
    for words_of_it, status in ((builders.PANDEMIC, 302), (builders.PANDEMIC, 302), ("另一个理由。", 409)):
        typed = {"justification": words_of_it, "category": "other"}
        response = visitor.post("/nodes/59/defer/", typed)
        assert response.status_code == status
    assert "另一个理由。" in response.content.decode()
    assert node.deferral_requests.count() == 1


def test_who_has_no_office_meets_no_error(db):
    admin = get_user_model().objects.create_superuser("root", password="x")
    visitor = Client()
    visitor.force_login(admin, backend="workflow.auth.OfficeBackend")
    assert visitor.get("/").status_code == 200
    assert visitor.get("/deferrals/").status_code == 200
    assert visitor.get("/nodes/").status_code == 404


def test_the_administration_shows_and_does_not_change(year_2021):
    admin = get_user_model().objects.create_superuser("root", password="x")
    visitor = Client()
    visitor.force_login(admin, backend="workflow.auth.OfficeBackend")
    subjects = {
        "nodes/worknode": WorkNode.objects.earliest("pk"),
        "nodes/evidencesubmission": EvidenceSubmission.objects.earliest("pk"),
        "approvals/deferralrequest": DeferralRequest.objects.get(),
        "approvals/decision": DeferralRequest.objects.get().sign_offs.earliest("step").decision,
        "workflow/auditentry": AuditEntry.objects.earliest("pk"),
    }
    for name, subject in subjects.items():
        assert visitor.get(f"/admin/{name}/").status_code == 200, name
        assert visitor.get(f"/admin/{name}/{subject.pk}/change/").status_code == 200, name
        assert visitor.post(f"/admin/{name}/{subject.pk}/change/", {}).status_code == 403, name
        assert visitor.post(f"/admin/{name}/{subject.pk}/delete/", {"post": "yes"}).status_code == 403, name
        assert visitor.get(f"/admin/{name}/add/").status_code == 403, name


def test_the_language_is_the_offices_unless_a_person_chose_another(year_2021):
    visitor = logged_in("jixiao1")
    assert "我的待办" in visitor.get("/", headers={"accept-language": "en-US"}).content.decode()
    visitor.post("/language/", {"language": "en", "next": "/"})
    assert "My inbox" in visitor.get("/").content.decode()


def test_static_files_can_be_collected_for_production(settings, tmp_path):
    storage = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": storage}
    settings.STATIC_ROOT = tmp_path
    call_command("collectstatic", interactive=False, verbosity=0)
    assert {"css/tokens.css", "app.js", "django_htmx/htmx-2.min.js"} <= set(
        json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    )


def test_every_string_has_its_chinese(capsys):
    call_command("check_translations")
    assert "complete" in capsys.readouterr().out
