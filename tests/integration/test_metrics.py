"""What machines ask: /metrics and /readyz."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from config import health
from notifications.models import Heartbeat
from tests.mornings import a_morning, mails

pytestmark = pytest.mark.django_db
TOKEN = "a-token-for-prometheus"


def scraped(client: Client, token: str = TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def samples(response) -> dict[tuple[str, str, str], float]:
    found = {}
    for family in text_string_to_metric_families(response.content.decode()):
        for one in family.samples:
            found[one.name, one.labels.get("office", ""), one.labels.get("channel", "")] = one.value
    return found


def test_without_a_token_there_is_no_such_page(client, settings):
    assert scraped(client).status_code == 404
    settings.METRICS_TOKEN = ""
    assert scraped(client, "").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    assert client.get("/metrics").status_code == 404
    assert scraped(client, "wrong").status_code == 404
    assert scraped(client, "密").status_code == 404
    assert scraped(client).status_code == 200


def test_the_queue_is_told_by_office_and_channel(client, settings, office):
    settings.METRICS_TOKEN = TOKEN
    a_morning(office, 1, 2)
    mails().update(due_at=timezone.now() - timedelta(minutes=50))
    Heartbeat.objects.create(name="beat", at=timezone.now() - timedelta(seconds=100))
    with CaptureQueriesContext(connection) as sent:
        response = scraped(client)
    found = samples(response)
    assert found["jiedian_queue_messages", "jx-fao", "email"] == 1
    assert 3000 <= found["jiedian_oldest_waiting_seconds", "jx-fao", "email"] < 3100
    assert 100 <= found["jiedian_beat_seconds", "", ""] < 120
    assert found["jiedian_workers", "", ""] == 0
    assert len(sent) <= 6
    assert "工作节点" not in response.content.decode()


def test_ready_says_how_the_outbox_stands(client, office):
    answer = client.get("/readyz").json()
    assert answer["status"] == "ok"
    assert answer["queue"] == 0
    assert answer["oldest_waiting_seconds"] == 0
    assert answer["beat_seconds"] is None
    assert answer["workers"] == 0


def test_late_reminders_degrade_and_serve_people_all_the_same(client, office):
    a_morning(office, 1)
    mails().update(due_at=timezone.now() - timedelta(hours=1))
    response = client.get("/readyz")
    assert response.status_code == 200
    assert (response.json()["status"], response.json()["queue"]) == ("degraded", 1)


def test_a_ledger_that_does_not_answer_in_time_fails_nothing(client, office, monkeypatch):
    def slow():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(health, "queue", slow)
    monkeypatch.setattr(health, "PATIENCE_WITH_LEDGER", 20)
    caches["near"].clear()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json()["queue"] is None
    assert response.json()["status"] == "ok"
