"""Letters written down by ourselves: always the same few parts, in a tenth of the time `email` takes."""

from __future__ import annotations

import re
import secrets
from base64 import b64encode, encodebytes
from email.message import Message as Written
from email.utils import formatdate
from typing import Any

from django.core.mail import BadHeaderError, EmailMultiAlternatives
from django.core.mail.message import sanitize_address

LONGEST_LINE = 998  # bytes of a line as it is, RFC 5322
_FEW = re.compile(".{1,11}", re.DOTALL)  # whole characters, 44 bytes at most
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+")


class Letter(EmailMultiAlternatives):
    """A text in UTF-8, and perhaps HTML that says the same, without attachments."""

    def message(self) -> Written:  # type: ignore[override]
        """Raises ValueError for a line break in a header and for what is no address."""
        headers = {
            "From": _address(self.from_email),
            "To": ", ".join(map(_address, self.to)),
            "Subject": self.subject,
            "Date": formatdate(),
            **self.extra_headers,
            "MIME-Version": "1.0",
        }
        head = "".join(f"{name}: {_encoded(name, value)}\n" for name, value in headers.items())
        return _Written(head + self._content())

    def _content(self) -> str:
        parts = [_part("plain", str(self.body))]
        parts += [_part("html", str(content)) for content, _type in self.alternatives]
        if len(parts) == 1:
            return parts[0]
        border = secrets.token_hex(16)
        inside = "".join(f"--{border}\n{part}\n" for part in parts)
        return f'Content-Type: multipart/alternative; boundary="{border}"\n\n{inside}--{border}--\n'


class _Written(Written):
    """A whole letter as text with simple line ends."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def as_bytes(self, *_args: Any, linesep: str = "\n", **_kwargs: Any) -> bytes:
        return self.text.replace("\n", linesep).encode()


def _part(kind: str, text: str) -> str:
    """As it is where the lines are short enough for that, so that people can read it on its way."""
    text, encoding = text.replace("\r\n", "\n").replace("\r", "\n"), "8bit"
    if max(map(len, text.encode().split(b"\n"))) > LONGEST_LINE:
        text, encoding = encodebytes(text.encode()).decode(), "base64"
    return f'Content-Type: text/{kind}; charset="utf-8"\nContent-Transfer-Encoding: {encoding}\n\n{text}'


def _encoded(name: str, value: str) -> str:
    """A header's value; what is not ASCII in words of at most 75 letters, RFC 2047."""
    if "\n" in value or "\r" in value:
        raise BadHeaderError(f"a line break in {name}")
    if value.isascii() and len(value) < LONGEST_LINE - 100 and not (name == "Subject" and "=?" in value):
        return value
    return "\n ".join(f"=?utf-8?b?{b64encode(few.encode()).decode()}?=" for few in _FEW.findall(value))


def _address(given: str) -> str:
    return given if _PLAIN_ADDRESS.fullmatch(given) else sanitize_address(given, "utf-8")
