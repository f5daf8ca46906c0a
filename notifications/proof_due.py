"""Who was to be told what: recomputed from rules, nodes and posts as they were, without the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from nodes.models import WorkNode
from notifications.models import ChannelKind
from notifications.timing import Slot
from workflow.models import Office, PostKind

KINDS = tuple(ChannelKind.values)
# Audiences that many a node has none of, which is nothing to miss.
MAY_BE_NOBODY = ("supporting", "watchers")
# As in `sql.ROLES`, for many days at once: who acted for which post then.
ROLES = """
WITH acting AS MATERIALIZED (
    SELECT days.day, p.id AS post_id, p.kind, p.division_id, u.id AS user_id
    FROM unnest(%(days)s::date[]) days(day)
    CROSS JOIN LATERAL jiedian_acting(days.day) a
    JOIN workflow_post p ON p.id = a.post_id AND p.office_id = %(office)s
    JOIN workflow_user u ON u.id = a.user_id AND u.is_active
)
SELECT * FROM acting
UNION ALL
SELECT head.day, head.post_id, 'handler', head.division_id, head.user_id
FROM acting head
WHERE head.kind = 'division_head' AND NOT EXISTS (
    SELECT FROM acting h WHERE h.day = head.day AND h.kind = 'handler' AND h.division_id = head.division_id)
"""


@dataclass(frozen=True)
class Due:
    """That on `day` somebody was to be told of `node` under `rule`, over `channels`; `user_id` None where
    nobody was there whom `audience` names.

    `named` is whether one of the office's own rules asks for these very channels; `at` is when that
    happened of which a rule tells, and `written_at` when it was told; both None for a deadline.
    """

    day: date
    rule: str
    audience: str
    node: WorkNode
    user_id: int | None
    channels: tuple[str, ...] = KINDS
    named: bool = False
    at: datetime | None = None
    written_at: datetime | None = None


def roles_of(office: Office, days: Sequence[date]) -> dict[date, list[tuple[Any, ...]]]:
    """By day: post, kind, division and person of everybody who acted then."""
    found: dict[date, list[tuple[Any, ...]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ROLES, {"days": list(days), "office": office.pk})
        for day, *role in cursor.fetchall():
            found.setdefault(day, []).append(tuple(role))
    return found


def told_of(
    day: date, node: WorkNode, found: Sequence[Slot], roles: Sequence[tuple[Any, ...]], at: datetime
) -> Iterator[Due]:
    """Who was to hear of `node` that day, on each channel the last thing; a post with nobody says so."""
    heard: dict[tuple[int, str], Slot] = {}
    for slot in found:
        reached = set(_reached(slot, node, roles, at))
        if not reached and slot.audience not in MAY_BE_NOBODY:
            yield Due(day, slot.rule, slot.audience, node, None)
        for user in reached:
            for kind in _channels(slot):
                heard[user, kind] = slot
    said: dict[tuple[int, Slot], list[str]] = {}
    for (user, kind), slot in heard.items():
        said.setdefault((user, slot), []).append(kind)
    for (user, slot), kinds in said.items():
        named = bool(slot.own and slot.own.channels)
        yield Due(day, slot.rule, slot.audience, node, user, tuple(kinds), named)


def _channels(slot: Slot) -> Sequence[str]:
    return (slot.own.channels if slot.own else ()) or KINDS


def _reached(slot: Slot, node: WorkNode, roles: Sequence[tuple[Any, ...]], at: datetime) -> Iterator[int]:
    """The people of the slot's audience, as they were at the moment `at`."""
    if slot.audience == "watchers":
        for watch in node.watches.all():
            if watch.since <= at and watch.user.is_active and watch.user.office_id == node.office_id:
                yield watch.user_id
        return
    supporting = {division.pk for division in node.supporting_divisions.all()}
    for post, kind, division, user in roles:
        match slot.audience:
            case "leader_in_charge":
                meant = post == node.lead_division.leader_in_charge_id
            case "supporting":
                meant = kind == PostKind.HANDLER and division in supporting
            case _:
                meant = kind == slot.audience and division in (None, node.lead_division_id)
        if meant:
            yield user
