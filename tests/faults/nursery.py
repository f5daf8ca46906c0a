"""Where the processes of tests come from: one that has loaded all that workers and beats load, and forks.

To load Django, Celery and the product takes a process three seconds of computing; a fork takes none. What
is forked has its own group, log and environment, reads its own settings, and can be stopped and killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

from config.embedded.privileges import die_with_parent

ROOT = Path(__file__).resolve().parent.parent.parent
AS_ROOT = "ignore:You're running the worker with superuser privileges"
# What Celery's commands load only when they begin.
LOADED_LATER = (
    "celery.apps.beat",
    "celery.bin.celery",
    "celery.concurrency.prefork",
    "celery.worker.autoscale",
    "celery.worker.consumer",
    "kombu.transport.redis",
)


class Nursery:
    """The process that forks."""

    def __init__(self, log: Path) -> None:
        self.log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-W", AS_ROOT, "-m", __name__],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
                preexec_fn=partial(die_with_parent, signal.SIGKILL, os.getpid()),
            )

    def fork(self, log: Path, command: Sequence[object], environment: Mapping[str, str]) -> int:
        """Run this command, `celery` without loading it again; the number of its process."""
        said = {"log": str(log), "command": [*map(str, command)], "environment": dict(environment)}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{json.dumps(said)}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self.log.read_text()
        return int(answer)

    def close(self) -> None:
        with self._process:
            self._process.kill()


def _work() -> None:
    """Fork whatever is asked for, until nobody asks any more."""
    _load()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody here waits for what it forked
    for line in sys.stdin:
        print(os.fork() or _become(**json.loads(line)), flush=True)


def _load() -> None:
    import django
    from django.urls import get_resolver

    from config import celery_app

    django.setup()
    celery_app.loader.import_default_modules()
    get_resolver()._populate()  # messages have links
    for name in LOADED_LATER:
        import_module(name)


def _become(log: str, command: list[str], environment: dict[str, str]) -> None:
    """Be a process of its own, and end with it."""
    try:
        os.setsid()
        die_with_parent(signal.SIGKILL, os.getppid())
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _talk_to(log)
        os.environ |= environment
        if command[0] != "celery":
            os.execvp(command[0], command)
        _read_settings_anew()
        _celery(command)
    finally:
        os._exit(1)


def _talk_to(log: str) -> None:
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.__stdin__.fileno())
    for stream in (sys.__stdout__, sys.__stderr__):
        os.dup2(output, stream.fileno())


def _read_settings_anew() -> None:
    from django.conf import settings
    from django.db import connections
    from django.utils.functional import empty

    sys.modules.pop("config.settings")
    settings._wrapped = empty
    vars(connections).clear()
    connections.__init__()


def _celery(command: list[str]) -> None:
    from celery.bin.celery import main

    sys.argv = command
    main()


if __name__ == "__main__":
    _work()
