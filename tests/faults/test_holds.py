"""A place that is down, or asks to be left alone, is: one small fact says so, whatever waits for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone
from redis import Redis

from nodes.models import State
from notifications import delivery, doorbell, rates, reminders
from notifications.channels.protocol import Outcome
from notifications.claims import claim_due
from notifications.models import Attempt, Channel, Hold, Notification
from notifications.recording import GROWS, GROWTH, PAUSE, hold
from notifications.testing_channels import send_test
from tests.builders import person, submit_evidence, work_node
from tests.faults.reconciling import reconcile
from tests.faults.robots import an_office_with_nodes_due, robot, settled, states_of, without_mail
from tests.faults.stack import wait_for, wait_until_ready
from tests.mornings import DUE, a_busy_morning, mails, pauses_end, states
from tests.post_office import HOST, PostOffice, closed_port
from tests.vendors import Answer
from workflow.models import Office

DOWN = Outcome.transient("connect", "refused", down=True)
SWEEP = 30  # how often the beat asks for one, in seconds
MANY = 30


@pytest.fixture
def down(db, mail_from_here, settings) -> PostOffice:
    """The mail server, for which thirty letters wait; it is down, and somebody found out."""
    reminders.scan(an_office_with_nodes_due(MANY), DUE)
    settings.EMAIL_PORT = closed_port()
    assert delivery.sweep() == 0
    return mail_from_here


def comes_back(post_office: PostOffice, settings) -> None:
    settings.EMAIL_PORT = post_office.port


def rows_written(act: Callable[[], object]) -> int:
    """How many rows of the ledger `act` writes."""

    def so_far() -> int:
        with connection.cursor() as cursor:
            table = "notifications_notification"
            written = "SELECT n_tup_ins + n_tup_upd FROM pg_stat_xact_user_tables WHERE relname = %s"
            cursor.execute(written, [table])
            return int(cursor.fetchone()[0])

    before = so_far()
    act()
    return so_far() - before


# One fact


def test_a_hold_is_one_row_however_many_wait(down):
    assert Hold.objects.count() == 1
    assert rows_written(delivery.sweep) == 0, "nobody touches what waits"
    pauses_end()
    assert rows_written(delivery.sweep) == 3, "the one that goes to see is claimed, begun and recorded"
    pauses_end()
    claim = claim_due()
    assert rows_written(lambda: hold(claim, mails().first(), DOWN)) == len(claim.ids) == 1
    assert (states(), Hold.objects.count()) == ({"pending": MANY}, 1)


def test_what_becomes_due_meanwhile_waits_as_well(down, settings):
    comes_back(down, settings)
    office = Office.objects.get()
    work_node(office, MANY + 1, deadline=DUE)
    reminders.scan(office, DUE)
    newest = mails().last()
    assert delivery.attempt([newest.pk]) == 0
    assert down.calls == 0
    pauses_end()
    assert delivery.attempt([newest.pk]) == 1


def test_other_channels_and_other_offices_do_not_wait(db, mail_from_here, vendors):
    office, other = (an_office_with_nodes_due(2, code) for code in ("jx-fao", "gd-fao"))
    silent = robot(office, vendors, "wecom_robot", 1)
    Channel.objects.update(name="一号群")
    same = robot(office, vendors, "wecom_robot", 1)
    robot(office, vendors, "dingtalk_robot", 2)
    robot(other, vendors, "wecom_robot", 3)
    hold(None, Notification(via=silent), Outcome.retry_after(600))
    for one in (office, other):
        reminders.scan(one, DUE)
    delivery.sweep()
    waiting = Notification.objects.filter(state="pending")
    assert set(waiting.values_list("via", flat=True)) == {silent.pk, same.pk}, "one address is one place"

    Channel.objects.filter(pk=silent.pk).update(settings=silent.settings | {"mark": "another address"})
    assert delivery.sweep() == 2, "it leads somewhere else now"
    assert not waiting.exclude(via=same).exists()


# The pause


def test_pauses_grow_and_what_is_back_is_noticed_within_two_minutes(down):
    pauses = []
    for _try in range(GROWS + 2):
        pauses.append((Hold.objects.get().until - timezone.now()).total_seconds())
        pauses_end()
        delivery.sweep()
    assert pauses[0] < pauses[1] < pauses[2]
    assert min(pauses) > 0.9 * PAUSE
    assert max(pauses) <= 1.1 * (PAUSE + GROWS * GROWTH) < 120 - SWEEP
    assert Attempt.objects.count() == GROWS + 3
    assert set(mails().values_list("attempts", flat=True)) == {0}


def test_of_two_who_find_out_at_once_the_longer_pause_counts(db, mail_from_here, monkeypatch):
    monkeypatch.setattr("notifications.claims.MESSAGES_A_CLAIM", 2)
    reminders.scan(an_office_with_nodes_due(6), DUE)
    first, second = claim_due(), claim_due()
    hold(first, mails().first(), Outcome.retry_after(600, "421", "too many"))
    hold(second, mails().last(), DOWN)
    found = Hold.objects.get()
    assert (found.until - timezone.now()).total_seconds() > 590
    assert (found.said, found.tries) == ("too many", 0)
    assert states() == {"pending": 6}
    assert claim_due() is None


def test_who_has_messages_in_hand_keeps_to_the_pause_that_another_was_asked_for(
    db, mail_from_here, vendors, monkeypatch
):
    office = an_office_with_nodes_due(4)
    without_mail(office)
    channel = robot(office, vendors, "feishu_robot", 1)
    reminders.scan(office, DUE)
    monkeypatch.setattr("notifications.claims.MESSAGES_A_CLAIM", 2)
    one, another = claim_due(), claim_due()
    hold(one, Notification(via=channel), Outcome.retry_after(600, "11232", "frequency limited"))
    assert delivery.send(another) == 0
    assert vendors.arrivals == []
    assert Hold.objects.get().code == "11232", "why, is not forgotten over it"
    assert states_of("feishu_robot") == {"pending": 4}


def test_a_robot_that_asked_a_test_to_wait_is_left_alone_by_all(db, vendors):
    office = an_office_with_nodes_due(2)
    without_mail(office)
    channel = robot(office, vendors, "dingtalk_robot", 1)
    vendors.troubles["dingtalk"] = Answer({"errcode": 130101, "errmsg": "send too fast"})
    send_test(actor=person("admin"), office=office, channel_id=channel.pk, once="1")
    vendors.troubles.clear()
    reminders.scan(office, DUE)
    assert delivery.sweep() == 0
    assert rates.wait_for(channel) > 590
    pauses_end()
    send_test(actor=person("admin"), office=office, channel_id=channel.pk, once="2")
    assert not Hold.objects.exists(), "it works"
    assert delivery.sweep() == 2


def test_a_flushed_redis_does_not_forget_what_a_vendor_asked_for(stack, post_office, vendors):
    office = an_office_with_nodes_due(3)
    robot(office, vendors, "dingtalk_robot", 1)
    vendors.troubles["dingtalk"] = Answer({"errcode": 130101, "errmsg": "send too fast"})
    worker = stack.start_worker(**vendors.environment)
    wait_until_ready(worker)
    reminders.scan(office, DUE)
    wait_for(lambda: Hold.objects.exists() and states() == {"sent": 3})
    vendors.troubles.clear()

    Redis(HOST, stack.redis_port).flushall()
    work_node(office, 4, deadline=DUE)
    reminders.scan(office, DUE)
    doorbell.ring_sweep()
    wait_for(lambda: states() == {"sent": 4})
    doorbell.ring_sweep()  # and once more for what is left
    _sweeps_end(worker)
    assert len(vendors.of("dingtalk")) == 1, "nobody insists, neither with the old nor with the new"
    assert states_of("dingtalk_robot") == {"pending": 4}

    pauses_end()
    doorbell.ring_sweep()
    wait_for(settled)
    assert reconcile(post_office, vendors).arrived == 8


def _sweeps_end(worker) -> None:
    done = worker.said(r"notifications.sweep\[.* succeeded")
    doorbell.ring_sweep()
    wait_for(lambda: worker.said(r"notifications.sweep\[.* succeeded") > done)


# One goes to see


def test_after_the_pause_one_message_of_one_worker_goes_to_see(transactional_db, mail_from_here, settings):
    a_busy_morning(8)
    settings.EMAIL_PORT = closed_port()
    delivery.sweep()
    pauses_end()
    for _round in range(10):
        (claim,) = filter(None, _at_once(claim_due, 4))
        assert len(claim.ids) == 1
        assert claim_due() is None, "as long as that one is on its way"
        claim.release()

    claim = claim_due()
    assert delivery.send(claim) == 0
    assert claim_due() is None, "it is not back, and rests again"
    pauses_end()
    comes_back(mail_from_here, settings)
    assert sum(_at_once(delivery.sweep, 4)) + delivery.sweep() == 8
    assert reconcile(mail_from_here).repeats == 0
    assert not Hold.objects.exists()


def test_one_whose_worker_is_killed_on_the_way_keeps_the_place_shut_no_longer_than_its_lease(down, settings):
    pauses_end()
    comes_back(down, settings)
    killed = claim_due()
    (rows,) = killed.messages()
    assert killed.begin(rows)
    assert delivery.sweep() == 0
    Notification.objects.filter(pk__in=killed.ids).update(lease_until=timezone.now() - timedelta(days=1))
    assert delivery.sweep() == MANY
    first = down.letters[0]["Message-ID"]
    assert first != mails(pk__in=killed.ids).get().message_id, "another goes first: it may be what kills"


def test_a_worker_that_is_killed_right_after_the_hold_leaves_nothing_behind(
    db, mail_from_here, settings, monkeypatch
):
    reminders.scan(an_office_with_nodes_due(MANY), DUE)
    settings.EMAIL_PORT = closed_port()
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "hold", lambda *facts: (hold(*facts), sys.exit("killed")))
        with pytest.raises(SystemExit):
            delivery.sweep()
    assert set(mails().values_list("state", "claim_token", "lease_until")) == {("pending", None, None)}
    comes_back(mail_from_here, settings)
    assert delivery.sweep() == 0
    pauses_end()
    assert delivery.sweep() == MANY


def test_one_that_is_overtaken_on_the_way_lets_the_next_one_go(db, mail_from_here, settings):
    office = an_office_with_nodes_due(0)
    nodes = [work_node(office, number, deadline=DUE, state=State.IN_PROGRESS) for number in (1, 2)]
    reminders.scan(office, DUE)
    settings.EMAIL_PORT = closed_port()
    delivery.sweep()
    pauses_end()
    comes_back(mail_from_here, settings)
    claim = claim_due()
    (row,) = mails(pk__in=claim.ids)
    submit_evidence(next(node for node in nodes if node.pk == row.node_id), on=DUE)
    assert delivery.send(claim) == 0
    assert delivery.sweep() == 1
    assert mails(pk=row.pk).get().state == "lapsed"


def test_a_refusal_for_a_reader_is_an_answer_too(down, settings):
    pauses_end()
    comes_back(down, settings)
    down.answers["xinwen1@waiban.example"] = "550 no such person here"
    assert delivery.sweep() == 0
    assert states() == {"dead": MANY}
    assert not Hold.objects.exists()


def _at_once(act: Callable[[], object], times: int) -> list:
    """What each of so many who do the same at the same moment gets."""
    together = Barrier(times)

    def one(_number: int) -> object:
        connection.ensure_connection()
        together.wait(10)
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
