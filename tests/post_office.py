"""A mail server for tests: it keeps what it is given, and refuses, waits or hangs up as it is told."""

from __future__ import annotations

import asyncio
import email
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from math import inf
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

HOST = "127.0.0.1"


class PostOffice:
    """What came in, and how the next letters are to be answered.

    `letters` are in the order of their arrival, `senders` what was said in MAIL FROM, in the clear or not.
    `answers` maps an address to the reply to its RCPT TO; with `greylisting` each address is told to come
    again the first time. `about_us` is the reply to every MAIL FROM, `greeting` that to whoever calls.
    While `gate` is closed a letter is kept, but its sender gets no answer. The next `torn` letters are cut
    off in the middle, the next `unanswered` ones are kept without a word. `letters_a_call` is how many a
    connection may bring before it hears that it is `too_many`, `calls_answered` how many connections are
    let in. After `shut()` nobody listens there, until `reopen()`.
    """

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.senders: list[str] = []
        self.calls = 0
        self.secured = 0
        self.answers: dict[str, str] = {}
        self.greylisting = ""
        self.seen: set[str] = set()
        self.about_us = ""
        self.greeting = ""
        self.torn = 0
        self.unanswered = 0
        self.gate = threading.Event()
        self.gate.set()
        self.letters_a_call: float = inf
        self.too_many = "421 too many letters, call again"
        self.calls_answered: float = inf
        self.port = 0
        self.shut: Callable[[], None]
        self.reopen: Callable[[], None]

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
        self.senders.append(address)
        if self.about_us:
            return self.about_us
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
        if self.greylisting and address not in self.seen:
            self.seen.add(address)
            return self.greylisting
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:
        self.letters.append(email.message_from_bytes(envelope.content, policy=default))
        self.secured += session.ssl is not None
        if self.unanswered > 0:
            self.unanswered -= 1
            server.transport.abort()
        await asyncio.to_thread(self.gate.wait, 60)
        return "250 kept"


class _Counter(SMTP):
    """aiosmtpd's server, which also hangs up in the middle of a letter."""

    async def smtp_DATA(self, arg: str) -> None:
        if self.event_handler.torn > 0:
            await self._tear()
        else:
            await super().smtp_DATA(arg)

    async def _tear(self) -> None:
        self.event_handler.torn -= 1
        await self.push("354 go on")
        await self._reader.readuntil(b"\r\n")
        self.transport.abort()


class _Shut(asyncio.Protocol):
    """Nobody speaks to who calls, but for a few words of farewell."""

    def __init__(self, words: str = "") -> None:
        self.words = words

    def connection_made(self, transport: Any) -> None:
        if self.words:
            transport.write(f"{self.words}\r\n".encode())
        transport.close()


class _Door(Controller):
    """aiosmtpd's controller on a port that nobody else can have taken meanwhile."""

    def __init__(self, office: PostOffice, tls: ssl.SSLContext | None) -> None:
        self.office = office
        self.holding = _bound(0)  # keeps the port while nobody listens
        office.port = self.holding.getsockname()[1]
        office.shut, office.reopen = self.shut, self.reopen
        super().__init__(
            office,
            hostname=HOST,
            port=office.port,
            tls_context=tls,
            authenticator=_nobody,
            auth_require_tls=False,
        )

    def factory(self) -> Any:
        self.office.calls += 1
        if self.office.greeting:
            return _Shut(self.office.greeting)
        if self.office.calls > self.office.calls_answered:
            return _Shut()
        return _Counter(self.handler, **self.SMTP_kwargs)

    def shut(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut(), self.loop).result(10)

    def reopen(self) -> None:
        self.server = asyncio.run_coroutine_threadsafe(self._create_server(), self.loop).result(10)

    async def _shut(self) -> None:
        self.server.close()

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=_bound(self.office.port))


def _nobody(*_facts: Any) -> AuthResult:
    """Whoever logs in has the wrong password."""
    return AuthResult(success=False, handled=False)


@contextmanager
def open_post_office(tls: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    """The server for as long as the block lasts; it offers STARTTLS where it has `tls`."""
    office = PostOffice()
    door = _Door(office, tls)
    door.start()
    office.calls = 0  # it has called itself once, to see that it works
    try:
        yield office
    finally:
        office.gate.set()
        door.stop()
        door.holding.close()


def _bound(port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind((HOST, port))
    return made


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
