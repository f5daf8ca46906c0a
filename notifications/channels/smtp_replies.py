"""What a mail server's refusal is about: the letter and its reader, or ourselves who bring it.

Of our own log-in or sender nothing is learnt about the letter: the next one would fare no better, and this
one is as good as before. Servers that keep all refusals for the end of the envelope say such things when
they are told the reader; then only their enhanced code (RFC 3463) or their words tell.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from enum import Enum

GREETING, LOG_IN, SENDER, READER, LETTER = "CONNECT", "AUTH", "MAIL FROM", "RCPT TO", "DATA"
# Authentication or encryption is wanted first (RFC 4954), at whatever step it is said.
WANTS_LOG_IN = frozenset({530, 534, 535, 538})
TOO_LARGE = 552
# 5.1.1 and its like: the reader's address; 5.2: their mailbox.
OF_READER = re.compile(r"\b5\.(1\.([1-46]|10)|2\.\d)\b")
# 5.1.7 and 5.1.8: the sender's address; 5.7: what we are allowed to.
OF_US = re.compile(r"\b5\.1\.[78]\b|\b5\.7\.\d|\bsender\b|\bmail from\b|\brelay|\bauthenticat", re.IGNORECASE)


class About(Enum):
    """Whom a refusal is about; SERVER is all that goes through it, US may be."""

    LETTER = "letter"
    US = "us"
    SERVER = "server"


@dataclass(frozen=True)
class Refusal:
    """What the server answered at which step."""

    step: str
    code: int
    words: str

    def __str__(self) -> str:
        return f"{self.step}: {self.words}"

    @property
    def about(self) -> About:
        if self.code in WANTS_LOG_IN or self.step in (GREETING, LOG_IN):
            return About.SERVER
        if self.step == SENDER:
            return About.LETTER if self.code == TOO_LARGE else About.SERVER
        if self.step == READER and OF_US.search(self.words) and not OF_READER.search(self.words):
            return About.US
        return About.LETTER


def refusal(error: Exception) -> Refusal | None:
    """What `error` says that a mail server answered; None where it answered nothing."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, words = next(iter(error.recipients.values()))
            return Refusal(READER, code, _text(words))
        case smtplib.SMTPSenderRefused():
            return Refusal(SENDER, error.smtp_code, _text(error.smtp_error))
        case smtplib.SMTPConnectError() | smtplib.SMTPHeloError():
            return Refusal(GREETING, error.smtp_code, _text(error.smtp_error))
        case smtplib.SMTPAuthenticationError():
            return Refusal(LOG_IN, error.smtp_code, _text(error.smtp_error))
        case smtplib.SMTPResponseException():
            return Refusal(LETTER, error.smtp_code, _text(error.smtp_error))
    return None


def step_of(said: str) -> str:
    """The step in words of an attempt as `Refusal` writes them, empty where they are none."""
    step, colon, _words = said.partition(": ")
    return step if colon and step in (GREETING, LOG_IN, SENDER, READER, LETTER) else ""


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
