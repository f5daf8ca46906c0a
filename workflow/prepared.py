"""Statements that are planned once a connection: for those whose planning costs more than their work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


def execute(statement: str, facts: Mapping[str, Any]) -> CursorWrapper:
    """Run `statement` and return the cursor, to be closed by the caller.

    From the second time on the connection has it prepared, unless `prepare_threshold` in the settings says
    otherwise; PostgreSQL then keeps a plan of it as soon as that is no dearer than a new one.
    """
    # A log can quote the former only.
    cursor = connection.cursor() if connection.queries_logged else _cursor()
    cursor.execute(statement, facts)
    return cursor


def _cursor() -> CursorWrapper:
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    return connection.make_cursor(ServerBindingCursor(connection.connection))  # type: ignore[arg-type,call-arg]
