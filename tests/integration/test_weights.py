"""What a node weighs is read by Python and by PostgreSQL, and both read the same."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from nodes.weights import weight_of, weight_sql


def asked(attributes: dict[str, Any]) -> Decimal | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {weight_sql('found')} FROM (SELECT %(found)s::jsonb) one(found)",
            {"found": json.dumps(attributes)},
        )
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("written", "weight"),
    [
        ("3", "3"), ("3分", "3"), (" 2.5 分 ", "2.5"), ("10%", "10"), ("１２．５％", "12.5"), ("5　分", "5"),
        ("0.25", "0.25"), (4, "4"), (1.5, "1.5"), ("\t7\n", "7"), ("0", "0"),
        ("", None), ("重点", None), ("3-5分", None), ("约3分", None), ("3分制", None), ("-3", None),
        ("3.", None), (".5", None), ("1e3", None), ("1234567", None), ("三分", None), (True, None),
        (None, None), ([3], None), ({"a": 3}, None), ("3分分", None), ("٣", None),
        ("3'; DROP TABLE x; --", None),
    ],
)  # fmt: skip
def test_a_number_counts_and_nothing_else(db, written, weight):
    expected = None if weight is None else Decimal(weight)
    for name in ("权重", "分值", "weight"):
        assert weight_of({name: written}) == asked({name: written}) == expected


def test_the_first_column_that_holds_a_number_counts(db):
    both = {"weight": "9", "权重": "重点", "分值": "4分"}
    assert weight_of(both) == asked(both) == 4
    assert weight_of({"别的": "9"}) is asked({"别的": "9"}) is None
