"""The moment an act happens: given by the caller, or now."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone


def moment(at: datetime | None) -> datetime:
    """`at` as an aware datetime, the present when None."""
    if at is None:
        return timezone.now()
    if timezone.is_naive(at):
        raise ValueError(f"{at!r} has no time zone")
    return at
