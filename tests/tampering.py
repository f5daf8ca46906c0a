"""What happens behind PostgreSQL's back: as somebody who owns the tables can, with its triggers off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def triggers_off(*tables: str) -> Iterator[None]:
    """Run the block with the triggers of `tables` switched off."""
    connection.check_constraints()
    _switch("DISABLE", tables)
    yield
    connection.check_constraints()
    _switch("ENABLE", tables)


def _switch(way: str, tables: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} {way} TRIGGER USER")
