"""Mail, through the installation's own mail server (EMAIL_URL)."""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.mime import Letter
from notifications.channels.patience import Patience
from notifications.channels.protocol import Message, Outcome
from notifications.channels.smtp_replies import About, refusal

# For one letter, log-in included: a worker has it for `claims.LEASE_SECONDS`, and every answer may take
# EMAIL_TIMEOUT.
LONGEST = 50.0


class Email:
    """One connection for many letters; a server that hangs up in between is called again."""

    def __init__(self) -> None:
        self._mailer: BaseEmailBackend = get_connection()
        self._patience = Patience(LONGEST, self._cut)

    def send(self, message: Message) -> Outcome:
        """Hand over one letter. A connection that was cut is no reason to give up on the server."""
        if not message.people[0].email:
            return Outcome.permanent("no address")
        try:
            letter = _letter(message)
        except ValueError as error:
            return Outcome.permanent("letter", str(error))
        with self._patience:
            return self._hand_over(letter, message.key)

    def _hand_over(self, letter: Letter, key: str) -> Outcome:
        try:
            self._mailer.open()
        except (OSError, smtplib.SMTPException) as error:
            self._hang_up()
            return Outcome.transient(*_said(error), down=True)
        try:
            self._mailer.send_messages([letter])
        except (OSError, smtplib.SMTPException, ValueError, LookupError) as error:
            return self._failed(error)
        return Outcome.ok(250, provider_id=key)

    def close(self) -> None:
        self._patience.close()
        self._hang_up()

    def _hang_up(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._mailer.close()

    def _cut(self) -> None:
        """Make whoever waits for the server find the line dead."""
        for name in ("connection", "_partial_connection"):
            line = getattr(getattr(self._mailer, name, None), "sock", None)
            if line:
                with suppress(OSError):
                    socket.socket.shutdown(line, socket.SHUT_RDWR)

    def _failed(self, error: Exception) -> Outcome:
        """What a failure says of the letter, or of the server; the connection is made anew after it."""
        self._hang_up()
        code, words = _said(error)
        if is_final(error):
            return Outcome.permanent(code, words)
        return Outcome.transient(code, words, down=_is_the_servers(error))


def _letter(message: Message) -> Letter:
    (reader,) = message.people
    headers: dict[str, str] = {"Message-ID": message.key, "Auto-Submitted": "auto-generated"}
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter = Letter(message.subject, message.text, to=[reader.email], headers=headers)
    if message.html:
        letter.attach_alternative(message.html, "text/html")
    return letter


def is_final(error: Exception) -> bool:
    """An address that is none, or a 5xx answer about this letter or its reader, will not change; one about
    ourselves, or the whole server, may."""
    if isinstance(error, ValueError) and not isinstance(error, OSError):  # a wrong certificate is both
        return True
    said = refusal(error)
    return said is not None and said.code >= 500 and said.about == About.LETTER


def _is_the_servers(error: Exception) -> bool:
    """Whether it takes no other letter of ours either; 421 only ends the connection."""
    said = refusal(error)
    return said is not None and said.code != 421 and said.about == About.SERVER


def _said(error: Exception) -> tuple[object, str]:
    """Code and words of the mail server, or of what kept us from it."""
    if said := refusal(error):
        return said.code, str(said)
    below = error.__context__  # smtplib says of whatever happens while it reads that the line was cut
    cause = (
        below if isinstance(error, smtplib.SMTPServerDisconnected) and isinstance(below, OSError) else error
    )
    return type(cause).__name__, str(error)
