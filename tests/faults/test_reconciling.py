"""The reconciliation with which every test of faults ends does notice what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from notifications import delivery
from notifications.models import Attempt, Channel, Notification
from notifications.secrets import seal
from tests.faults.reconciling import reconcile
from tests.mornings import a_morning, mails


@pytest.fixture
def delivered(office, mail_from_here, vendors) -> None:
    """One message by mail and one through a robot."""
    public, secrets = vendors.particulars("wecom_robot")
    Channel.objects.create(
        office=office,
        kind="wecom_robot",
        name="机器人",
        settings={**public, "mark": str(vendors.port)},
        secrets=seal(secrets),
    )
    a_morning(office, 1)
    assert delivery.sweep() == 2


@contextmanager
def noticed(words: str) -> Iterator[None]:
    with pytest.raises(AssertionError, match=words):
        yield


def test_what_arrived_once_is_in_order(delivered, post_office, vendors):
    found = reconcile(post_office, vendors)
    assert (found.arrived, found.repeats) == (2, 0)


def test_a_letter_that_never_arrived_is_lost(delivered, post_office, vendors):
    post_office.letters.clear()
    with noticed("lost: .*email"):
        reconcile(post_office, vendors)


def test_a_robots_message_that_never_arrived_is_lost(delivered, post_office, vendors):
    vendors.arrivals.clear()
    with noticed("lost: .*wecom_robot"):
        reconcile(post_office, vendors)


def test_what_arrives_again_needs_a_crash_that_explains_it(delivered, post_office, vendors):
    post_office.letters *= 2
    vendors.arrivals *= 2
    with noticed("2 repeats after 1 crashes"):
        reconcile(post_office, vendors, crashes=1)
    assert reconcile(post_office, vendors, crashes=2).repeats == 2


def test_what_waits_is_not_done(delivered, post_office, vendors):
    mails().update(state="pending")
    with noticed("still waiting: .*email"):
        reconcile(post_office, vendors)


def test_what_the_ledger_does_not_know_is_a_stranger(delivered, post_office, vendors):
    mails().delete()
    with noticed("unknown to the ledger: .*@jiedian"):
        reconcile(post_office, vendors)


def test_what_was_overtaken_should_not_have_arrived(delivered, post_office, vendors):
    Notification.objects.filter(channel="wecom_robot").update(state="lapsed")
    with noticed("1 repeats"):
        reconcile(post_office, vendors)


def test_what_is_sent_has_an_attempt_that_was_accepted(delivered, post_office, vendors):
    Attempt.objects.filter(channel="email").update(result="transient")
    with noticed("email"):
        reconcile(post_office, vendors)


def test_an_attempt_accepted_twice_is_not_one_message(delivered, post_office, vendors):
    Attempt.objects.bulk_create(Attempt(**facts | {"id": None}) for facts in Attempt.objects.values())
    with noticed("accepted 2 times"):
        reconcile(post_office, vendors)


def test_what_is_given_up_has_a_reason(delivered, post_office, vendors):
    Notification.objects.filter(channel="wecom_robot").update(state="dead", last_error="")
    with noticed("given up without a reason"):
        reconcile(post_office, vendors)
