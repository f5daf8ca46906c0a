"""An open page asks every few seconds whether anything happened, and misses nothing that did."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.browsing import logged_in
from tests.builders import start, work_node
from workflow.models import AuditEntry
from workflow.selectors import newest_entries

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(office) -> Client:
    return logged_in("xinwen1", office)


def since(visitor: Client) -> str:
    """How far the page that is open now has come."""
    html = visitor.get("/deferrals/").content.decode()
    return html.partition('data-newest="')[2].partition('"')[0]


def test_nothing_new_is_answered_with_nothing(visitor, office):
    work_node(office, 1)
    assert visitor.get("/pulse/", {"since": since(visitor)}).status_code == 204


def test_what_happened_since_is_told_with_the_counts(visitor, office):
    node = work_node(office, 1)
    seen = since(visitor)
    start(node)
    news = visitor.get("/pulse/", {"since": seen})
    assert news.status_code == 200
    assert str(news.json()["newest"]) != seen
    assert set(news.json()["counts"]) >= {"inbox", "reviews", "deferrals", "summary"}


def test_an_act_that_is_committed_after_a_later_one_is_news_too(office):
    """Numbers are given when an act is recorded, and seen when it is committed."""
    node = work_node(office, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('workflow_auditentry', 'id'))")
        (given,) = cursor.fetchone()
    start(node)
    before = newest_entries(office)
    AuditEntry.objects.create(
        id=given, office=office, at=timezone.now(), action="node.commented", subject_type="worknode",
        subject_id=node.pk, subject=str(node),
    )  # fmt: skip
    assert AuditEntry.objects.latest("id").pk > given
    assert newest_entries(office) > before
