"""Workers killed at any moment: no message is lost, and none repeated more often than somebody died."""

from __future__ import annotations

import os
import random
import signal
from contextlib import suppress
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from notifications import claims, delivery, doorbell, reminders
from notifications.models import Attempt
from tests import builders
from tests.builders import work_node
from tests.faults.reconciling import reconcile, wait_until_settled
from tests.faults.stack import Process, Stack, wait_for, wait_until_ready
from tests.mornings import DUE, a_busy_morning, mails, states
from tests.organisation import DIVISION, OTHER_DIVISION

KILLS = 5


def the_leases_of_the_dead_end() -> None:
    """What takes 80 seconds, now; for moments at which none of the living is sending."""
    mails(state="sending").update(lease_until=Now())


def test_what_the_dead_held_is_taken_up_within_two_minutes():
    """By any later sweep; beat starts one every half minute."""
    sweeps = settings.CELERY_BEAT_SCHEDULE["sweep-notifications"]["schedule"]
    assert claims.LEASE_SECONDS + sweeps <= 120


def test_a_worker_killed_in_mid_letter_loses_none_and_repeats_one_at_most(stack, post_office):
    office = builders.office()
    for number, division in enumerate((DIVISION, OTHER_DIVISION), 1):
        work_node(office, number, deadline=DUE, lead_division=division)
        work_node(office, number + 2, deadline=date(2021, 5, 7), lead_division=division)
    post_office.gate.clear()
    first = stack.start_worker()
    wait_until_ready(first)
    with transaction.atomic():
        for day in (DUE, date(2021, 5, 11)):
            reminders.scan(office, day)
    messages = mails().values("recipient", "batch").distinct().count()
    assert messages > 4
    wait_for(lambda: post_office.letters)

    first.kill()
    held = post_office.letters[0]["Message-ID"]
    post_office.gate.set()
    second = stack.start_worker()
    wait_until_ready(second)
    doorbell.ring_sweep()
    wait_for(lambda: second.said("notifications.sweep.* succeeded"))
    assert len(post_office.letters) == 1, "the lease of the dead is still running"

    the_leases_of_the_dead_end()
    doorbell.ring_sweep()
    wait_until_settled()
    found = reconcile(post_office, crashes=1)
    assert (found.arrived, found.repeats) == (messages, 1)
    assert [letter["Message-ID"] for letter in post_office.letters].count(held) == 2


def test_five_kills_over_two_hundred_reminders_lose_none_and_repeat_five_at_most(stack, post_office):
    chance = random.Random(seed := random.randrange(2**32))
    print(f"the kills are those of the seed {seed}")
    stack.environment["CONSTANTS"] = "notifications.claims.MESSAGES_A_CLAIM=8"
    living = [stack.start_worker() for _ in range(2)]
    stack.start_beat()
    wait_until_ready(*living)
    # A killed worker leaves at most a claim behind until its lease ends: of 200, that many keep moving.
    moments = sorted(chance.sample(range(200 - KILLS * 8), KILLS))

    a_busy_morning(200)
    for moment in moments:
        wait_for(lambda moment=moment: len(post_office.letters) > moment)
        _kill_one(living, stack, chance)
    wait_for(lambda: not mails(state="pending").exists())
    _wait_for_a_sweep_more(living)
    the_leases_of_the_dead_end()
    wait_until_settled()
    assert reconcile(post_office, crashes=KILLS).arrived == 200
    assert set(mails().values_list("recipient__username", flat=True)) == {f"u{n}" for n in range(200)}


def _kill_one(living: list[Process], stack: Stack, chance: random.Random) -> None:
    """A worker as a whole, which another one replaces, or the process in it that does the task."""
    victim = chance.choice(living)
    if (children := victim.children()) and chance.random() < 0.5:
        with suppress(ProcessLookupError):
            os.kill(children[0], signal.SIGKILL)
    else:
        victim.kill()
        living[living.index(victim)] = stack.start_worker()


def _wait_for_a_sweep_more(living: list[Process]) -> None:
    """A worker does one task after the other: what it was sending before is over after that."""
    done = {worker: worker.said(r"notifications.sweep\[.* succeeded") for worker in living}
    wait_for(
        lambda: all(
            worker.said(r"notifications.sweep\[.* succeeded") > before for worker, before in done.items()
        )
    )


def test_a_letter_that_kills_its_workers_is_given_up_and_all_others_go_out(stack, post_office, monkeypatch):
    workers: list[Process] = []

    async def deadly(server, session, envelope, address, options) -> str:
        if address.startswith("u1@"):
            workers[-1].signal(signal.SIGKILL)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    monkeypatch.setattr(post_office, "handle_RCPT", deadly)
    a_busy_morning(4)
    for _death in range(delivery.DEATHS):
        workers.append(stack.start_worker())
        doorbell.ring_sweep()
        workers[-1].wait()
        the_leases_of_the_dead_end()
    workers.append(stack.start_worker())
    doorbell.ring_sweep()
    wait_until_settled()

    assert states() == {"sent": 3, "dead": 1}
    (given_up,) = reconcile(post_office).given_up
    assert given_up.rows[0].recipient.username == "u1"
    assert given_up.rows[0].last_error == "cut short every attempt was cut short"
    assert Attempt.objects.get(batch=given_up.batch).vendor_code == "cut short"
