"""Mail, through the installation's own mail server (EMAIL_URL)."""

from __future__ import annotations

import smtplib
from contextlib import suppress

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels.protocol import Message, Outcome


class Email:
    """One connection for many letters; a server that hangs up in between is called again."""

    def __init__(self) -> None:
        self._mailer: BaseEmailBackend = get_connection()

    def send(self, message: Message) -> Outcome:
        """Hand over one letter. A connection that was cut is no reason to give up on the server."""
        if not message.people[0].email:
            return Outcome.permanent("no address")
        try:
            letter = _letter(message)
            self._mailer.open()
        except ValueError as error:
            return Outcome.permanent("letter", str(error))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Outcome.transient(*_said(error), down=True)
        try:
            self._mailer.send_messages([letter])
        except (OSError, smtplib.SMTPException, ValueError, LookupError) as error:
            return self._failed(error)
        return Outcome.ok(250, provider_id=message.key)

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._mailer.close()

    def _failed(self, error: Exception) -> Outcome:
        """What a failure says of the letter, or of the server; the connection is made anew after it."""
        self.close()
        code, words = _said(error)
        if is_final(error):
            return Outcome.permanent(code, words)
        # Who takes no letter of ours just now takes no other either; 421 only ends the connection.
        ours = isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code != 421
        return Outcome.transient(code, words, down=ours)


def _letter(message: Message) -> EmailMultiAlternatives:
    (reader,) = message.people
    headers: dict[str, str] = {"Message-ID": message.key, "Auto-Submitted": "auto-generated"}
    if message.unsubscribe:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    letter = EmailMultiAlternatives(message.subject, message.text, to=[reader.email], headers=headers)
    if message.html:
        letter.attach_alternative(message.html, "text/html")
    return letter


def is_final(error: Exception) -> bool:
    """An address that is none, or a 5xx answer about this message or recipient, will not change; a greeting
    or log-in error may."""
    if isinstance(error, ValueError):
        return True
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    passing = (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError)
    if isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, passing):
        return error.smtp_code >= 500
    return False


def _said(error: Exception) -> tuple[object, str]:
    """Code and words of the mail server, or of what kept us from it."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return code, _text(words)
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code, _text(error.smtp_error)
    return type(error).__name__, str(error)


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
