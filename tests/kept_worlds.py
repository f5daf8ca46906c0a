"""Worlds that take long to build are built once a process; every other time their rows are put back.

What a world's files hold is put back, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction

from workflow.files import path_of
from workflow.models import StoredFile

WRITTEN_BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}
COLUMNS = """
    SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY ordinal_position)
    FROM information_schema.columns
    WHERE table_schema = 'public' AND is_generated = 'NEVER' AND table_name = ANY(%s)
    GROUP BY table_name
"""


@dataclass(frozen=True)
class Kept:
    """A world's rows by table and columns, as COPY writes them, and what is in its files by hash."""

    rows: dict[tuple[str, str], bytes]
    files: dict[str, bytes]


_kept: dict[tuple[str, str], Kept] = {}


def tables() -> set[str]:
    """Those that tests fill."""
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return set(found) - WRITTEN_BY_MIGRATIONS


def world(name: str, build: Callable[[], Any]) -> None:
    """See that the world `name` stands in the database, which has to be empty: `build` builds it."""
    known = (_database(), name)
    if known in _kept:
        _put_back(_kept[known])
    else:
        build()
        _kept[known] = Kept(_rows(), _files())


def _database() -> str:
    """Which database it is: ids that were given out here mean nothing in another."""
    return " ".join(str(connection.settings_dict[key]) for key in ("HOST", "PORT", "NAME"))


def _rows() -> dict[tuple[str, str], bytes]:
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS, [sorted(tables())])
        found = {}
        for table, columns in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as copied:
                if rows := b"".join(map(bytes, copied)):
                    found[table, columns] = rows
    return found


def _files() -> dict[str, bytes]:
    """What the world's own rows name, whatever else lies there."""
    known = StoredFile.objects.values_list("sha256", flat=True)
    return {sha256: path_of(sha256).read_bytes() for sha256 in known}


def _put_back(kept: Kept) -> None:
    """Triggers that look at what comes in sleep meanwhile: it is what they let in before."""
    with transaction.atomic(), connection.cursor() as cursor:
        watched = [table for table, _columns in kept.rows if table in _watched()]
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in watched:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for (table, columns), rows in kept.rows.items():
            with cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copied:
                copied.write(rows)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in watched:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for sha256, content in kept.files.items():
        path_of(sha256).parent.mkdir(parents=True, exist_ok=True)
        path_of(sha256).write_bytes(content)


@cache
def _watched() -> set[str]:
    """The tables with a trigger of ours on what is inserted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgtype & 4 > 0"
        )
        return {name for (name,) in cursor.fetchall()}
