"""Who may go where: every address of the site, asked by everybody, in every method.

An address that is not in the table of tests/access.py fails the test: whoever adds one says who may use it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.template import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from nodes.models import SavedView, State, Upload
from nodes.selectors import cycle_of
from notifications.links import answer_link, unsubscribe_link
from notifications.models import Channel, ChannelKind, Notification
from tests import builders
from tests.access import (
    ACCESS,
    ADMIN,
    AUDITOR,
    DIVISION_HEAD,
    DORMANT,
    HANDLER,
    LEADER,
    NOBODY,
    OFFICE,
    Access,
)
from tests.builders import person
from tests.published_year import published_year
from tests.summaries import begin, remark_on
from workflow.models import AuditEntry, CalendarDay, Office, RoutingRule, User
from workflow.policy import Rule
from workflow.selectors import reminder_policy
from workflow.services.policies import set_reminder_policy

pytestmark = pytest.mark.django_db

OURS = "jx-fao"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
# By these two people are told apart; one who does the work and one who only reads call it by all.
CALLED = ("GET", "POST")
# What an answer may be to somebody who may: done, sent on, asked again, or told what stands in the way.
ANSWERED = {200, 204, 302, 400, 409, 422}
REFUSED = {403, 404}


@pytest.fixture(scope="module")
def world(world_of_the_module) -> dict[str, Any]:
    """An office with something in every state, and what an address can be about; and another office."""
    with world_of_the_module():
        return _world()


@pytest.fixture(autouse=True)
def _answers_without_words(monkeypatch) -> None:
    """Who is let in is settled before a page is drawn; what pages look like is told elsewhere."""
    monkeypatch.setattr(Template, "render", lambda template, context: "")


def _world() -> dict[str, Any]:
    office, _other = builders.office(), builders.office("other")
    states = ("planned", "in_progress", "evidence_submitted", "approved", "deferred", "in_progress")
    nodes = [builders.work_node(office, n, state=State(state)) for n, state in enumerate(states, start=1)]
    request = builders.file_deferral(nodes[5], files=[builders.evidence_file("请示.txt")])
    submission = nodes[2].submissions.get()
    leader, handler = person(LEADER, office), person(HANDLER, office)
    tenure = leader.appointments.get()
    today = office.day(timezone.now())
    delegation = builders.delegate(
        builders.LEADER, to="successor", starts=today, ends=today + timedelta(days=9), office=office
    )
    upload = Upload.objects.create(
        office=office, node=nodes[1], author=handler, name="a.txt", size=5, begun_at=timezone.now()
    )
    return {
        # Logged in once for all addresses: the world lasts as long as this module.
        "visitors": {(who, code): log_in(who, code) for who in OFFICE for code in (OURS, "other")},
        "number": 2,
        "round": 1,
        "year": 2021,
        "day": CalendarDay.objects.create(office=office, day=date(2030, 1, 2), is_workday=True).day,
        "sha256": "0" * 64,
        "submission_id": submission.pk,
        "request_id": request.pk,
        "attachment_id": submission.files.get().pk,
        "file_id": submission.files.get().pk,
        "deferral_file": request.attachments.get().pk,
        "upload_id": upload.pk,
        "view_id": SavedView.objects.create(user=handler, name="常用", query="q=1").pk,
        "notice_id": _notice(handler).pk,
        "row_id": _notice(handler).pk,
        "token": _last_part(answer_link(_sent_today(_notice(handler)))),
        "way_out": _last_part(unsubscribe_link(handler.pk, "news")),
        "user_id": leader.pk,
        "channel_id": Channel.objects.create(office=office, kind="webhook", name="值班室").pk,
        "name": _rule(office),
        "post_id": tenure.post_id,
        "appointment_id": tenure.pk,
        "delegation_id": delegation.pk,
        "rule_id": RoutingRule.objects.filter(office=office).latest("position").pk,
        "comment_id": remark_on(begin(office)).pk,
        **published_year(cycle_of(office, 2021), head=DIVISION_HEAD),
    }


def _rule(office: Office) -> str:
    """A reminder rule beside the standard rhythm."""
    rule = Rule(id="r1", name="提请分管领导", working_days=-3, to=("leader_in_charge",))
    policy = reminder_policy(office).model_copy(update={"rules": (rule,)})
    set_reminder_policy(actor=person(ADMIN, office), office=office, policy=policy)
    return rule.id


def _notice(recipient: User) -> Notification:
    return Notification.objects.filter(recipient=recipient, channel=ChannelKind.IN_APP).earliest("pk")


def _sent_today(notice: Notification) -> Notification:
    """As if it were: the link in it works for some days only."""
    notice.sent_at = timezone.now()
    notice.save()
    return notice


def _last_part(link: str) -> str:
    return link.rstrip("/").rpartition("/")[2]


def addresses(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The names of every address, with their namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"
        else:
            yield from addresses(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)


def test_every_address_says_who_may_use_it():
    known = {name for name in addresses(get_resolver()) if not name.startswith("admin:")}
    assert known == set(ACCESS) | DORMANT


def address(name: str, world: dict[str, Any]) -> str:
    facts = {**world, **ACCESS[name].facts}
    if name == "deferral-file":
        facts["file_id"] = world["deferral_file"]
    if name in ("score-entry-file", "score-appeal-file"):
        facts["file_id"] = world[name.removeprefix("score-").replace("-", "_")]
    if name == "unsubscribe":
        facts["token"] = world["way_out"]
    wanted = next(p for p in _patterns(get_resolver()) if p.name == name).pattern.converters
    return reverse(name, kwargs={key: facts[key] for key in wanted})


def _patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _patterns(pattern)


def answer(client: Client, method: str, path: str) -> int:
    """The status of one request, and everything it did undone."""
    with transaction.atomic():
        response = client.generic(method, path)
        request_finished.disconnect(close_old_connections)
        response.close()  # a file that was handed out; the database stays connected
        request_finished.connect(close_old_connections)
        transaction.set_rollback(True)
    return response.status_code


def log_in(username: str, code: str = OURS) -> Client:
    client = Client()
    user = User.objects.select_related("office").get(username=username, office__code=code)
    client.force_login(user, backend="workflow.auth.OfficeBackend")
    return client


def expected(access: Access, who: str, method: str) -> set[int]:
    """What `who` may be answered; a method that nothing is done by may also be called unknown."""
    asked = {"HEAD": "GET"}.get(method, method)
    let_in = {"GET": access.get, "POST": access.post}.get(asked, NOBODY)
    if who in let_in or (method == "PUT" and who in access.post):
        return ANSWERED | ({405} if method == "PUT" else set())
    if asked == "GET" and not access.get:
        return REFUSED | {302, 405}  # an act: its address leads to where it is done
    if asked in ("GET", "POST") and let_in:
        return REFUSED
    return REFUSED | {405, 302} | ({200} if access.strangers or asked == "OPTIONS" else set())


@pytest.mark.parametrize("name", ACCESS)
def test_everybody_goes_where_they_may_and_nowhere_else(world, name):
    path, access, wrong = address(name, world), ACCESS[name], []
    before = AuditEntry.objects.count()
    for who in sorted(OFFICE):
        # Logging out is for the one who does it, not for everybody who comes after.
        client = log_in(who) if access.strangers else world["visitors"][who, OURS]
        for method in METHODS if who in (HANDLER, AUDITOR) else CALLED:
            status = answer(client, method, path)
            if status not in expected(access, who, method):
                wrong.append(f"{who} {method} {path}: {status}")
    assert wrong == []
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("name", [name for name in ACCESS if not ACCESS[name].strangers])
def test_a_stranger_is_sent_to_the_log_in(world, name):
    for method in METHODS:
        assert answer(Client(), method, address(name, world)) in {302, 401}, method


# The settings of rules, people and posts that are about one of them, and everything about a node.
ABOUT_ONE = ("node-", "review-", "deferral-", "attachment", "nodes-view-delete", "settings-routing-change",
             "settings-routing-move", "settings-routing-remove", "settings-post-", "settings-delegation-",
             "settings-person-", "settings-channel-change", "settings-channel-test",
             "settings-channel-switch", "settings-channel-remove", "settings-message-", "settings-rule",
             "settings-reminders-restore", "score-appeal-", "score-division", "score-node",
             "score-entry-file", "settings-scoring-restore")  # fmt: skip
ABOUT_SOMETHING = [
    name
    for name in ACCESS
    if (name.startswith(ABOUT_ONE) and name not in ("settings-person-new", "settings-rule-add"))
    or name in ("node", "review", "deferral", "notice", "settings-person", "settings-post")
    or name in ("settings-message", "score-appeal", "score-entry")
]


@pytest.mark.parametrize("name", ABOUT_SOMETHING)
def test_another_offices_things_do_not_exist(world, name):
    for who in sorted(OFFICE):
        client = world["visitors"][who, "other"]
        for method in ("GET", "POST"):
            status = answer(client, method, address(name, world))
            allowed = REFUSED | {405} | ({302} if not ACCESS[name].get and method == "GET" else set())
            assert status in allowed, (who, method, status)


def test_the_plain_administration_is_for_staff_alone(world):
    for who in sorted(OFFICE):
        for path in (reverse("admin:index"), reverse("admin:nodes_worknode_changelist")):
            assert answer(world["visitors"][who, OURS], "GET", path) in {302, 403, 404}, (who, path)
