"""A command's side of the servers: join them, starting what does not run, and leave them."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .locks import Lock
from .places import Place, ServerFailed

PATIENCE_TO_LEAVE = 10

# Not `-m config.embedded.keeper`: the keeper has no use for Celery and Django, which `config` brings.
KEEPER = "import sys; sys.path.append(sys.argv[1]); from embedded.keeper import main; main(*sys.argv[2:])"


class Membership:
    """One command's use of one server, from `begin` to `leave`; `wait` returns when it can be used."""

    def __init__(self, name: str, place: Place) -> None:
        self.name, self.place = name, place
        self.report: int | None = None
        self.clients = self._lock("clients")

    def begin(self) -> None:
        """Have the server kept up from here on, and started if it is not."""
        self.clients.take(shared=True)
        with self._lock("start") as start, self._lock("keeper") as keeper:
            start.take()
            if keeper.try_take():
                self._start_keeper(start, keeper)

    def wait(self) -> None:
        """Raises ServerFailed with one line for a person where the server does not start."""
        if self.report is None:
            return
        with os.fdopen(self.report, "rb") as report:
            told = report.read().decode()
        self.report = None
        if told != "ready":
            raise ServerFailed(told or f"its keeper died (more in {self.place.log(self.name)})")

    def leave(self) -> bool:
        """Let go of the server; returns whether nobody else uses it, so that it ends now."""
        alone = self.clients.try_take()
        self.clients.release()
        return alone

    def wait_until_gone(self) -> None:
        """Return when no process of the server is left, when somebody else has come, or after ten seconds."""
        deadline = time.monotonic() + PATIENCE_TO_LEAVE
        with self._lock("start") as start, self._lock("server") as server:
            # A keeper holds `start` until it is ready, and `server` from before that to its end.
            while not (start.is_free() and server.is_free()):
                if time.monotonic() > deadline or self.clients.is_shared():
                    return
                time.sleep(0.02)

    def _start_keeper(self, start: Lock, keeper: Lock) -> None:
        self.report, told = os.pipe()
        inherited = (told, start.descriptor, keeper.descriptor)
        here = Path(__file__).resolve().parent.parent
        arguments = (here, self.name, self.place.base, *inherited)
        with self.place.log(self.name).open("a") as log:
            subprocess.run(
                [sys.executable, "-c", KEEPER, *map(str, arguments)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=inherited,
                start_new_session=True,
            )
        os.close(told)

    def _lock(self, purpose: str) -> Lock:
        return Lock(self.place.folder(self.name) / f"{purpose}.lock")


@contextmanager
def joined(names: Iterable[str], place: Place) -> Iterator[None]:
    """Use these servers for the length of the block; the last to leave sees them go."""
    members = [Membership(name, place) for name in names]
    try:
        for member in members:
            member.begin()
        for member in members:
            member.wait()
        yield
    finally:
        for member in [member for member in members if member.leave()]:
            member.wait_until_gone()
        for member in members:
            member.clients.close()
