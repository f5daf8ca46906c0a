"""Words that would be a page's own code, in every text that is shown elsewhere: shown, and doing nothing."""

from __future__ import annotations

from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pymupdf
import pytest
from django.test import Client
from openpyxl import load_workbook

from nodes.models import Indicator, SavedView, State
from nodes.services.talking import comment
from nodes.services.watching import watch
from tests import builders
from tests.builders import evidence_file, person
from workflow.models import CalendarDay, Division, Office, Post, User

pytestmark = pytest.mark.django_db

EVIL = "=1+1\"'><img src=x onerror=alert(1)>{{7*7}}"
FILE = "\"'><img src=x onerror=alert(1)>.txt"
PAGES = {
    "jixiao1": (
        "/", "/?box=copied", "/?box=done", "/nodes/", "/nodes/1/", "/nodes/2/", "/nodes/3/", "/reviews/",
        "/reviews/{submission}/", "/reviews/{submission}/flow/", "/reviews/approve/?id={submission}",
        "/deferrals/", "/deferrals/{request}/", "/deferrals/{request}/flow/",
        "/deferrals/{request}/flow.bpmn",
        "/dashboard/", "/dashboard/?leader={post}", "/search/?q=onerror", "/search/?q=%3Cimg",
        "/search/?q={evil}",
        "/search/?q=img&only=files", "/audit/", "/files/{file}/preview/",
    ),
    "xinwen1": (
        "/", "/?box=sent", "/?box=copied", "/?box=done", "/nodes/?q={evil}", "/nodes/1/", "/nodes/1/submit/",
        "/nodes/2/", "/nodes/4/defer/", "/deferrals/{request}/", "/profile/", "/nodes/1/readers/",
    ),
    "fuzhuren2": ("/", "/deferrals/{request}/", "/settings/delegations/", "/dashboard/"),
    "admin": (
        "/settings/", "/settings/people/", "/settings/people/{user}/", "/settings/people/?q={evil}",
        "/settings/posts/", "/settings/posts/{post}/", "/settings/routing/", "/settings/routing/add/",
        "/settings/routing/question/", "/settings/calendar/?year=2026", "/settings/reminders/",
        "/settings/year/", "/settings/year/2021/roll-over/", "/settings/year/2021/close/",
        "/settings/import/",
        "/audit/", "/audit/?q={evil}",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def facts(world_of_the_module) -> dict[str, Any]:
    """An office in which whatever has a name bears that one, and whatever was said is that."""
    with world_of_the_module():
        return _facts(builders.office())


def _facts(office: Office) -> dict[str, Any]:
    nodes = {n: builders.work_node(office, n, title=f"{EVIL}{n}", state=State.IN_PROGRESS,
    evidence_required=EVIL)
             for n in (1, 2, 3, 4)}  # fmt: skip
    comment(actor=person("jixiao1"), node_id=nodes[1].pk, text=f"{EVIL} @xinwen1 {EVIL}")
    watch(actor=person("xinwen1"), node=nodes[1])
    for text in (EVIL, f"{EVIL}又{EVIL}"):
        builders.submit_evidence(
            nodes[2], statement=text, files=(evidence_file(FILE, f"a < b 的内容：{text[:3]}{len(text)}"),)
        )
        if text == EVIL:
            builders.return_evidence(nodes[2], opinion=EVIL)
    builders.submit_evidence(nodes[1], statement=EVIL, files=(evidence_file(FILE, "a < b"),))
    builders.return_evidence(nodes[1], opinion=EVIL)
    request = builders.file_deferral(nodes[3], reason=EVIL, files=(evidence_file(FILE, "a < b"),))
    builders.sign_off(request, by="fuzhuren2", opinion=EVIL)
    earlier = builders.file_deferral(nodes[4], reason=EVIL)
    builders.sign_off(earlier, by="fuzhuren2", decision=builders.REJECT, opinion=EVIL)
    for model, field in ((User, "name"), (Division, "name"), (Post, "name"), (Indicator, "title")):
        for row in model.objects.all():
            setattr(row, field, f"{EVIL}{row.pk}")
            row.save(update_fields=[field])
    Office.objects.update(name=EVIL)
    CalendarDay.objects.create(office=office, day="2026-06-15", is_workday=False, name=EVIL, source=EVIL)
    SavedView.objects.create(user=person("xinwen1"), name=EVIL[:40], query=f"q={EVIL}")
    second = nodes[2].submissions.latest("round")
    return {
        "submission": second.pk,
        "request": request.pk,
        "post": person("fuzhuren2").appointments.get().post_id,
        "user": person("fuzhuren2").pk,
        "file": second.files.get().pk,
        "evil": EVIL.replace("=", "%3D").replace("+", "%2B"),
    }


class Foreign(HTMLParser):
    """What a page holds that nobody built into it: our picture, and handlers of events."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        handlers = [name for name in given if name.startswith("on") or name in ("style", "srcdoc")]
        script = any((value or "").lower().strip().startswith("javascript:") for value in given.values())
        if (tag == "img" and given.get("src") == "x") or handlers or script:
            self.found.append(self.get_starttag_text() or tag)


def log_in(username: str, office: Office | None = None) -> Client:
    client = Client()
    client.force_login(person(username, office), backend="workflow.auth.OfficeBackend")
    return client


@pytest.mark.parametrize("username", PAGES)
def test_no_page_runs_what_somebody_wrote(facts, username):
    visitor, wrong, seen = log_in(username), {}, 0
    for path in PAGES[username]:
        response = visitor.get(path.format(**facts))
        assert response.status_code == 200, path
        text = response.getvalue().decode()
        page = Foreign()
        if "json" not in response["Content-Type"]:
            page.feed(text)
        seen += "onerror=alert(1)&gt;" in text
        if page.found:
            wrong[path] = page.found[:3]
    assert wrong == {}
    assert seen > len(PAGES[username]) // 2, "the words were there to be seen"


@pytest.mark.parametrize("path", ["/nodes/export/", "/audit/export/", "/settings/import/2021/current.xlsx"])
def test_no_workbook_counts_what_somebody_wrote(facts, path):
    content = log_in("jixiao1").get(path).getvalue()
    cells = [cell for row in load_workbook(BytesIO(content)).active for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(EVIL in str(cell.value) for cell in cells)


def test_the_board_is_printed_with_the_words_as_they_are(facts):
    with pymupdf.open(stream=log_in("jixiao1").get("/dashboard.pdf").getvalue()) as document:
        assert "onerror" in "".join(page.get_text() for page in document)


def test_a_file_is_handed_out_under_a_name_without_a_way_and_without_a_line(db):
    office = builders.office("files")
    node = builders.work_node(office, 1, state=State.IN_PROGRESS)
    names = ("../../x.txt", "..\\..\\y.txt", "/etc/z.txt", "a\r\nSet-Cookie: b=1.txt", "\u202etxt.exe.txt")
    builders.submit_evidence(node, files=[evidence_file(name, name) for name in names])
    visitor = log_in("jixiao1", office)
    for attachment in node.submissions.get().files.all():
        assert not set("/\\\r\n\0") & set(attachment.name)
        response = visitor.get(f"/files/{attachment.pk}/")
        assert response.getvalue()
        assert response["Content-Disposition"].startswith("attachment; ")
        assert "Set-Cookie" not in response.headers
    assert node.submissions.get().files.count() == len(names)
