"""What a node weighs: a number that the catalogue keeps beside it, if it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# The columns that a weight may stand in; of several the first that holds one counts.
NAMES = ("权重", "分值", "weight")
# “3”, “2.5分”, “５ ％”; whatever else stands there is no weight. PostgreSQL reads it the same way.
WIDE, NARROW = "０１２３４５６７８９．％", "0123456789.%"
_SPACE = "[ \t\r\n\u00a0\u3000]*"
PATTERN = f"^{_SPACE}([0-9]{{1,6}}([.][0-9]{{1,6}})?){_SPACE}(分|%)?{_SPACE}$"
_WEIGHT = re.compile(PATTERN)
_NARROWED = str.maketrans(WIDE, NARROW)


def weight_of(attributes: Mapping[str, Any]) -> Decimal | None:
    """The weight that a node's attributes name, None where they name none."""
    for name in NAMES:
        if found := _WEIGHT.match(str(attributes.get(name, "")).translate(_NARROWED)):
            return Decimal(found[1])
    return None


def weight_sql(attributes: str) -> str:
    """The same as an expression of SQL over a jsonb expression, to be executed with parameters."""
    wide, narrow, pattern = (text.replace("%", "%%") for text in (WIDE, NARROW, PATTERN))
    each = (
        f"(regexp_match(translate({attributes} ->> '{name}', '{wide}', '{narrow}'), '{pattern}'))[1]"
        for name in NAMES
    )
    return f"coalesce({', '.join(each)})::numeric"
