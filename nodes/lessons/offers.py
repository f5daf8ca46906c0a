"""What is proposed for the deadlines of a division, to be accepted as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nodes.lessons.calibration import Suggestion, Verdict


@dataclass(frozen=True)
class Offer:
    """How many deadlines of a division would move, and which way."""

    division_id: int
    division: str
    nodes: int
    earlier: int
    later: int

    @property
    def moves(self) -> int:
        return self.earlier + self.later


def offers(proposed: Mapping[int, Suggestion]) -> list[Offer]:
    """The divisions for which something would move, in the order in which their nodes come."""
    groups: dict[int, list[Suggestion]] = {}
    for one in proposed.values():
        groups.setdefault(one.division_id, []).append(one)
    found = [_offer(group) for group in groups.values()]
    return [offer for offer in found if offer.moves]


def _offer(group: list[Suggestion]) -> Offer:
    moving = [one for one in group if one.moves]
    loose = sum(one.verdict == Verdict.LOOSE for one in moving)
    return Offer(group[0].division_id, group[0].division, len(group), loose, len(moving) - loose)
