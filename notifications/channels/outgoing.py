"""Calling addresses that an office typed in, and never one inside the house.

A name is looked up once; what was looked up is checked and is what is connected to, so that a name which
answers differently the next time gains nothing. Redirects are not followed.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore

from notifications.channels.addresses import Forbidden, NotReached, check_address, permitted, target

__all__ = ["Forbidden", "Line", "NotReached", "Reply", "check_address"]

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
TIMES = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
# All calls for one message together: well within the lease of who sends it (claims.LEASE_SECONDS).
LONGEST = 25.0
MOST_BYTES = 64 * 1024
MOST_ADDRESSES = 3

# It would log the headers of answers, which may name addresses that nobody should read.
logging.getLogger("httpcore").setLevel(logging.CRITICAL + 1)


@dataclass(frozen=True)
class Reply:
    """What the other side answered; header names are in lower case, `body` is cut at `MOST_BYTES`."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """The body as an object; empty where it is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def text(self) -> str:
        return self.body[:500].decode(errors="replace")


class Line:
    """Calls, one after the other, by one worker. Every call is a connection of its own, so that none is
    made over one that the other side is just closing."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._network = _Network()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust or _trust(), network_backend=self._network, max_keepalive_connections=0
        )

    def begin(self) -> None:
        """From now on time counts: all calls until the next beginning share `LONGEST`."""
        self._network.ends = time.monotonic() + LONGEST

    def call(
        self, url: str, *, method: str = "POST", headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> Reply:
        """The answer, whatever its status. Raises Forbidden or NotReached."""
        secure, _host, _port = target(url)
        self._network.secure = secure
        try:
            with self._pool.stream(
                method,
                url,
                headers=list({"User-Agent": "Jiedian", **(headers or {})}.items()),
                content=body,
                extensions={"timeout": TIMES},
            ) as response:
                return Reply(response.status, dict(_words(response.headers)), _read_body(response))
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise _not_reached(error) from None

    def post(self, url: str, data: Any) -> Reply:
        """`call` with `data` as JSON."""
        headers = {"Content-Type": "application/json; charset=utf-8"}
        return self.call(url, headers=headers, body=json.dumps(data, ensure_ascii=False).encode())

    def close(self) -> None:
        self._pool.close()


@cache
def _trust() -> ssl.SSLContext:
    """The certificate authorities of the machine."""
    return ssl.create_default_context()


def _words(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    return ((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in headers)


def _read_body(response: httpcore.Response) -> bytes:
    body = b""
    for piece in response.iter_stream():
        body += piece
        if len(body) >= MOST_BYTES:
            break
    return body[:MOST_BYTES]


def _not_reached(error: Exception) -> NotReached:
    if isinstance(error, httpcore.TimeoutException):
        return NotReached("timeout", f"no answer in time ({type(error).__name__})")
    if isinstance(cause := next(iter(error.args), None), ssl.SSLError):
        return NotReached("tls", getattr(cause, "verify_message", "") or cause.reason or "")
    if isinstance(error, httpcore.NetworkError):
        return NotReached("connect", type(error).__name__)
    return NotReached("protocol", str(error))


class _Network(httpcore.NetworkBackend):
    """Connects to what was looked up and checked, and to nothing once its time is over."""

    def __init__(self) -> None:
        self._plain = httpcore.SyncBackend()
        self.secure, self.ends = True, time.monotonic() + LONGEST

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = NotReached("dns", f"no address found for {host}")
        for address in permitted(host, port, self.secure)[:MOST_ADDRESSES]:
            left = _left(self.ends, timeout)
            try:
                stream = self._plain.connect_tcp(address, port, left, local_address, socket_options)
                return _Stream(stream, self.ends)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Stream(httpcore.NetworkStream):
    """A connection that fails when its time is over, however busy it looks."""

    def __init__(self, stream: httpcore.NetworkStream, ends: float) -> None:
        self._stream, self._ends = stream, ends

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._ends, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._ends, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._stream.start_tls(ssl_context, server_hostname, _left(self._ends, timeout)), self._ends
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(ends: float, timeout: float | None) -> float:
    """Seconds that may still be waited, at most `timeout`. Raises ReadTimeout when time is over."""
    left = ends - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the call lasted too long")
    return min(left, timeout or left)
