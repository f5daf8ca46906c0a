"""Whom a mail server's refusal is about decides whether a letter dies of it, waits, or all letters wait."""

from __future__ import annotations

import smtplib

import pytest

from notifications.channels.advice import advice
from notifications.channels.smtp_replies import About, refusal, step_of


def of_reader(code: int, words: str) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"a@waiban.example": (code, words.encode())})


SERVER = [
    smtplib.SMTPConnectError(554, b"5.7.1 go away"),
    smtplib.SMTPHeloError(550, b"who are you"),
    smtplib.SMTPAuthenticationError(535, b"5.7.8 authentication failed"),
    smtplib.SMTPAuthenticationError(534, b"5.7.9 application password required"),
    smtplib.SMTPSenderRefused(553, b"Mail from must equal authorized user", "j@waiban.example"),
    smtplib.SMTPSenderRefused(501, b"mail from address must be same as authorization user", "j@x"),
    smtplib.SMTPSenderRefused(452, b"4.3.1 out of space", "j@waiban.example"),
    of_reader(530, "5.7.0 Must issue a STARTTLS command first"),
    smtplib.SMTPDataError(530, b"5.7.0 Authentication required"),
]
US = [
    of_reader(554, "5.7.1 <a@waiban.example>: Relay access denied"),
    of_reader(553, "5.7.1 <j@waiban.example>: Sender address rejected: not owned by user"),
    of_reader(550, "5.7.1 Client host [203.0.113.9] blocked using a list"),
    of_reader(550, "5.1.8 bad sender's system address"),
    of_reader(550, "relaying denied"),
]
LETTER = [
    of_reader(550, "5.1.1 no such user"),
    of_reader(550, "5.1.1 User unknown in relay recipient table"),
    of_reader(552, "5.2.2 mailbox full"),
    of_reader(450, "4.2.0 greylisted"),
    of_reader(550, "Mailbox not found"),
    smtplib.SMTPSenderRefused(552, b"5.3.4 message too big", "j@waiban.example"),
    smtplib.SMTPDataError(554, b"5.7.1 looks like spam"),
]


@pytest.mark.parametrize(
    ("error", "about"),
    [
        *((one, About.SERVER) for one in SERVER),
        *((one, About.US) for one in US),
        *((one, About.LETTER) for one in LETTER),
    ],
)
def test_whom_a_refusal_is_about(error: smtplib.SMTPException, about: About):
    found = refusal(error)
    assert found
    assert found.about == about


@pytest.mark.parametrize("error", [smtplib.SMTPServerDisconnected("gone"), TimeoutError(), ValueError()])
def test_what_no_server_said_is_no_refusal(error: Exception):
    assert refusal(error) is None


def test_the_step_is_told_with_the_words():
    found = refusal(SERVER[4])
    assert str(found) == "MAIL FROM: Mail from must equal authorized user"
    assert step_of(str(found)) == "MAIL FROM"
    assert step_of("no such user: x") == step_of("") == ""


def test_the_reader_is_not_blamed_for_what_is_said_of_us():
    mend_the_mailbox = advice("email", "550", "RCPT TO: 5.1.1 no such user")[1]
    for error in (*SERVER, *US):
        found = refusal(error)
        assert found
        if found.code >= 500:
            assert advice("email", str(found.code), str(found))[1] != mend_the_mailbox, found
