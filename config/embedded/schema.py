"""The tables of the embedded database, brought up to date for the command that needs them."""

from __future__ import annotations

import fcntl
from pathlib import Path

import django
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.exceptions import InconsistentMigrationHistory
from django.db.migrations.executor import MigrationExecutor

from .places import ServerFailed


def bring_up_to_date(lock: Path) -> None:
    """Apply what is missing, quietly; `lock` keeps two commands that start together from both doing it.

    Raises ServerFailed where the tables are of another branch, say, and the migrations do not fit them.
    """
    django.setup()
    try:
        if is_behind():
            with lock.open("a") as turn:
                fcntl.flock(turn, fcntl.LOCK_EX)
                call_command("migrate", interactive=False, verbosity=0)
    except (DatabaseError, InconsistentMigrationHistory) as problem:
        hint = f"see `manage.py migrate`, or remove {lock.with_name('pg')} to begin anew"
        raise ServerFailed(f"the local database does not fit the migrations ({hint}): {problem}") from problem
    finally:
        connections.close_all()


def is_behind() -> bool:
    """Whether any migration of the code is not applied."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
