"""Statements whose planning costs more than their work are planned once a connection."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from workflow import prepared

pytestmark = pytest.mark.django_db
STATEMENT = "SELECT %(number)s::int + 1 AS planned_once"


def answer(number: int) -> int:
    with prepared.execute(STATEMENT, {"number": number}) as cursor:
        return cursor.fetchone()[0]


def test_a_connection_keeps_the_statement():
    assert [answer(number) for number in range(1, 5)] == [2, 3, 4, 5]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%planned_once'")
        assert cursor.fetchone() == (1,)


def test_whoever_counts_statements_reads_this_one_too():
    with CaptureQueriesContext(connection) as sent:
        assert answer(7) == 8
    assert [one["sql"] for one in sent] == ["SELECT 7::int + 1 AS planned_once"]
