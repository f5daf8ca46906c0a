"""Delivery to a real mail server: one digest a person and day, every failure by its kind, nothing twice."""

from __future__ import annotations

import smtplib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from nodes.models import State
from notifications import delivery, recording, reminders
from notifications.channels.email import is_final
from notifications.channels.protocol import Outcome
from notifications.models import Attempt, ChannelKind, Hold, Notification
from tests import builders
from tests.builders import file_deferral, submit_evidence, work_node
from tests.mornings import DUE, a_busy_morning, a_morning, later, mails, pauses_end, states
from tests.organisation import OTHER_DIVISION
from tests.post_office import closed_port, text
from workflow.models import User

BASE = "http://jiedian.example"


# What arrives


def test_a_persons_reminders_of_a_day_arrive_as_one_mail(office, post_office):
    work_node(office, 7, deadline=DUE, title="举办友城论坛")
    work_node(office, 9, deadline=date(2021, 5, 11), title="编印外事年鉴")
    reminders.scan(office, DUE)
    assert delivery.sweep() == 1
    (letter,) = post_office.letters
    assert letter["To"] == "xinwen1@waiban.example"
    assert letter["Subject"].startswith("[省外办] ")
    for title, number in (("举办友城论坛", 7), ("编印外事年鉴", 9)):
        assert title in text(letter)
        assert f"节点 {number}“" in text(letter)
    assert text(letter).count(f"{BASE}/a/") == 2
    assert "新闻文化处经办人" in text(letter)
    assert states() == {"sent": 2}


def test_the_mail_is_in_the_readers_language_whoever_sends_it(office, post_office):
    work_node(office, 7, deadline=DUE)
    call_command("send_reminders", "--on", DUE.isoformat(), stdout=StringIO())
    from_the_command = text(post_office.letters[0])
    mails().update(state="pending")
    delivery.sweep()
    assert from_the_command == text(post_office.letters[1])


def test_a_letter_says_what_is_true_when_it_is_written(office, post_office):
    a_morning(office, 7)  # years ago
    delivery.sweep()
    assert "已超期" in text(post_office.letters[0])


def test_a_mail_about_one_node_names_it_in_the_subject(office, post_office):
    a_morning(office, 7, title="举办友城论坛")
    delivery.sweep()
    (letter,) = post_office.letters
    assert "举办友城论坛" in letter["Subject"]
    assert letter["Auto-Submitted"] == "auto-generated"


def test_a_long_title_does_not_break_the_mail(office, post_office):
    a_morning(office, 7, title="推进" * 150)
    delivery.sweep()
    (letter,) = post_office.letters
    assert "推进" * 150 in text(letter).replace("\n", "")
    assert states() == {"sent": 1}


def test_an_office_may_want_each_reminder_by_itself(db, post_office):
    office = builders.office(reminder_policy={"digest": False})
    a_morning(office, 1, 2, 3)
    assert delivery.sweep() == 3
    assert post_office.received() == {"xinwen1": 3}


def test_two_days_are_two_mails_and_two_people_are_two_mails(office, post_office):
    work_node(office, 1, deadline=DUE)
    work_node(office, 2, deadline=DUE, lead_division=OTHER_DIVISION)
    work_node(office, 3, deadline=date(2021, 5, 11))
    for day in (DUE, date(2021, 5, 11)):
        reminders.scan(office, day)
    # The 11th: node 3 is due, and node 1 is overdue, which its head hears.
    delivery.sweep()
    assert post_office.received() == {"xinwen1": 2, "mishu1": 1, "xinwen0": 1, "mishu0": 1}


def test_a_sign_off_is_asked_for_at_once_and_by_itself(transactional_db, post_office):
    office = builders.office(reminder_policy={"quiet_hours": None})
    file_deferral(work_node(office, 7, state=State.IN_PROGRESS), on=timezone.now())
    ids = list(mails().values_list("id", flat=True))
    assert delivery.attempt(ids) == 1
    assert post_office.received() == {"fuzhuren2": 1}
    assert f"{BASE}/a/" in text(post_office.letters[0])


def test_news_of_the_day_waits_for_the_next_digest(office, post_office):
    for number in (7, 9):
        submit_evidence(work_node(office, number, state=State.IN_PROGRESS), on=timezone.now())
    assert delivery.sweep() == 0
    assert set(mails(due_at__gt=timezone.now()).values_list("state", flat=True)) == {"pending"}
    later()
    assert delivery.sweep() == 2
    assert post_office.received() == {"jixiao1": 1, "jixiao2": 1}


def test_what_may_not_go_out_yet_stays(office, post_office):
    a_morning(office, 1)
    mails().update(due_at=timezone.now() + timedelta(hours=1))
    assert delivery.sweep() == 0
    assert delivery.attempt(list(mails().values_list("id", flat=True))) == 0
    assert post_office.letters == []


