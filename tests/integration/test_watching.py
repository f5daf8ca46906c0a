"""Keeping an eye on a node: who is told what, once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nodes import services
from nodes.models import State, Watch
from nodes.services.talking import comment
from nodes.services.watching import unwatch, watch
from notifications import letters
from notifications.models import ChannelKind, Notification
from notifications.selectors import unread
from tests import builders
from tests.browsing import logged_in
from tests.builders import approve_evidence, person, return_evidence, start, story, submit_evidence, work_node
from workflow.models import User

pytestmark = pytest.mark.django_db


def watches(username, node):
    watch(actor=person(username, node.office), node=node, at=story.moment())


def notices(username, office):
    return [notice.rule for notice in unread(person(username, office)).order_by("pk")]


def test_a_watcher_hears_of_every_change_in_the_system_only(office):
    node = work_node(office, 59)
    watches("mishu1", node)
    start(node)
    submit_evidence(node)
    return_evidence(node)
    submit_evidence(node)
    approve_evidence(node)
    assert notices("mishu1", office) == [
        "watched_started",
        "watched_submitted",
        "watched_returned",
        "watched_submitted",
        "watched_approved",
    ]
    assert not Notification.objects.filter(recipient__username="mishu1", channel=ChannelKind.EMAIL).exists()


def test_who_is_told_anyway_is_not_told_twice(office):
    node = work_node(office, 59, state=State.IN_PROGRESS)
    watches("jixiao2", node)
    submit_evidence(node)
    assert notices("jixiao2", office) == ["evidence_submitted"]


def test_who_acts_is_not_told_of_their_own_act(office):
    node = work_node(office, 59)
    watches("xinwen1", node)
    start(node, by="xinwen1")
    assert notices("xinwen1", office) == []


def test_a_watcher_outside_hears_of_no_comment(drama_festival, office):
    for username in ("mishu1", "fuzhuren2"):
        watches(username, drama_festival)
    actor = person("jixiao1", office)
    comment(actor=actor, node_id=drama_festival.pk, text="@办主任 请阅。", at=story.moment())
    assert notices("mishu1", office) == []
    assert notices("fuzhuren2", office) == ["commented"]
    assert notices("zhuren", office) == ["mentioned"]


def test_who_watches_and_is_called_hears_once(drama_festival, office):
    watches("zhuren", drama_festival)
    actor = person("jixiao1", office)
    comment(actor=actor, node_id=drama_festival.pk, text="@办主任 请阅。", at=story.moment())
    assert notices("zhuren", office) == ["mentioned"]


def test_a_deferral_that_takes_effect_is_one_notice(office):
    node = work_node(office, 59, state=State.IN_PROGRESS)
    watches("mishu1", node)
    builders.defer(node, date(2021, 11, 20))
    assert notices("mishu1", office) == ["watched_deferred"]


def test_telling_watchers_costs_an_act_no_statement_more(office):
    lonely, watched = work_node(office, 58), work_node(office, 59)
    for username in ("mishu1", "fuzhuren2", "jixiao1"):
        watches(username, watched)
    assert statements(lonely) == statements(watched) == 7
    assert notices("fuzhuren2", office) == ["watched_started"]


def statements(node):
    """How many it takes to start the node, the beginning and the end of the transaction among them."""
    actor = User.objects.select_related("office").get(office=node.office, username="xinwen1")
    with CaptureQueriesContext(connection) as sent:
        services.start(actor=actor, node_id=node.pk)
    return len(sent)


def test_every_notice_has_its_words(office):
    node = work_node(office, 59)
    watches("mishu1", node)
    start(node)
    for notice in Notification.objects.all():
        assert letters.headline(notice)


def test_watching_is_a_switch(drama_festival, office):
    visitor = logged_in("mishu1", office)
    for _click in range(2):
        response = visitor.post("/nodes/59/watch/", {"watch": "on"}, follow=True)
        assert "关注人： 秘书处经办人" in " ".join(response.content.decode().split())
    assert Watch.objects.count() == 1
    for _click in range(2):
        response = visitor.post("/nodes/59/watch/", {"watch": "off"}, follow=True)
        assert "尚无人关注此节点" in response.content.decode()
    assert not Watch.objects.exists()


def test_looking_switches_nothing(drama_festival, office):
    assert logged_in("mishu1", office).get("/nodes/59/watch/").url == "/nodes/59/?year=2021"
    assert not Watch.objects.exists()


def test_who_stopped_watching_hears_no_more(office):
    node = work_node(office, 59)
    watches("mishu1", node)
    unwatch(actor=person("mishu1", office), node=node)
    start(node)
    assert notices("mishu1", office) == []


def test_another_offices_node_cannot_be_watched(drama_festival):
    other = builders.office("other")
    assert logged_in("jixiao1", other).post("/nodes/59/watch/", {"watch": "on"}).status_code == 404
    assert not Watch.objects.exists()
