"""Real processes for tests that kill and stop them: a Redis, Celery workers and beats, by their numbers."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import SystemRandom
from select import select

from celery import Celery
from django.conf import settings
from django.db import connection

from config.embedded.redis import executables, newest
from tests.faults.nursery import Nursery
from tests.post_office import HOST, PostOffice


def wait_for(condition: Callable[[], object], *, within: float = 60) -> None:
    """Return as soon as `condition` holds; fail after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Process:
    """The process of this number, which leads a group of its own, with what it says in a log."""

    def __init__(self, number: int, log: Path) -> None:
        self.number = number
        self.log = log
        self._ends = os.pidfd_open(number)

    def signal(self, number: signal.Signals) -> None:
        """To the process and to those it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.number, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait()

    def wait(self) -> None:
        """Until it has ended."""
        assert select([self._ends], [], [], 10)[0], f"{self.log} does not end"

    def close(self) -> None:
        os.close(self._ends)

    def children(self) -> list[int]:
        """The numbers of those it started: a worker's are the ones that do its tasks."""
        tasks = Path(f"/proc/{self.number}/task")
        return [int(word) for task in tasks.iterdir() for word in (task / "children").read_text().split()]

    def said(self, pattern: str) -> int:
        """How often it said so."""
        return len(re.findall(pattern, self.log.read_text(errors="replace")))


class Stack:
    """The processes of one test, on the test's own database; `end()` leaves none of them."""

    def __init__(self, folder: Path, post_office: PostOffice, nursery: Nursery) -> None:
        self.folder = folder
        self.redis_port = lasting_port()
        self.redis_url = f"redis://{HOST}:{self.redis_port}/0"
        self.queue = settings.CELERY_TASK_DEFAULT_QUEUE
        self.processes: list[Process] = []
        self.environment = {
            "DEBUG": "true",
            "DATABASE_URL": database_url(),
            "REDIS_URL": self.redis_url,
            "EMAIL_URL": post_office.url,
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "SECRET_KEY": settings.SECRET_KEY,
            "SECRETS_KEY": ",".join(settings.SECRETS_KEYS),
            "CELERY_QUEUE": self.queue,
            "PYTHONUNBUFFERED": "1",
        }
        self._nursery = nursery

    def bell(self) -> Celery:
        """What a process rings that belongs to this stack, as its settings would make it."""
        bell = Celery("bell", set_as_current=False)
        bell.config_from_object("django.conf:settings", namespace="CELERY")
        return bell

    def start_redis(self) -> Process:
        options = ("--bind", HOST, "--port", self.redis_port, "--save", "", "--appendonly", "no")
        server = self._start("redis", newest(executables()), *options, "--dir", self.folder)
        wait_for(self._redis_answers)
        return server

    def start_worker(self, **environment: str) -> Process:
        """It takes a moment to come up: see `wait_until_ready`."""
        options = ("-P", "prefork", "-c", "1", "-l", "INFO", "-Q", self.queue, "--without-mingle")
        return self._celery("worker", *options, "-n", f"worker{len(self.processes)}@test", **environment)

    def start_beat(self, **environment: str) -> Process:
        """Beats know nothing of each other: each has its own notebook."""
        notebook = self.folder / f"beat{len(self.processes)}.db"
        return self._celery("beat", "--pidfile=", "-s", notebook, "-l", "INFO", **environment)

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.close()

    def _celery(self, kind: str, *options: object, **environment: str) -> Process:
        return self._start(kind, "celery", "-A", "tests.faults.quick", kind, *options, **environment)

    def _start(self, name: str, *command: object, **environment: str) -> Process:
        log = self.folder / f"{name}{len(self.processes)}.log"
        log.touch()
        number = self._nursery.fork(log, command, self.environment | environment)
        self.processes.append(Process(number, log))
        return self.processes[-1]

    def _redis_answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.redis_port), 1) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def wait_until_ready(*workers: Process) -> None:
    for worker in workers:
        wait_for(lambda worker=worker: worker.said(r"ready\."))


def lasting_port() -> int:
    """A free port for a server that comes back: none that the kernel gives to whoever calls meanwhile."""
    while True:
        port = SystemRandom().randrange(10_000, 32_000)
        with suppress(OSError), socket.create_server((HOST, port)):
            return port


def database_url() -> str:
    """The address of the database this test writes to, for another process."""
    at = connection.settings_dict
    secret = f":{at['PASSWORD']}" if at["PASSWORD"] else ""
    host = "" if at["HOST"].startswith("/") else at["HOST"]
    folder = f"{at['HOST']}/" if at["HOST"].startswith("/") else ""
    return f"postgres://{at['USER']}{secret}@{host}:{at['PORT']}/{folder}{at['NAME']}"