def test_a_claims_letters_go_over_one_connection(transactional_db, post_office, monkeypatch):
    monkeypatch.setattr("notifications.claims.MESSAGES_A_CLAIM", 50)
    a_busy_morning(60)
    assert delivery.sweep() == 60
    assert set(post_office.received().values()) == {1}
    assert post_office.calls == 2


def test_nothing_to_send_calls_nobody(db, post_office):
    assert delivery.sweep() == 0
    assert post_office.calls == 0


# The same message has the same number


def test_a_repeat_has_the_same_message_id(office, post_office):
    a_morning(office, 1, 2)
    delivery.sweep()
    mails().update(state="pending")
    delivery.sweep()
    first, again = (letter["Message-ID"] for letter in post_office.letters)
    assert first == again == mails().first().message_id


def test_no_two_messages_share_one(db, post_office):
    office = a_busy_morning(5)
    reminders.scan(office, date(2021, 5, 13))
    delivery.sweep()
    assert len({letter["Message-ID"] for letter in post_office.letters}) == len(post_office.letters) == 10


# What the mail server refuses


def test_an_address_that_does_not_exist_is_given_up_with_the_reason(office, post_office):
    a_morning(office, 1)
    post_office.answers["xinwen1@waiban.example"] = "550 no such person here"
    assert delivery.sweep() == 0
    (row,) = mails()
    assert (row.state, row.attempts) == ("dead", 1)
    assert "no such person here" in row.last_error


def test_a_full_mailbox_is_tried_again(office, post_office):
    a_morning(office, 1)
    post_office.answers["xinwen1@waiban.example"] = "452 mailbox full"
    delivery.sweep()
    (row,) = mails()
    assert (row.state, row.attempts) == ("pending", 1)
    assert "mailbox full" in row.last_error
    assert row.due_at > timezone.now()

    post_office.answers.clear()
    later()
    assert delivery.sweep() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("sent", 2, "")


@pytest.mark.parametrize("answer", ["550 no such person", "452 mailbox full"])
def test_one_refused_letter_keeps_no_other_from_going(db, post_office, answer):
    a_busy_morning(5)
    post_office.answers["u2@waiban.example"] = answer
    assert delivery.sweep() == 4
    assert post_office.received() == {"u0": 1, "u1": 1, "u3": 1, "u4": 1}


def test_a_server_that_hangs_up_in_between_is_called_again(db, post_office):
    a_busy_morning(6)
    post_office.letters_a_call = 2
    delivery.sweep()
    assert states()["sent"] == 4
    later()
    delivery.sweep()
    assert post_office.received() == {f"u{n}": 1 for n in range(6)}


def test_a_server_that_goes_away_in_between_is_not_called_for_every_letter(db, post_office, settings):
    a_busy_morning(6)
    post_office.letters_a_call = 2
    post_office.calls_answered = 1
    assert delivery.sweep() == 2
    assert post_office.calls == 2, "once when the first hung up, and not again"
    assert states() == {"sent": 2, "pending": 4}


def test_a_server_that_is_away_costs_no_attempt_and_loses_nothing(db, post_office, settings):
    a_busy_morning(3)
    settings.EMAIL_PORT = closed_port()
    assert delivery.sweep() == 0
    assert states() == {"pending": 3}
    assert set(mails().values_list("attempts", flat=True)) == {0}
    assert "refused" in Hold.objects.get().said

    settings.EMAIL_PORT = post_office.port
    later()
    assert delivery.sweep() == 3


def test_days_on_which_nobody_tried_are_not_held_against_a_message(office, post_office, settings):
    a_morning(office, 7)
    mails().update(created_at=timezone.now() - timedelta(days=7))
    settings.EMAIL_PORT = closed_port()
    assert delivery.sweep() == 0
    assert states() == {"pending": 1}
    Attempt.objects.update(began_at=timezone.now() - timedelta(days=4))
    later()
    delivery.sweep()
    assert states() == {"dead": 1}, "after three days of trying"


def test_what_waited_for_its_server_goes_out_in_the_order_in_which_it_was_due(db, post_office, settings):
    a_busy_morning(4)
    for hours, name in enumerate(("u2", "u0", "u3", "u1")):
        mails(recipient__username=name).update(due_at=timezone.now() - timedelta(hours=9 - hours))
    with override_settings(EMAIL_PORT=closed_port()):
        delivery.sweep()
    assert delivery.sweep() == 0
    assert Hold.objects.get().until < timezone.now() + timedelta(seconds=60)
    pauses_end()
    assert delivery.sweep() == 4
    assert [letter["To"].partition("@")[0] for letter in post_office.letters] == ["u2", "u0", "u3", "u1"]


