"""The one rule of rounding: every line is rounded to two decimals, half up; sums are sums of lines."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


def rounded(value: Decimal) -> Decimal:
    """`value` with two decimals, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def shared(whole: Decimal, parts: int) -> list[Decimal]:
    """`whole`, rounded, in `parts` that differ by a hundredth at most and add up to it."""
    cents = int(rounded(whole) / CENT)
    each, left = divmod(cents, parts)
    return [(each + (place < left)) * CENT for place in range(parts)]
