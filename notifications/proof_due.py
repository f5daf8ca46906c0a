"""Who was to be told what: recomputed from rules, nodes and posts as they were, without the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from nodes.models import WorkNode
from notifications.models import ChannelKind
from notifications.proof_posts import PostsThen, Role
from notifications.timing import Slot
from workflow.models import PostKind

KINDS = tuple(ChannelKind.values)
# Audiences that many a node has none of, which is nothing to miss.
MAY_BE_NOBODY = ("supporting", "watchers")


@dataclass(frozen=True)
class Due:
    """That on `day` somebody was to be told of `node` under `rule`, over `channels`; `user_id` None where
    nobody was there whom `audience` names.

    `named` is whether one of the office's own rules asks for these very channels; `at` is when that
    happened of which a rule tells, and `written_at` when it was told; both None for a deadline. A `standard`
    rule about what happened answers with its own row of the ledger, by `slot` or by its moment; `missed`
    is why it cannot have any, where that is known.
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
    standard: bool = False
    slot: str = ""
    missed: str = ""


def told_of(
    day: date, node: WorkNode, found: Sequence[Slot], posts: PostsThen, at: datetime
) -> Iterator[Due]:
    """Who was to hear of `node` that day, on each channel the last thing; a post with nobody says so."""
    heard: dict[tuple[int, str], Slot] = {}
    for slot in found:
        reached = set(_reached(slot, node, day, posts, at))
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


def _reached(slot: Slot, node: WorkNode, day: date, posts: PostsThen, at: datetime) -> Iterator[int]:
    """The people of the slot's audience, as they were at the moment `at`."""
    if slot.audience == "watchers":
        return (user for user in watching(node, at) if posts.is_open(user, at))
    return of_audience(slot.audience, node, posts.roles(day, at))


def watching(node: WorkNode, at: datetime) -> Iterator[int]:
    """Who watched the node then and does still."""
    for watch in node.watches.all():
        if watch.since <= at and watch.user.office_id == node.office_id:
            yield watch.user_id


def of_audience(audience: str, node: WorkNode, roles: Sequence[Role]) -> Iterator[int]:
    """Those of `roles` whom `audience` means, seen from the node's lead division."""
    supporting = {division.pk for division in node.supporting_divisions.all()}
    for role in roles:
        match audience:
            case "leader_in_charge":
                meant = role.post == node.lead_division.leader_in_charge_id
            case "supporting":
                meant = role.kind == PostKind.HANDLER and role.division in supporting
            case _:
                meant = role.kind == audience and role.division in (None, node.lead_division_id)
        if meant:
            yield role.user
