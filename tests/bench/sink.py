"""A mail server that takes everything and keeps nothing but the count: `python -m tests.bench.sink`.

It runs in a process of its own and does as little as a server can, so that what is measured is the sender.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

REPLIES = {
    b"EHLO": b"250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


class _Caller(asyncio.Protocol):
    """One connection: commands by line, and letters up to a lone dot. `received` is all connections'."""

    received = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting, self.in_letter = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        end = b"\r\n.\r\n" if self.in_letter else b"\r\n"
        while end in self.waiting:
            said, _end, self.waiting = self.waiting.partition(end)
            self.transport.write(self._answer(said))
            end = b"\r\n.\r\n" if self.in_letter else b"\r\n"

    def _answer(self, said: bytes) -> bytes:
        if self.in_letter:
            _Caller.received += 1
            self.in_letter = False
            return b"250 kept\r\n"
        command = said[:4].upper()
        self.in_letter = command == b"DATA"
        if command == b"VRFY":
            return b"250 %d\r\n" % _Caller.received
        return REPLIES.get(command, b"250 OK\r\n")


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Caller, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@contextmanager
def running() -> Iterator[int]:
    """The port on which a sink of its own listens."""
    command = [sys.executable, "-m", "tests.bench.sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def received(port: int) -> int:
    """How many letters the sink has been given."""
    with socket.create_connection(("127.0.0.1", port)) as line, line.makefile("rb") as answers:
        answers.readline()
        line.sendall(b"VRFY\r\n")
        return int(answers.readline().split()[1])


if __name__ == "__main__":
    asyncio.run(_serve())
