"""What nobody types by mistake, in every field of every form: refused in words, and never an error."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.test import Client
from django.utils import timezone

from nodes.models import Cycle, State, Upload
from nodes.selectors import cycle_of
from tests import builders
from tests.builders import person
from tests.published_year import published_year
from tests.summaries import begin, remark_on
from workflow.models import AuditEntry, Division, Post, RoutingRule, User

pytestmark = pytest.mark.django_db

VISITORS = ("xinwen1", "xinwen0", "jixiao1", "zhuren", "fuzhuren2", "admin")
NASTY = {
    "nothing": "",
    "blanks": " \t\n　",
    "a zero byte": "会\0议",
    "no day": "2026-02-30",
    "the last day": "9999-12-31",
    "the first day": "0001-01-01",
    "a huge number": "9" * 5000,
    "beyond bigint": "99999999999999999999",
    "below zero": "-1",
    "other digits": "٣",
    "raised": "²",
    "no number": "NaN",
    "endless": "1e999",
    "a tag": "<script>alert(1)</script>",
    "a long text": "长" * 20_000,
    "astral": "𝕏👩‍👩‍👧‍👦" * 40,
    "right to left": "\u202eabc\u2066",
    "a path": "../../../../etc/passwd",
    "a wildcard": "%_\\'\";--",
}


@pytest.fixture(scope="module")
def world(world_of_the_module) -> dict[str, Any]:
    with world_of_the_module():
        return _world()


def _world() -> dict[str, Any]:
    office, other = builders.office(), builders.office("other")
    states = ("planned", "in_progress", "evidence_submitted", "approved", "deferred", "in_progress")
    nodes = [builders.work_node(office, n, state=State(state)) for n, state in enumerate(states, start=1)]
    request = builders.file_deferral(nodes[5])
    on_paper = builders.file_deferral(builders.work_node(office, 7, state=State.IN_PROGRESS))
    builders.sign_off(on_paper, by="fuzhuren2")
    leader = person("fuzhuren2", office)
    handler = person("xinwen1", office)
    upload = Upload.objects.create(
        office=office, node=nodes[1], author=handler, name="a.txt", size=5, begun_at=timezone.now()
    )
    return {
        "office": office,
        "other": other,
        "visitors": {name: log_in(name) for name in VISITORS},
        "submission": nodes[2].submissions.get().pk,
        "request": request.pk,
        "paper": on_paper.pk,
        "upload": upload.pk,
        "leader": leader.pk,
        "post": leader.appointments.get().post_id,
        "tenure": leader.appointments.get().pk,
        "rule": RoutingRule.objects.filter(office=office).latest("position").pk,
        "remark": remark_on(begin(office)).pk,
        **published_year(cycle_of(office, 2021), head="xinwen0"),
    }


def log_in(username: str, code: str = "jx-fao") -> Client:
    client = Client()
    user = User.objects.select_related("office").get(username=username, office__code=code)
    client.force_login(user, backend="workflow.auth.OfficeBackend")
    return client


FACTS = {"statement": builders.STATEMENT, "completed_on": "2021-06-30", "kind": "other", "acknowledged": "on"}
BONUS = {
    "kind": "bonus", "matter": "先进集体", "level": "国家级", "points": "4", "matter_key": "先进",
    "basis": "1号",
}  # fmt: skip
# Who sends what where: every field of every form, filled in as one would.
POSTS: dict[str, tuple[str, str, dict[str, str]]] = {
    "start": ("xinwen1", "/nodes/1/start/", {"number": "1"}),
    "submit": ("xinwen1", "/nodes/2/submit/", {**FACTS, "uploads": "", "fact_venue": "南昌", "save": ""}),
    "submit alone": ("xinwen1", "/nodes/2/submit/", {**FACTS, "uploads": "", "kind": "meeting"}),
    "compose": ("xinwen1", "/nodes/2/submit/", {**FACTS, "compose": "1", "fact_place": "南昌"}),
    "save": ("xinwen1", "/nodes/2/submit/", {**FACTS, "save": "1"}),
    "check": ("xinwen1", "/nodes/2/check/", FACTS),
    "draft": ("xinwen1", "/nodes/2/drafts/evidence/", {**FACTS, "seen": "", "tab": "a", "fact_x": "y"}),
    "draft of a deferral": (
        "xinwen1", "/nodes/2/drafts/deferral/",
        {"justification": "疫情。", "progress": "过半。", "category": "other", "new_due": "2021-12-01",
        "seen": ""},
    ),
    "upload": ("xinwen1", "/nodes/2/uploads/", {"name": "报告.txt", "size": "5"}),
    "withdraw": ("xinwen1", "/nodes/3/withdraw/", {"submission_id": "1"}),
    "resume": ("xinwen1", "/nodes/5/resume/", {"new_due": "2021-12-01"}),
    "reopen": ("jixiao1", "/nodes/4/reopen/", {"opinion": "整改。"}),
    "comment": ("xinwen1", "/nodes/2/comment/", {"comment": "请看 @绩效专班甲"}),
    "watch": ("xinwen1", "/nodes/2/watch/", {"watch": "on"}),
    "urge": ("jixiao1", "/nodes/2/urge/", {"from": "node"}),
    "review": ("jixiao1", "/reviews/{submission}/", {"decision": "return", "opinion": "补正。"}),
    "reviews": ("jixiao1", "/reviews/approve/", {"id": "{submission}"}),
    "defer": (
        "xinwen1", "/nodes/2/defer/",
        {"justification": "疫情。", "progress": "过半。", "category": "other", "new_due": ""},
    ),
    "sign": ("fuzhuren2", "/deferrals/{request}/sign/", {"sign_off_id": "", "outcome": "approve",
    "opinion": "好"}),
    "route": (
        "fuzhuren2", "/deferrals/{request}/route/",
        {"route-sign_off_id": "", "route-how": "beside", "route-post": "1", "route-reason": "请把关。"},
    ),
    "record": (
        "jixiao1", "/deferrals/{paper}/record/",
        {
            "paper-sign_off_id": "", "paper-outcome": "approve", "paper-leader_name": "王某",
            "paper-document_number": "1号", "paper-signed_on": "2021-03-01", "paper-opinion": "同意。",
        },
    ),
    "withdraw a deferral": ("xinwen1", "/deferrals/{request}/withdraw/", {"x": ""}),
    "urge a deferral": ("xinwen1", "/deferrals/{request}/urge/", {"from": "node"}),
    "save a view": ("xinwen1", "/nodes/views/", {"name": "常用", "query": "q=会"}),
    "notices": ("xinwen1", "/notices/read/", {"until": "1"}),
    "language": ("xinwen1", "/language/", {"language": "en", "next": "/"}),
    "theme": ("xinwen1", "/profile/theme/", {"theme": "dark", "next": "/"}),
    "mail": ("xinwen1", "/profile/notices/", {"email_news": "on", "email_reminders": "on"}),
    "new year": ("admin", "/settings/year/create/", {"year": "2022"}),
    "close": ("admin", "/settings/year/2021/close/", {"confirmed": "on"}),
    "roll over": (
        "admin", "/settings/year/2021/roll-over/",
        {"carry_5": "on", "deadline_5": "2022-06-30", "copies_rest": "on"},
    ),
    "import": ("admin", "/settings/import/", {"year": "1"}),
    "new person": ("admin", "/settings/people/new/", {"username": "new", "name": "新人",
    "email": "a@b.example"}),
    "person": ("admin", "/settings/people/{leader}/", {"name": "新名", "email": "a@b.example"}),
    "appoint": ("admin", "/settings/posts/{post}/", {"to": "1", "starts": "", "beside": "on"}),
    "relieve": ("admin", "/settings/posts/{post}/holders/{tenure}/relieve/", {"last_day": ""}),
    "delegate": (
        "fuzhuren2", "/settings/delegations/",
        {"post": "{post}", "to": "1", "starts": "2026-01-01", "ends": "2026-01-02"},
    ),
    "rule": (
        "admin", "/settings/routing/add/",
        {
            "new_due": "", "days_at_least": "3", "days_at_most": "9", "times_deferred": "1",
            "times_deferred_at_least": "", "late_request": "", "indicator": "1", "division": "新闻文化处",
            "step_1": "head_of_unit", "together_1": "any_of", "step_2": "",
        },
    ),
    "change a rule": ("admin", "/settings/routing/{rule}/", {"days_at_most": "9", "step_1": "head_of_unit",
    "seen": ""}),
    "move a rule": ("admin", "/settings/routing/{rule}/move/", {"to": "0"}),
    "a day": ("admin", "/settings/calendar/day/", {"day": "2026-06-01", "kind": "rest", "name": "检修",
    "source": "通知"}),
    "days": ("admin", "/settings/calendar/paste/", {"lines": "2026-06-01 休 检修"}),
    "reminders": (
        "admin", "/settings/reminders/",
        {
            "working_days_before": "5", "overdue_every": "5", "send_at": "08:30", "quiet_from": "",
            "quiet_until": "",
            "urge_after": "3", "escalate_after": "5", "after_1": "3", "to_1": "handler", "digest": "on",
        },
    ),
    # The scheme's whole form is asked in tests/unit/test_scheme_form.py.
    "scheme": (
        "admin", "/settings/scoring/",
        {"why": "试行", "seen": "2", "deductions": "迟报 1", "special0-numbers": "1-9", "band0-lower": "90"},
    ),
    "old scheme": ("admin", "/settings/scoring/1/", {"why": "恢复", "seen": "2"}),
    "publish": ("jixiao1", "/scores/publish/", {"why": "更正", "seen": "1"}),
    "entry": (
        "jixiao1", "/scores/entries/new/",
        {**BONUS, "division_id": "{division_id}", "node_number": "1"},
    ),
    "correction": (
        "jixiao1", "/scores/entries/{entry_id}/",
        {**BONUS, "division_id": "", "node_number": "1", "why": "误记", "void": "on"},
    ),
    "appeal": ("xinwen0", "/scores/divisions/{division_id}/appeal/1/", {"reason": "请复核。"}),
    "view": ("jixiao1", "/scores/appeals/{appeal_id}/view/", {"view": "属实。"}),
    "ruling": (
        "zhuren", "/scores/appeals/{viewed_appeal}/decide/",
        {"outcome": "upheld", "adjustment": "1", "opinion": "采纳。"},
    ),
    "template": ("jixiao1", "/statements/templates/meeting/", {"text": "{标题}，{成果}"}),
    "template tried": ("jixiao1", "/statements/templates/data/", {"text": "{标题}，{成果}", "preview": "1"}),
    "deadlines": ("admin", "/settings/year/2021/deadlines/", {"accept": "1:2021-06-30", "restore": ""}),
    "a deadline restored": ("admin", "/settings/year/2021/deadlines/", {"restore": "1"}),
    "begin a summary": ("jixiao1", "/summary/begin/", {"cut_off": "2021-12-31"}),
    "summary": (
        "jixiao1", "/summary/edit/",
        {"base": "1", "note": "补充", "block-advice": "加强调度。", "item-name": "A", "item-text": "B",
        "item-score": "9", "do": "save"},
    ),
    "summary compiled": (
        "jixiao1", "/summary/edit/", {"base": "1", "do": "compile", "cut_off": "2021-12-31"},
    ),
    "summary checked": ("jixiao1", "/summary/check/", {"base": "1", "block-advice": "加强调度。"}),
    "old summary": ("jixiao1", "/summary/versions/1/restore/", {"base": "1"}),
    "remark": (
        "zhuren", "/summary/comments/", {"comment": "请核。", "block": "advice", "answers": "{remark}"},
    ),
    "ask": (
        "jixiao1", "/summary/ask/",
        {"base": "1", "number": "1", "issued_on": "2022-01-13", "form": "report", "signatory": "王某"},
    ),
}  # fmt: skip
LOOKS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "nodes": ("xinwen1", "/nodes/", ("q", "division", "leader", "state", "month", "light", "year", "page")),
    "workbook": ("xinwen1", "/nodes/export/", ("q", "division", "leader", "state", "month", "light", "year")),
    "node": ("xinwen1", "/nodes/2/", ("year",)),
    "defer": ("xinwen1", "/nodes/2/defer/", ("year", "new_due", "category")),
    "search": ("xinwen1", "/search/", ("q", "only", "kind", "page")),
    "inbox": ("xinwen1", "/", ("box", "page", "read")),
    "deferrals": ("xinwen1", "/deferrals/", ("status", "waiting", "division", "year", "page")),
    "reviews": ("jixiao1", "/reviews/", ("page",)),
    "several": ("jixiao1", "/reviews/approve/", ("id",)),
    "board": ("jixiao1", "/dashboard/", ("year", "division", "leader", "scope", "month")),
    "drawing": ("jixiao1", "/dashboard.png", ("year", "division")),
    "audit": ("admin", "/audit/", ("year", "action", "actor", "q", "from", "to", "subject", "page", "node")),
    "audit sheet": ("admin", "/audit/export/", ("action", "actor", "q", "from", "to", "node")),
    "people": ("admin", "/settings/people/", ("q", "left", "page")),
    "calendar": ("admin", "/settings/calendar/", ("year", "day")),
    "question": (
        "admin", "/settings/routing/question/",
        ("division", "new_due", "days", "times", "indicator", "applicant", "late"),
    ),
    "import": ("admin", "/settings/import/", ("year",)),
    "scores": ("jixiao1", "/scores/", ("year", "live")),
    "what if": ("jixiao1", "/scores/simulator/", ("node", "what", "days", "year")),
    "entries": ("jixiao1", "/scores/entries/", ("year",)),
    "appeals": ("jixiao1", "/scores/appeals/", ("page",)),
    "margins": ("xinwen1", "/analysis/", ("year", "division", "leader", "kind", "month", "by", "order")),
    "lessons": ("xinwen1", "/analysis/deadlines/", ("year", "verdict", "page")),
    "forecast": ("xinwen1", "/analysis/forecast/", ("year", "day", "all", "month")),
    "proposals": ("admin", "/settings/year/2021/deadlines/", ("show", "division", "page")),
    "statements": ("xinwen1", "/statements/", ("kind", "q", "page")),
    "exports": ("xinwen1", "/exports/", ("year",)),
    "table": ("xinwen1", "/exports/evidence.csv", ("year",)),
    "figure": ("jixiao1", "/summary/figure/", ("year", "version", "block", "figure")),
    "comparison": ("jixiao1", "/summary/compare/", ("year", "from", "to")),
    "pulse": ("xinwen1", "/pulse/", ("since",)),
    "log-in": ("xinwen1", "/login/", ("next",)),
}  # fmt: skip


def asked(world: dict[str, Any], who: str, method: str, path: str, given: dict[str, Any]) -> Any:
    """The answer to one request, everything it did undone."""
    with transaction.atomic():
        response = getattr(world["visitors"][who], method)(path, given)
        request_finished.disconnect(close_old_connections)
        response.close()
        request_finished.connect(close_old_connections)
        transaction.set_rollback(True)
    return response


def filled(world: dict[str, Any], text: str) -> str:
    for name, value in world.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


# What a form has to meet in one field alone, with all the others in order: two of these each time.
ALONE = ("a zero byte", "the last day", "a huge number", "beyond bigint", "raised")


def variants(fields: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """What is sent, and what it is called: some of all there is, which differs from form to form and from run
    to run, so that every run sends each of them to many."""
    for called in random.sample(list(NASTY), 8):
        yield called, dict.fromkeys(fields, NASTY[called])
    for name in fields:
        for called in random.sample(ALONE, 2):
            yield f"{called} in {name}", {**fields, name: NASTY[called]}


@pytest.mark.parametrize("form", POSTS)
def test_no_form_stumbles(world, form):
    who, path, fields = POSTS[form]
    fields = {name: filled(world, value) for name, value in fields.items()}
    path, wrong = filled(world, path), []
    for called, given in variants(fields):
        try:
            status = asked(world, who, "post", path, given).status_code
        except Exception as error:
            status = f"{type(error).__name__}: {str(error)[:160]}"
        if status not in {200, 201, 302, 403, 404, 409, 422}:
            wrong.append(f"{called}: {status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("page", LOOKS)
def test_no_page_stumbles_over_its_address(world, page):
    who, path, names = LOOKS[page]
    wrong = []
    for called, given in variants(dict.fromkeys(names, "")):
        try:
            status = asked(world, who, "get", path, given).status_code
        except Exception as error:
            status = f"{type(error).__name__}: {str(error)[:160]}"
        if status not in {200, 204, 302, 404}:
            wrong.append(f"{called}: {status}")
    assert not wrong, "\n".join(wrong)


def test_another_offices_ids_are_nothing_here(world):
    other = world["other"]
    person_there, post_there = other.users.get(username="jixiao1").pk, other.posts.get(name=builders.HEAD).pk
    there = builders.work_node(other, 2, state=State.EVIDENCE_SUBMITTED)
    division_there = there.lead_division_id
    days = {"starts": "2099-01-01", "ends": "2099-01-02"}
    own = {"post": str(world["post"]), "to": str(world["leader"])}
    asked_for = [
        ("fuzhuren2", "/settings/delegations/", {**own, **days, "to": person_there}),
        ("admin", "/settings/delegations/", {**own, **days, "post": post_there}),
        ("admin", f"/settings/posts/{world['post']}/", {"to": person_there, "beside": "on"}),
        ("fuzhuren2", f"/deferrals/{world['request']}/route/",
         {"route-how": "after", "route-post": post_there, "route-reason": "请把关。"}),
        ("jixiao1", "/reviews/approve/", {"id": there.current_submission_id}),
        ("jixiao1", f"/reviews/{there.current_submission_id}/", {"decision": "approve"}),
        ("admin", "/settings/import/", {"year": Cycle.objects.get(office=other).pk}),
        ("admin", f"/settings/routing/{RoutingRule.objects.filter(office=other).first().pk}/move/",
        {"to": "1"}),
        ("xinwen1", "/nodes/2/submit/", {**FACTS, "uploads": "11111111-1111-4111-8111-111111111111"}),
        ("jixiao1", "/scores/entries/new/", {**BONUS, "division_id": division_there}),
        ("xinwen0", f"/scores/divisions/{division_there}/appeal/0/", {"reason": "请复核。"}),
        ("jixiao1", f"/statements/examples/{there.current_submission_id}/", {}),
        ("zhuren", "/summary/comments/", {"comment": "请核。", "answers": remark_on(begin(other)).pk}),
    ]  # fmt: skip
    for who, path, given in asked_for:
        before = AuditEntry.objects.count()
        response = asked(world, who, "post", path, given)
        assert response.status_code in {302, 404, 422}, path
        assert AuditEntry.objects.count() == before, path
    for path, name in (("/nodes/", "division"), ("/dashboard/", "division"), ("/deferrals/", "division")):
        foreign = Division.objects.filter(office=other).first().pk
        assert asked(world, "xinwen1", "get", path, {name: foreign}).status_code in {200, 404}, path
    assert there.submissions.get().outcome == "pending"
    assert Post.objects.get(pk=post_there).delegations.count() == 0


@pytest.mark.parametrize(
    "name",
    ["\u0430dmin", "Admin", "ad min", "admin\u200b", "ＡＤＭＩＮ", "\u202eadmin", "admin", "a@b", "a/b"],
)
def test_no_log_in_name_passes_for_another(world, name):
    given = {"username": name, "name": "某人", "email": ""}
    with transaction.atomic():
        world["visitors"]["admin"].post("/settings/people/new/", given)
        found = list(User.objects.filter(office=world["office"]).values_list("username", flat=True))
        transaction.set_rollback(True)
    looks = str.maketrans({"\u0430": "a", "\u200b": "", "\u202e": ""})
    folded = [unicodedata.normalize("NFKC", one).translate(looks).casefold().strip() for one in found]
    assert len(set(folded)) == len(found)


@pytest.mark.parametrize(
    "page", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
@pytest.mark.parametrize("path", ["/language/", "/profile/theme/"])
def test_nobody_is_led_to_another_site(world, path, page):
    response = asked(world, "xinwen1", "post", path, {"language": "zh-hans", "theme": "", "next": page})
    assert (response.status_code, response.url) == (302, "/")
