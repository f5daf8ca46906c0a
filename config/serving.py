"""Run the web server, the Celery worker and beat together: start, watch, show what they say, stop."""

from __future__ import annotations

import http.client
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

from django.conf import settings

from config.embedded.privileges import die_with_parent

LOOK_AROUND = 0.2
LONGEST_PAUSE = 30
AS_ROOT = "ignore:You're running the worker with superuser privileges"  # a container's user is often root
STEADY = 60  # seconds up after which an earlier failure no longer counts


@dataclass(frozen=True)
class Service:
    """A program to keep running; it has `patience` seconds to end when asked."""

    name: str
    arguments: list[str]
    patience: float
    # The worker would finish its task first on SIGTERM, for an owner that is no more.
    death_signal: signal.Signals = signal.SIGTERM


def local_services(host: str, port: int, workers: int) -> list[Service]:
    """Web, beat and worker, in the order in which they are to stop."""
    bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    web = f"gunicorn config.wsgi --bind {bind} --workers {workers} --threads 4 --worker-class gthread"
    web += " --graceful-timeout 5 --log-level warning --no-control-socket"
    celery = ["celery", "--app", "config", "--quiet"]
    level = f"--loglevel={logging.getLevelName(logging.root.level)}"
    home = Path(settings.BASE_DIR) / ".jiedian"
    home.mkdir(mode=0o700, exist_ok=True)
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # WhiteNoise wants to see one
    return [
        Service("web", web.split(), patience=10),
        Service("beat", [*celery, "beat", level, f"--schedule={home / 'beat'}", "--pidfile="], patience=3),
        Service("worker", [*celery, "worker", level, "--concurrency=2"], 10, signal.SIGQUIT),
    ]


@dataclass
class Child:
    """A service's process and what we know of its fate."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    started: float = 0
    start_at: float = 0
    failures: int = 0
    unfinished: bytes = field(default=b"", repr=False)

    def start(self) -> IO[bytes]:
        """Returns what it says. Its process group is its own: Ctrl-C is for us, who know the order."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-W", AS_ROOT, "-m", *self.service.arguments],
            cwd=settings.BASE_DIR,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=partial(die_with_parent, self.service.death_signal, os.getpid()),
        )
        assert self.process.stdout is not None
        return self.process.stdout

    def pause_after_failure(self, now: float) -> float:
        """Longer with every failure in a row: 1, 2, 4 … 30 seconds."""
        self.failures = 1 if now - self.started > STEADY else self.failures + 1
        pause = min(2 ** (self.failures - 1), LONGEST_PAUSE)
        self.start_at = now + pause
        return pause

    def bury(self) -> int:
        """Take leave of an ended process, and end what it left in its group."""
        assert self.process is not None
        ended = self.process
        self.process = None
        with suppress(ProcessLookupError):
            os.killpg(ended.pid, signal.SIGKILL)
        return ended.wait()


class Supervisor:
    """Keeps the services running until it is told to stop."""

    def __init__(self, services: list[Service], address: tuple[str, int]) -> None:
        self.children = [Child(service) for service in services]
        self.address = address
        self.announced = False
        self.told_to_stop = 0
        self.outputs = selectors.DefaultSelector()

    def run(self) -> None:
        """Return once everything has stopped, after SIGINT, SIGTERM or SIGHUP."""
        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        former = {number: signal.signal(number, self._stop_soon) for number in numbers}
        try:
            while not self.told_to_stop:
                self._start_what_is_due()
                self._show_output()
                self._announce()
                self._note_the_dead()
        finally:
            self._stop_all()
            for number, handler in former.items():
                signal.signal(number, handler)

    def _stop_soon(self, number: int, frame: FrameType | None) -> None:
        self.told_to_stop += 1

    def _start_what_is_due(self) -> None:
        for child in self.children:
            if child.process is None and time.monotonic() >= child.start_at:
                self.outputs.register(child.start(), selectors.EVENT_READ, child)

    def _show_output(self) -> None:
        for key, _ in self.outputs.select(LOOK_AROUND):
            self._read(key)

    def _read(self, key: selectors.SelectorKey) -> None:
        child: Child = key.data
        received = os.read(key.fd, 65_536)
        *lines, child.unfinished = (child.unfinished + received).split(b"\n")
        if not received:
            lines, child.unfinished = [child.unfinished] if child.unfinished else [], b""
            self.outputs.unregister(key.fileobj)
            key.fileobj.close()  # type: ignore[union-attr]
        for line in lines:
            say(child.service.name, line.decode(errors="replace"))

    def _announce(self) -> None:
        if not self.announced and self._answers():
            self.announced = True
            host, port = self.address
            say("serve", f"Jiedian is at http://{host}:{port} (Ctrl-C stops it)")

    def _answers(self) -> bool:
        host, port = self.address
        local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
        connection = http.client.HTTPConnection(local, port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _note_the_dead(self) -> None:
        for child in self.children:
            if child.process is not None and child.process.poll() is not None:
                code = child.bury()
                pause = child.pause_after_failure(time.monotonic())
                say("serve", f"{child.service.name} ended with {code}, starting it again in {pause} s")

    def _stop_all(self) -> None:
        for child in self.children:
            if child.process is not None:
                child.process.terminate()
                self._wait_for(child)
                child.bury()
        while self.outputs.get_map():
            self._show_output()

    def _wait_for(self, child: Child) -> None:
        """Until it has ended, its patience is over, or the person at the keyboard's is."""
        asked = max(self.told_to_stop, 1)
        deadline = time.monotonic() + child.service.patience
        while child.process and child.process.poll() is None and time.monotonic() < deadline:
            self._show_output()
            if self.told_to_stop > asked:
                return


def say(name: str, line: str) -> None:
    """One line, under the name of who says it."""
    sys.stdout.write(f"{name:<6} | {line}\n")
    sys.stdout.flush()
