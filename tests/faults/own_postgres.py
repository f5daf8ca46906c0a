"""A PostgreSQL that nobody else uses, for a test that stops it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any

import environ
from django.db import connection

from config import embedded
from config.embedded.lodging import find_lodging, wheel
from config.embedded.places import Place
from config.embedded.postgres import Postgres
from tests.faults.stack import wait_for

PROGRAMS = wheel() / "pginstall" / "bin"


class OwnPostgres:
    """The server of a checkout of its own; its keeper starts it again, as a machine's init would."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.url = embedded.database_url(base)

    @contextmanager
    def away(self, number: signal.Signals) -> Iterator[None]:
        """Ended by this signal, and not started again before the block is over."""
        server, keeper = self._numbers()
        ends = os.pidfd_open(server)
        os.kill(keeper, signal.SIGSTOP)
        os.kill(server, number)
        assert select([ends], [], [], 10)[0]
        os.close(ends)
        try:
            yield
        finally:
            os.kill(keeper, signal.SIGCONT)
        wait_for(Postgres(Place(self.base)).answers)

    def _numbers(self) -> tuple[int, int]:
        """Of the server, and of its keeper."""
        data = find_lodging(Place(self.base), Postgres.name).data
        server = int((data / "postmaster.pid").read_text().split()[0])
        status = Path(f"/proc/{server}/stat").read_text().rpartition(") ")[2]
        return server, int(status.split()[1])


@contextmanager
def own_postgres(base: Path) -> Iterator[OwnPostgres]:
    """A server with a copy of what the test's database holds; in the block this process asks it too."""
    base.mkdir()
    try:
        with embedded.running(["pg"], base=base):
            made = OwnPostgres(base)
            _copy(connection.settings_dict, _settings(made))
            with _asked_here(made):
                yield made
    finally:
        shutil.rmtree(Place(base).sockets)
        shutil.rmtree(Path("/var/tmp") / Place(base).short_name, ignore_errors=True)


@contextmanager
def _asked_here(server: OwnPostgres) -> Iterator[None]:
    shared = connection.settings_dict
    connection.close()
    connection.settings_dict = shared | _settings(server)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = shared


def _settings(server: OwnPostgres) -> dict[str, Any]:
    return environ.Env.db_url_config(server.url) | {"OPTIONS": {}}


def _copy(source: dict[str, Any], target: dict[str, Any]) -> None:
    dump = subprocess.run(
        [PROGRAMS / "pg_dump", "--no-owner", "--no-privileges", *_options(source)],
        env=os.environ | {"PGPASSWORD": source["PASSWORD"]},
        stdout=subprocess.PIPE,
        check=True,
    )
    psql = [PROGRAMS / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *_options(target)]
    subprocess.run(psql, input=dump.stdout, stdout=subprocess.DEVNULL, check=True)


def _options(at: dict[str, Any]) -> list[str]:
    names = {"host": "HOST", "port": "PORT", "username": "USER", "dbname": "NAME"}
    return [f"--{option}={at[name]}" for option, name in names.items() if at[name]]
