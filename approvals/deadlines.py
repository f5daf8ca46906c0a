"""A node's deadlines, from the one that was promised to the one in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from approvals.models import DeferralRequest
from nodes.models import DeadlineChange, WorkNode


@dataclass(frozen=True)
class Shift:
    """A deadline that moved: why and by whom, and the request that was granted, where the reader sees it."""

    previous: date | None
    new: date | None
    at: datetime
    who: str
    reason: str
    request: DeferralRequest | None


def changes_of(node: WorkNode) -> list[DeadlineChange]:
    """Every change of the node's deadline, the first one first."""
    return list(node.deadline_changes.select_related("changed_by"))


def shifts(
    changes: Iterable[DeadlineChange], requests: Iterable[DeferralRequest], *, concerned: bool
) -> list[Shift]:
    """`changes` as a reader sees them, with those of `requests` that brought them."""
    settled = {one.settled_at: one for one in requests if one.status == one.Status.APPROVED}
    return [
        Shift(
            one.previous,
            one.new,
            one.changed_at,
            str(one.changed_by or ""),
            one.reason if concerned else "",
            settled.get(one.changed_at),
        )
        for one in changes
    ]