def test_a_letter_that_cannot_be_written_is_given_up_and_keeps_no_other_from_going(db, post_office):
    a_busy_morning(4)
    User.objects.filter(username="u1").update(email="u1@waiban.example\nBcc: all@waiban.example")
    assert delivery.sweep() == 3
    assert post_office.received() == {"u0": 1, "u2": 1, "u3": 1}
    dead = mails().get(recipient__username="u1")
    assert dead.state == "dead"
    assert dead.last_error


def test_the_pause_grows_with_every_attempt_up_to_an_hour():
    for attempts, seconds in enumerate((30, 60, 120, 240, 480, 960, 1920, 3600, 3600), 1):
        pauses = [_pause(attempts, Outcome.transient(451, "try later")) for _ in range(20)]
        assert all(seconds * 0.8 <= pause <= seconds * 1.2 for pause in pauses)
        assert len(set(pauses)) > 1, "no two workers should come back at the same moment"


def _pause(attempts: int, outcome: Outcome) -> float:
    now = timezone.now()
    one = recording.Try([Notification(attempts=attempts)], None, outcome, now, now)
    return (recording.next_attempt(one) - now).total_seconds()


def test_what_is_refused_for_a_day_is_given_up_and_may_be_tried_anew_by_hand(office, post_office):
    a_morning(office, 1, 2)
    post_office.answers["xinwen1@waiban.example"] = "451 try later"
    for _attempt in range(12):
        delivery.sweep()
        later()
        assert states() == {"pending": 2}
    mails().update(created_at=timezone.now() - timedelta(hours=25))
    delivery.sweep()
    assert states() == {"dead": 2}
    assert delivery.sweep() == 0

    assert retry_notifications() == '{"retried": 2}\n'
    delivery.sweep()
    assert states() == {"pending": 2}, "one more refusal is not the end of the new round"
    post_office.answers.clear()
    later()
    assert delivery.sweep() == 1
    assert post_office.received() == {"xinwen1": 1}


def test_a_server_that_takes_nothing_of_ours_is_waited_for_by_all(db, post_office):
    a_busy_morning(4)
    post_office.letters_a_call, post_office.too_many = 0, "452 out of space"
    assert delivery.sweep() == 0
    assert post_office.calls == 1, "nobody insists"
    assert states() == {"pending": 4}
    assert set(mails().values_list("attempts", flat=True)) == {0}


def test_who_has_no_address_any_more_is_not_said_to_have_been_told(office, post_office):
    a_morning(office, 1)
    User.objects.filter(username="xinwen1").update(email="")
    assert delivery.sweep() == 0
    assert states() == {"dead": 1}


def test_only_what_was_given_up_can_be_tried_anew(office, post_office):
    a_morning(office, 1)
    delivery.sweep()
    assert delivery.retry(mails()) == 0
    assert states() == {"sent": 1}


def test_one_office_may_be_tried_anew(office, post_office):
    abroad = builders.office("gd-fao")
    for one in (office, abroad):
        a_morning(one, 1)
    mails().update(state="dead", last_error="550 no such person")
    assert retry_notifications("--office", "gd-fao") == '{"retried": 1}\n'
    again = mails(state="pending").get()
    assert (again.office, again.last_error) == (abroad, "")


def retry_notifications(*options: str) -> str:
    out = StringIO()
    call_command("retry_notifications", *options, stdout=out)
    return out.getvalue()


def test_what_a_person_is_told_in_the_system_never_goes_by_mail(office, post_office):
    a_morning(office, 1)
    inbox = Notification.objects.get(channel=ChannelKind.IN_APP)
    assert delivery.attempt([inbox.pk]) == 0
    assert post_office.letters == []


# The words of errors


@pytest.mark.parametrize(
    ("error", "final"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), True),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"busy")}), False),
        (smtplib.SMTPDataError(554, b"spam"), True),
        (smtplib.SMTPDataError(451, b"busy"), False),
        (smtplib.SMTPSenderRefused(552, b"too big", "a"), True),
        (smtplib.SMTPSenderRefused(421, b"bye", "a"), False),
        (smtplib.SMTPAuthenticationError(535, b"password"), False),
        (smtplib.SMTPConnectError(554, b"go away"), False),
        (smtplib.SMTPHeloError(550, b"who?"), False),
        (smtplib.SMTPServerDisconnected("gone"), False),
        (ValueError("no address"), True),
        (KeyError("before"), False),
        (ConnectionRefusedError(111, "refused"), False),
        (TimeoutError("slow"), False),
    ],
)
def test_which_refusals_are_final(error, final):
    assert is_final(error) is final
