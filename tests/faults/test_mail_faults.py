"""A mail server that refuses, is away, hangs up or cannot be trusted: nobody's reminder is lost over it."""

from __future__ import annotations

import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import delivery, doorbell
from notifications.models import Attempt, Hold
from tests.faults.certificates import server_with_certificate
from tests.faults.reconciling import reconcile
from tests.faults.robots import told_of
from tests.faults.stack import wait_for, wait_until_ready
from tests.mornings import a_busy_morning, later, mails, states
from tests.post_office import HOST, PostOffice, open_post_office


def each_tried() -> bool:
    """Whether every message was tried, and nobody is at one."""
    return not mails(attempts=0).exists() and not mails(state="sending").exists()


def last_advice() -> tuple[str, str]:
    """What an administrator reads about the newest failure: why, and what to do."""
    return told_of(Attempt.objects.exclude(result="ok").latest("pk"))


def test_through_an_outage_greylisting_and_a_dead_mailbox_all_others_get_their_mail(stack, post_office):
    worker = stack.start_worker()
    post_office.shut()
    a_busy_morning(8)
    wait_until_ready(worker)
    doorbell.ring_sweep()
    wait_for(lambda: Hold.objects.filter(said__contains="refused").exists())
    assert set(mails().values_list("state", "attempts")) == {("pending", 0)}, (
        "the server's trouble, not theirs"
    )
    assert Attempt.objects.count() == 1, "nobody insists"
    assert not Hold.objects.filter(until__gt=timezone.now() + timedelta(seconds=60)).exists()

    post_office.greylisting = "451 4.7.1 Greylisting in action, please come back later"
    post_office.answers["u2@waiban.example"] = "550 5.1.1 no such user here"
    post_office.reopen()
    later()
    doorbell.ring_sweep()
    wait_for(each_tried)
    assert states() == {"pending": 7, "dead": 1}
    assert post_office.letters == []

    later()
    doorbell.ring_sweep()
    wait_for(lambda: not mails(state__in=["pending", "sending"]).exists())
    found = reconcile(post_office)
    assert (found.arrived, found.repeats) == (7, 0)
    (dead,) = found.given_up
    assert dead.rows[0].recipient.username == "u2"
    refused = Attempt.objects.get(result="permanent")
    assert refused.vendor_message.endswith("no such user here")
    assert "信箱不存在" in told_of(refused)[0]


OURS = {
    "553 5.1.8 Mail from must equal authorized user": "发件人地址",
    "550 5.7.60 client does not have permissions to send as this sender": "发件人地址",
    "530 5.7.0 Authentication required": "登录",
}


def test_what_a_server_has_against_us_costs_no_letter_anything(db, mail_from_here, settings):
    post_office: PostOffice = mail_from_here
    a_busy_morning(4)

    def stands_still(word: str, todo: str = "运维") -> None:
        attempts = Attempt.objects.count()
        assert delivery.sweep() == 0
        assert set(mails().values_list("state", "attempts")) == {("pending", 0)}
        assert Attempt.objects.count() == attempts + 1, "nobody insists"
        why, what_to_do = last_advice()
        assert word in why
        assert todo in what_to_do
        later()

    for answer, word in OURS.items():
        post_office.about_us = answer
        stands_still(word)
    post_office.about_us = ""

    post_office.greeting = "554 5.7.1 no SMTP service for you here"
    stands_still("接入")
    post_office.greeting = ""

    with socket.create_server((HOST, 0)) as silent:  # it takes the call and says nothing
        settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = silent.getsockname()[1], 0.3
        stands_still("在规定时间内", todo="自动重发")
    settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = post_office.port, 10

    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "jiedian", "wrong"
    stands_still("登录")
    settings.EMAIL_HOST_USER = ""

    assert post_office.letters == []
    assert delivery.sweep() == 4
    assert reconcile(post_office).arrived == 4


def test_refused_at_the_reader_for_what_we_are_a_letter_waits_and_stops_no_other(db, mail_from_here):
    """Servers that judge the sender only when they hear the reader, and may mean either."""
    a_busy_morning(3)
    mail_from_here.answers["u1@waiban.example"] = "554 5.7.1 <u1@waiban.example>: Relay access denied"
    assert delivery.sweep() == 2
    assert states() == {"sent": 2, "pending": 1}
    assert "不允许" in last_advice()[0]
    mail_from_here.answers.clear()
    later()
    assert delivery.sweep() == 1
    assert reconcile(mail_from_here).arrived == 3


def test_a_line_cut_in_mid_letter_loses_nothing_and_repeats_only_what_was_kept(db, mail_from_here):
    a_busy_morning(5)
    mail_from_here.torn, mail_from_here.unanswered = 1, 1
    assert delivery.sweep() == 3
    assert states() == {"sent": 3, "pending": 2}
    assert set(mails(state="pending").values_list("attempts", flat=True)) == {1}
    later()
    assert delivery.sweep() == 2
    found = reconcile(mail_from_here, crashes=1)
    assert (found.arrived, found.repeats) == (5, 1)


def test_where_encryption_is_required_nothing_goes_in_the_clear(stack, post_office):
    worker = stack.start_worker(EMAIL_URL=f"smtp+tls://{HOST}:{post_office.port}")
    a_busy_morning(2)
    wait_until_ready(worker)
    doorbell.ring_sweep()
    wait_for(Hold.objects.exists)
    assert post_office.calls == 1
    assert post_office.senders == []
    assert "邮件服务器" in last_advice()[0]
    assert set(mails().values_list("state", "attempts")) == {("pending", 0)}
    worker.kill()

    stack.start_worker()  # the operator did without
    later()
    doorbell.ring_sweep()
    wait_for(lambda: states() == {"sent": 2})
    assert reconcile(post_office).arrived == 2


@pytest.mark.parametrize("trusted", ["nobody", "somebody else", "the server"])
def test_only_a_server_that_proves_who_it_is_gets_a_letter(db, settings, tmp_path, monkeypatch, trusted):
    certificate = tmp_path / "server.pem"
    address = "192.0.2.7" if trusted == "somebody else" else HOST
    with open_post_office(server_with_certificate(certificate, address)) as post_office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = HOST, post_office.port, True
        if trusted != "nobody":
            monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        a_busy_morning(2)
        if trusted != "the server":
            assert delivery.sweep() == 0
            assert "证书" in last_advice()[0]
            assert (post_office.calls, post_office.senders) == (1, [])
            assert set(mails().values_list("state", "attempts")) == {("pending", 0)}
            return
        assert delivery.sweep() == 2
        assert post_office.secured == 2
        assert reconcile(post_office).arrived == 2
