"""The keeper: one small process a server, which runs it for as long as any command uses it.

It is started by the first command, belongs to none, and dies only after its server. Should it be killed, the
kernel takes the server down (PR_SET_PDEATHSIG), and the next command starts a new keeper.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

from .locks import Lock
from .places import Place, ServerFailed
from .postgres import Postgres
from .privileges import die_with_parent
from .redis import Redis

LOOK_AROUND = 0.2
PATIENCE_TO_START = 60
PATIENCE_TO_STOP = 8
LOG_KEPT = 5_000_000


class Server(Protocol):
    """What the keeper must know about a server; `stop_signals` go from polite to certain."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def stop_signals(self) -> tuple[signal.Signals, ...]: ...

    def prepare(self, run: Callable[..., None]) -> None: ...
    def command(self) -> list[str]: ...
    def drop_privileges(self) -> None: ...
    def answers(self) -> bool: ...


SERVERS: dict[str, Callable[[Place], Server]] = {"pg": Postgres, "redis": Redis}


class Keeper:
    """Starts a server, watches over it, and stops it when the last client has gone."""

    process: subprocess.Popen[str]

    def __init__(self, server: Server, place: Place) -> None:
        self.server = server
        self.log = place.log(server.name)
        self.server_lock = Lock(place.folder(server.name) / "server.lock")
        self.clients_lock = Lock(place.folder(server.name) / "clients.lock")

    def start(self) -> None:
        """Have the server up and answering; raises ServerFailed with nothing left running."""
        if not self.server_lock.take_within(PATIENCE_TO_STOP + 7):
            raise ServerFailed(f"an earlier {self.server.title} of this checkout does not stop")
        keep_short(self.log)
        self.server.prepare(self._run)
        self._launch()

    def watch(self) -> None:
        """Return once no client is left, with new ones kept waiting; start the server again if it dies."""
        while not self.clients_lock.try_take():
            time.sleep(LOOK_AROUND)
            if self.process.poll() is not None:
                self._note(f"it ended with {self.process.returncode}, starting it again")
                self._start_again()

    def stop(self) -> None:
        """End the server: ask it, insist, and kill it if nothing else helps."""
        for number in self.server.stop_signals:
            if self.process.poll() is not None:
                return
            self.process.send_signal(number)
            try:
                self.process.wait(PATIENCE_TO_STOP)
            except subprocess.TimeoutExpired:
                self._note(f"it does not stop on {number.name}")

    def _start_again(self) -> None:
        try:
            self._launch()
        except ServerFailed as failure:
            self._note(f"{failure}; trying again")
            time.sleep(1)

    def _launch(self) -> None:
        beginning = self.log.stat().st_size
        self.process = self._spawn(self.server.command(), subprocess.DEVNULL, self.server.stop_signals[0])
        deadline = time.monotonic() + PATIENCE_TO_START
        while not self.server.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{self.server.title} did not start: {self._complaint(beginning)}")
            time.sleep(0.02)

    def _run(self, *command: str | Path, feed: str = "") -> None:
        """Run one of the server's programs to its end, as the server will run."""
        beginning = self.log.stat().st_size
        process = self._spawn([*map(str, command)], subprocess.PIPE, signal.SIGTERM)
        process.communicate(feed)
        if process.returncode != 0:
            raise ServerFailed(f"{self.server.title} could not be set up: {self._complaint(beginning)}")

    def _spawn(self, command: list[str], stdin: int, death_signal: signal.Signals) -> subprocess.Popen[str]:
        with self.log.open("a") as log:
            return subprocess.Popen(
                command,
                stdin=stdin,
                stdout=log,
                stderr=log,
                text=True,
                env=quiet_environment(),
                pass_fds=(self.server_lock.descriptor,),
                preexec_fn=partial(self._step_down, death_signal, os.getpid()),
            )

    def _step_down(self, death_signal: signal.Signals, keeper: int) -> None:
        self.server.drop_privileges()
        die_with_parent(death_signal, keeper)

    def _complaint(self, beginning: int) -> str:
        """The last thing that went wrong by the log, and where to read more."""
        with self.log.open(errors="replace") as log:
            log.seek(beginning)
            lines = [line.strip() for line in log if line.strip()] or ["it said nothing"]
        serious = [line for line in lines if "FATAL" in line or "error" in line.lower()]
        return f"{(serious or lines)[-1]} (more in {self.log})"

    def _note(self, text: str) -> None:
        with self.log.open("a") as log:
            log.write(f"keeper of {self.server.title}: {text}\n")


def keep_short(log: Path) -> None:
    """Begin a new log file beside the old one when that has grown long."""
    log.touch(mode=0o600)
    if log.stat().st_size > LOG_KEPT:
        log.rename(log.with_suffix(".old"))
        log.touch(mode=0o600)


def quiet_environment() -> dict[str, str]:
    """Ours, without what would steer PostgreSQL's programs, and with messages we can read."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def main(name: str, base: str, report: str, start: str, keeper: str) -> None:
    """Be the keeper of server `name` in checkout `base`.

    `report`, `start` and `keeper` are inherited file descriptors: a pipe that is told "ready" or what went
    wrong, and the two locks which the starting command took for us.
    """
    if os.fork():
        os._exit(0)  # the command that starts us need not wait for us, nor bury us
    os.chdir("/")
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit())
    _serve(name, Place(Path(base)), int(report), int(start), int(keeper))
    os._exit(0)


def tell(report: int, news: str) -> None:
    """Report to the command that started us, if it is still there to hear it."""
    with suppress(BrokenPipeError):
        os.write(report, news.encode())
    os.close(report)


def _serve(name: str, place: Place, report: int, start: int, keeper: int) -> None:
    try:
        kept = Keeper(SERVERS[name](place), place)
        kept.start()
    except ServerFailed as failure:
        tell(report, str(failure))
        return
    try:
        tell(report, "ready")
        os.close(start)
        kept.watch()
    finally:
        kept.stop()
        # New clients wait for the lock `clients`: they must find this one free when they get that.
        os.close(keeper)
