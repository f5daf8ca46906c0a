"""The list of requests: narrowed as chosen, each with whom it waits for and since when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from approvals import selectors
from approvals.models import DeferralRequest
from workflow.models import User


@dataclass(frozen=True)
class Awaited:
    """One signature that a request waits for: whose, and since when."""

    posts: str
    people: list[str]
    since: datetime
    off_system: bool


@dataclass
class Row:
    """A request with the signatures it waits for; `mine` says one of them is the reader's to give."""

    request: DeferralRequest
    awaited: list[Awaited] = field(default_factory=list)
    mine: bool = False


@dataclass(frozen=True)
class Waits:
    """Which signatures wait, by request, and which requests wait for the reader."""

    awaited: dict[int, list[Awaited]]
    mine: set[int]

    def rows(self, requests: Iterable[DeferralRequest]) -> list[Row]:
        return [Row(one, self.awaited.get(one.pk, []), one.pk in self.mine) for one in requests]


def waits(user: User) -> Waits:
    """What waits for whom now, as far as `user` sees it."""
    now = selectors.open_sign_offs(user)
    awaited: dict[int, list[Awaited]] = {}
    for needed in now.sign_offs:
        awaited.setdefault(needed.request_id, []).append(_awaited(now, needed))
    mine = {one.request.pk for one in now.to_sign()} | {one.request_id for one in now.to_record()}
    return Waits(awaited, mine)


def _awaited(now: selectors.OpenSignOffs, needed: Any) -> Awaited:
    posts = "、".join(str(post) for post in needed.signers)
    on_paper = any(post.off_system for post in needed.signers)
    return Awaited(posts, [name for name in now.people(needed) if name != posts], needed.opened_at, on_paper)


def narrowed(user: User, chosen: dict[str, Any], waiting: Waits) -> QuerySet[DeferralRequest]:
    """The requests the user may see that are as `chosen` (the keys of `DeferralFilter`)."""
    found = selectors.deferrals(user)
    if status := chosen.get("status"):
        found = found.filter(status=status)
    if division := chosen.get("division"):
        found = found.filter(node__lead_division=division)
    if year := chosen.get("year"):
        found = found.filter(node__cycle__year=year)
    if chosen.get("waiting"):
        found = found.filter(pk__in=waiting.mine)
    return found
