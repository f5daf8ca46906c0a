"""How much waits for a person: the numbers in the navigation and in the title."""

from __future__ import annotations

from typing import TypedDict

from django.core.cache import caches

from config.todo import todo
from nodes.selectors import today
from workflow.models import User

REMEMBERED = 60  # seconds, as long as nothing happens in the office


class Counts(TypedDict):
    """What each place in the navigation shows: 0 shows nothing."""

    inbox: int
    reviews: int
    deferrals: int
    summary: int
    scores: int
    province: int


def counts(user: User, newest: int) -> Counts:
    """What waits for `user`, remembered until `newest` (as `newest_entries` has it) grows."""
    if user.office is None:
        return Counts(inbox=0, reviews=0, deferrals=0, summary=0, scores=0, province=0)
    key = f"counts:{user.pk}:{newest}:{today(user.office)}"
    return caches["near"].get_or_set(key, lambda: _count(user), REMEMBERED)  # type: ignore[return-value]


def _count(user: User) -> Counts:
    waiting = todo(user)
    deferrals = len(waiting.to_sign) + len(waiting.to_record)
    return Counts(
        inbox=waiting.total,
        reviews=len(waiting.to_review),
        deferrals=deferrals,
        summary=len(waiting.summaries_to_sign) + len(waiting.summaries_to_hand_in),
        scores=len(waiting.appeals),
        province=len(waiting.filings_to_receive),
    )
