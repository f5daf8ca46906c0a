"""Whoever claims a message sends it: what others hold is left alone, what the dead left is taken over."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from nodes.models import State, WorkNode
from notifications import channels, claims, delivery, reminders
from notifications.models import Notification, ReminderScan
from tests import builders
from tests.builders import submit_evidence, work_node
from tests.mornings import DUE, a_busy_morning, a_morning, later, mails, many_divisions, states
from tests.post_office import closed_port, text


def test_what_another_worker_is_sending_is_left_to_it(office, post_office):
    a_morning(office, 1)
    assert delivery.claim_due() is not None
    assert delivery.claim_due() is None
    assert delivery.sweep() == 0


def test_what_a_worker_left_behind_is_taken_over_when_its_lease_ends(office, post_office):
    a_morning(office, 1)
    delivery.claim_due()
    _lease_ends()
    assert delivery.sweep() == 1
    (row,) = mails()
    assert (row.state, row.attempts) == ("sent", 1)  # the dead had not begun with it


def test_a_worker_that_comes_back_too_late_sends_nothing(office, post_office):
    a_morning(office, 1)
    slow = delivery.claim_due()
    _lease_ends()
    assert delivery.sweep() == 1
    assert delivery.send(slow) == 0
    assert post_office.received() == {"xinwen1": 1}
    assert states() == {"sent": 1}


def test_a_worker_too_late_to_fail_spoils_nothing(office, post_office, settings):
    a_morning(office, 1)
    slow = delivery.claim_due()
    _lease_ends()
    delivery.sweep()
    settings.EMAIL_PORT = closed_port()
    delivery.send(slow)
    assert states() == {"sent": 1}


def test_a_long_batch_renews_its_lease_before_each_letter(office, post_office):
    a_morning(office, 1)
    claim = delivery.claim_due()
    _lease_ends()
    # Nobody took over: it is still ours, and from now on for a whole lease again.
    (rows,) = claim.messages()
    assert claim.begin(rows)
    assert delivery.claim_due() is None


def test_what_was_taken_over_meanwhile_is_not_sent_from_memory(office, post_office):
    a_morning(office, 1)
    slow = delivery.claim_due()
    (rows,) = slow.messages()
    _lease_ends()
    assert delivery.claim_due() is not None
    assert not slow.begin(rows)


def test_a_letter_that_kills_every_worker_is_given_up_in_the_end_and_takes_no_other_along(db, post_office):
    a_busy_morning(3)
    poison = mails(recipient__username="u0")
    for _worker in range(delivery.DEATHS):
        claim = delivery.claim_due()
        assert claim.begin(list(poison))  # … and is killed
        _lease_ends()
    assert delivery.sweep() == 2
    assert post_office.received() == {"u1": 1, "u2": 1}
    assert states() == {"dead": 1, "sent": 2}
    assert poison.get().last_error == "cut short every attempt was cut short"


def test_the_repeat_after_a_crash_can_be_told_although_it_says_less(office, post_office, monkeypatch):
    a_morning(office, 1, 2, state=State.IN_PROGRESS)
    with monkeypatch.context() as crash:
        crash.setattr(delivery, "record", lambda *_facts: sys.exit("killed"))
        with pytest.raises(SystemExit):
            delivery.sweep()
    submit_evidence(WorkNode.objects.get(number=1), on=DUE)
    _lease_ends()
    assert delivery.sweep() == 1
    first, again = post_office.letters
    assert ("节点 1“" in text(first), "节点 1“" in text(again)) == (True, False)
    assert first["Message-ID"] == again["Message-ID"] == mails(state="sent").get().message_id


def test_a_later_message_of_the_same_batch_is_another(office, post_office):
    a_morning(office, 1)
    delivery.sweep()
    work_node(office, 2, deadline=DUE)
    ReminderScan.objects.all().delete()
    reminders.scan(office, DUE)
    later()
    assert delivery.sweep() == 1
    first, second = post_office.letters
    assert first["Message-ID"] != second["Message-ID"]


def test_a_server_that_never_answers_is_left_within_the_lease(office, post_office, monkeypatch, settings):
    assert channels.email.LONGEST * 1.2 < claims.LEASE_SECONDS
    monkeypatch.setattr(channels.email, "LONGEST", 0.5)
    settings.EMAIL_TIMEOUT = 60
    a_morning(office, 1)
    post_office.gate.clear()
    begun = time.monotonic()
    try:
        assert delivery.sweep() == 0
    finally:
        post_office.gate.set()
    assert time.monotonic() - begun < 10
    assert states() == {"pending": 1}
    later()
    assert delivery.sweep() == 1, "over a new line"


def test_others_do_not_wait_behind_a_letter_that_killed_its_worker(db, post_office):
    a_busy_morning(3)
    claim = delivery.claim_due()
    first = next(claim.messages())
    claim.begin(first)
    _lease_ends()
    assert delivery.sweep() == 3
    assert post_office.letters[-1]["To"] == first[0].recipient.email


def test_a_database_that_fails_while_a_letter_is_written_costs_no_letter(office, post_office, monkeypatch):
    a_morning(office, 7)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "compose", _without_a_database)
        with pytest.raises(OperationalError):
            delivery.sweep()
    assert states() == {"sending": 1}
    _lease_ends()
    assert delivery.sweep() == 1
    assert states() == {"sent": 1}


def _without_a_database(*_told: object) -> None:
    raise OperationalError("the connection is lost")


def _lease_ends() -> None:
    mails(state="sending").update(lease_until=timezone.now() - timedelta(days=1))


def test_many_sweepers_at_once_send_each_message_once_and_whole(transactional_db, post_office):
    office = builders.office(**many_divisions(12))
    for n in range(48):
        work_node(office, n + 1, deadline=DUE, lead_division=f"第{n % 12}处")
    reminders.scan(office, DUE)
    assert sum(at_once(*[delivery.sweep] * 4)) == 12
    assert post_office.received() == {f"u{n}": 1 for n in range(12)}
    assert all(text(letter).count("/a/") == 4 for letter in post_office.letters)
    assert states() == {"sent": 48}


def test_many_doorbells_for_one_digest_send_it_once_and_whole(transactional_db, post_office):
    a_morning(builders.office(), *range(1, 9))
    ids = list(mails().values_list("id", flat=True))
    assert sum(at_once(*(partial(delivery.attempt, [pk]) for pk in ids[:4]))) == 1
    (letter,) = post_office.letters
    assert text(letter).count("/a/") == 8


def test_a_long_digest_is_never_torn(transactional_db):
    a_morning(builders.office(), 1)
    facts = mails().values().get()
    more = (Notification(**facts | {"id": None, "dedup_key": f"another {n}"}) for n in range(1999))
    Notification.objects.bulk_create(more)
    for _round in range(10):
        claims = at_once(*[delivery.claim_due] * 4)
        assert [len(claim.ids) for claim in claims if claim] == [2000]
        mails().update(state="pending", claim_token=None)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returns, all begun at the same moment, each on a connection of its own."""
    together = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        together.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))
