"""Real PostgreSQL and Redis for a checkout that names no servers of its own.

A command joins the servers for as long as it runs (clients.py); a keeper process starts them for the first
command and stops them after the last (keeper.py). Addresses are the same whether or not anything runs.
"""

from __future__ import annotations

import base64
import hashlib
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .clients import joined
from .places import Place, ServerFailed, kept_secret
from .postgres import DATABASE, PORT, ROLE

__all__ = ["ServerFailed", "database_url", "local_key", "local_secret", "redis_url", "running", "servers"]

CHECKOUT = Path(__file__).resolve().parent.parent.parent

WITHOUT_SERVERS = {"help", "version", "collectstatic", "startapp"}
WITHOUT_SERVERS |= {"makemessages", "compilemessages", "update_translations", "check_translations"}
# These deal with the migrations themselves, or begin with a database of their own.
WITHOUT_MIGRATING = {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "demo"}


def database_url(base: Path = CHECKOUT) -> str:
    """The embedded database's address, as django-environ reads it: role, socket folder, database."""
    return f"postgres://{ROLE}@:{PORT}/{Place(base).sockets}/{DATABASE}"


def redis_url(base: Path = CHECKOUT) -> str:
    """The embedded Redis's address as a Celery broker URL.

    redis-py spells the same socket `unix://…`; code of ours talks to Redis through Celery's connection.
    """
    return f"redis+socket://{Place(base).sockets}/redis.sock"


def local_secret(base: Path = CHECKOUT) -> str:
    """A random SECRET_KEY of this checkout's own, kept from one start to the next."""
    return kept_secret(Place(base).home / "secret-key")


def local_key(base: Path = CHECKOUT) -> str:
    """A random SECRETS_KEY of this checkout's own, kept likewise."""
    secret = kept_secret(Place(base).home / "secrets-key")
    return base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode()


@contextmanager
def running(names: Iterable[str] = ("pg", "redis"), base: Path = CHECKOUT) -> Iterator[None]:
    """Have these servers up for the length of the block, shared with whoever else uses them.

    Raises ServerFailed, with nothing left running, where one does not start.
    """
    with joined(names, Place(base)):
        yield


@contextmanager
def servers(arguments: Sequence[str]) -> Iterator[None]:
    """Run the management command `arguments` (as in sys.argv) with the servers it needs and nobody named.

    A server that does not start ends the process with exit code 1 and one line.
    """
    names = needed(arguments)
    try:
        with running(names):
            if "pg" in names and arguments[1] not in WITHOUT_MIGRATING:
                _migrate()
            yield
    except ServerFailed as failure:
        sys.exit(str(failure))


def needed(arguments: Sequence[str]) -> list[str]:
    """Which embedded servers a command needs: none in production, none where an address is given."""
    command, *options = [*arguments[1:], "help"]
    if command.startswith("-") or command in WITHOUT_SERVERS or {"-h", "--help"} & set(options):
        return []
    if command == "check" and not any(option.startswith("--database") for option in options):
        return []
    if _is_production():
        return []
    variables = {"pg": "DATABASE_URL", "redis": "REDIS_URL"}
    return [name for name, variable in variables.items() if not os.environ.get(variable)]


def _is_production() -> bool:
    # Here and below, Django comes in late: its settings import this module.
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        return bool(getattr(settings, "PRODUCTION", False))
    except (ImproperlyConfigured, ImportError):
        return True  # the command itself says what is wrong with the settings


def _migrate() -> None:
    from .schema import bring_up_to_date

    bring_up_to_date(Place(CHECKOUT).home / "migrate.lock")
