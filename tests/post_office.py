"""A mail server for tests: it keeps what it is given, and refuses, waits or hangs up as it is told."""

from __future__ import annotations

import asyncio
import email
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from math import inf
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session

HOST = "127.0.0.1"


class PostOffice:
    """What came in, and how the next letters are to be answered.

    `letters` are in the order of their arrival. `answers` maps an address to the reply to its RCPT TO.
    While `gate` is closed a letter is kept, but its sender gets no answer. `letters_a_call` is how many a
    connection may bring before it hears that it is `too_many`, `calls_answered` how many connections are
    let in.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.calls = 0
        self.answers: dict[str, str] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.letters_a_call: float = inf
        self.too_many = "421 too many letters, call again"
        self.calls_answered: float = inf
        self.port = 0

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def to(self, username: str) -> list[EmailMessage]:
        """The letters to the person of this name."""
        return [letter for letter in self.letters if letter["To"].startswith(f"{username}@")]

    def received(self) -> Counter[str]:
        """How many letters each person got, by username."""
        return Counter(letter["To"].partition("@")[0] for letter in self.letters)

    async def handle_MAIL(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        session.brought = getattr(session, "brought", 0) + 1
        if session.brought > self.letters_a_call:
            return self.too_many
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        await asyncio.to_thread(self.gate.wait, 60)
        return "250 kept"


class _Shut(asyncio.Protocol):
    """Nobody speaks to who calls."""

    def connection_made(self, transport: Any) -> None:
        transport.close()


class _Door(Controller):
    """aiosmtpd's controller on a port that nobody else can have taken meanwhile."""

    def __init__(self, office: PostOffice) -> None:
        self.office = office
        self.listening = socket.create_server((HOST, 0))
        office.port = self.listening.getsockname()[1]
        super().__init__(office, hostname=HOST, port=office.port)

    def factory(self) -> Any:
        self.office.calls += 1
        return super().factory() if self.office.calls <= self.office.calls_answered else _Shut()

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listening)


@contextmanager
def open_post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    door = _Door(office)
    door.start()
    office.calls = 0  # it has called itself once, to see that it works
    try:
        yield office
    finally:
        office.gate.set()
        door.stop()


def text(letter: EmailMessage) -> str:
    """The words of a letter, as somebody reads them whose mail program shows no HTML."""
    return page(letter, "plain")


def page(letter: EmailMessage, kind: str = "html") -> str:
    """A letter's other form."""
    body = letter.get_body((kind,))
    assert body is not None
    return body.get_content()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server((HOST, 0)) as taken:
        return taken.getsockname()[1]
