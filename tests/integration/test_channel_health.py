"""What messages tell of their channel: that it works, since when it does not, and nothing when it is about
their reader."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import delivery
from notifications.channels import OPENED
from notifications.channels.protocol import Outcome
from notifications.models import Channel, ChannelKind, Notification
from notifications.testing_channels import send_test
from tests.builders import person
from tests.mornings import a_morning, pauses_end

DOWN = Outcome.transient("timeout", "no answer", down=True)


class Vendor:
    """It answers as it is told."""

    def __init__(self) -> None:
        self.answer = Outcome.ok()
        self.got: list[str] = []

    def send(self, message) -> Outcome:
        self.got.append(message.subject)
        return self.answer

    def close(self) -> None: ...


@pytest.fixture
def vendor(office, monkeypatch) -> Vendor:
    vendor = Vendor()
    monkeypatch.setitem(OPENED, "webhook", lambda _channel: vendor)
    Channel.objects.create(office=office, kind="webhook", name="值班台", settings={})
    return vendor


def health() -> tuple[bool, bool, str]:
    """Whether it ever worked, whether it fails now, and why."""
    channel = Channel.objects.get()
    return channel.worked_at is not None, channel.failing_since is not None, channel.trouble


def due_again() -> None:
    """Everything through the vendor may be tried, as if nothing had come of it."""
    rows = Notification.objects.filter(channel=ChannelKind.WEBHOOK)
    pauses_end()
    rows.update(state="pending", due_at=timezone.now() - timedelta(minutes=1))


def sent(office, vendor, answer: Outcome) -> None:
    vendor.answer = answer
    due_again()
    delivery.sweep()


def test_a_channel_works_fails_since_its_first_failure_and_works_again(db, office, vendor):
    a_morning(office, 1)
    sent(office, vendor, Outcome.ok())
    assert health() == (True, False, "")
    sent(office, vendor, DOWN)
    since = Channel.objects.get().failing_since
    assert health() == (True, True, "timeout no answer")
    sent(office, vendor, Outcome.permanent("93000", "invalid key"))
    assert Channel.objects.get().failing_since == since
    assert health() == (True, True, "93000 invalid key")
    sent(office, vendor, Outcome.ok())
    assert health() == (True, False, "")


def test_a_reader_who_cannot_be_reached_is_no_fault_of_the_channel(db, office, vendor):
    a_morning(office, 1)
    sent(office, vendor, Outcome.permanent("60111", "userid not found"))
    assert vendor.got
    assert health() == (False, False, "")
    assert Notification.objects.get(channel=ChannelKind.WEBHOOK).state == "dead"


def test_one_message_takes_two_statements_beside_its_claim(db, office, vendor):
    a_morning(office, 1)
    sent(office, vendor, Outcome.ok())
    due_again()
    claim = delivery.claim_due()
    assert claim
    ((row,),) = claim.messages()
    with CaptureQueriesContext(connection) as statements:
        delivery.send(claim)
    writing = [sql for one in statements.captured_queries if "UPDATE" in (sql := one["sql"])]
    assert [row.batch in sql for sql in writing] == [True, True]


def test_nothing_is_locked_while_a_test_message_is_under_way(transactional_db, office, vendor, monkeypatch):
    ours = connections["default"]

    def send(message) -> Outcome:
        vendor.got.append(str(ours.in_atomic_block))
        return DOWN

    monkeypatch.setattr(vendor, "send", send)
    channel = Channel.objects.get()
    for _click in range(2):
        attempt = send_test(actor=person("admin"), office=office, channel_id=channel.pk, once="once")
    assert vendor.got == ["False"]
    assert attempt.vendor_code == "timeout"
    assert health() == (False, True, "timeout no answer")
