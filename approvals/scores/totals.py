"""What nodes, bonus and deductions add up to: for a division, an indicator, the office."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from approvals.scores.lines import Adjustment, Line, adjusted, bounded, summed
from approvals.scores.nodes import NodeScore
from approvals.scores.rounding import NOTHING, rounded
from approvals.scores.scheme import Scheme


@dataclass(frozen=True)
class Entry:
    """A bonus or a deduction as it was recorded; without a division it is the office's.

    Entries with one `matter_key` are the same matter. `basis` is the number of the document behind it.
    """

    id: int
    kind: Literal["bonus", "deduction"]
    division_id: int | None
    matter: str
    level: str
    points: Decimal
    matter_key: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Total:
    """A score that is a sum: `earned` of `base` by its nodes, and lines that add up to `score`.

    `key` is a division's id or an indicator's number, 0 for the office.
    """

    key: int
    name: str
    base: Decimal
    earned: Decimal
    nodes: int
    lines: tuple[Line, ...]
    grade: str = ""

    @property
    def score(self) -> Decimal | None:
        """None where nothing counts yet."""
        return summed(self.lines) if self.base else None


@dataclass(frozen=True)
class Compared:
    """A total or a node's score before and after; the same one, so both have a `score`."""

    before: Any
    after: Any

    @property
    def change(self) -> Decimal | None:
        if self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score


def counted_once(entries: Iterable[Entry], scheme: Scheme) -> dict[int, int]:
    """Entry id to the id of the one that counts for its matter: the highest level, then the most points."""
    found, ranks = list(entries), {level.name: rank for rank, level in enumerate(scheme.bonus_levels)}
    best: dict[tuple[str, str], Entry] = {}
    for one in sorted(found, key=lambda one: (ranks.get(one.level, len(ranks)), -one.points, one.id)):
        best.setdefault(_matter(one), one)
    return {one.id: best[_matter(one)].id for one in found}


def _matter(entry: Entry) -> tuple[str, str]:
    key = " ".join(entry.matter_key.split()).casefold()
    return entry.kind, f"key {key}" if key else f"entry {entry.id}"


@dataclass(frozen=True)
class Purse:
    """The bonus and the deductions that concern one total, and how much bonus it can have."""

    entries: Sequence[Entry]
    winners: Mapping[int, int]
    bonus_cap: Decimal
    adjustments: Sequence[Adjustment] = ()


def indicator_total(number: int, title: str, nodes: Sequence[NodeScore], scheme: Scheme) -> Total:
    """What the nodes of an indicator got of what they could, as a part of the full marks."""
    base, earned = _sums(nodes)
    return Total(number, title, base, earned, len(nodes), tuple(_tasks(base, earned, scheme)))


def total(key: int, name: str, nodes: Sequence[NodeScore], purse: Purse, scheme: Scheme) -> Total:
    """What a division or the office gets."""
    base, earned = _sums(nodes)
    lines = [*_tasks(base, earned, scheme), *_bonus(purse, scheme), *_deductions(purse, scheme)]
    lines += adjusted(purse.adjustments)
    lines += bounded(summed(lines), NOTHING, scheme.full + purse.bonus_cap)
    grade = scheme.grade_of(summed(lines)) if base else ""
    return Total(key, name, base, earned, len(nodes), tuple(lines), grade)


def _sums(nodes: Iterable[NodeScore]) -> tuple[Decimal, Decimal]:
    counting = [one for one in nodes if one.counts]
    return sum((one.points for one in counting), NOTHING), sum((one.score for one in counting), NOTHING)


def _tasks(base: Decimal, earned: Decimal, scheme: Scheme) -> Iterator[Line]:
    if base:
        facts = {"base": base, "earned": earned, "full": scheme.full}
        yield Line("tasks", rounded(scheme.full * earned / base), facts)


def _bonus(purse: Purse, scheme: Scheme) -> Iterator[Line]:
    won = NOTHING
    for one in purse.entries:
        if one.kind == "bonus":
            for line in _one_bonus(one, purse, scheme):
                won += line.amount
                yield line
    if won > purse.bonus_cap:
        yield Line("bonus_cap", rounded(purse.bonus_cap) - won, {"cap": purse.bonus_cap})


def _one_bonus(entry: Entry, purse: Purse, scheme: Scheme) -> Iterator[Line]:
    facts = _said_of(entry)
    if purse.winners[entry.id] != entry.id:
        yield Line("counted_once", NOTHING, facts | {"by": purse.winners[entry.id]})
        return
    points, cap = rounded(entry.points), rounded(scheme.bonus_item_cap)
    yield Line("bonus", points, facts)
    if points > cap:
        yield Line("bonus_item_cap", cap - points, facts | {"cap": cap})


def _deductions(purse: Purse, scheme: Scheme) -> Iterator[Line]:
    lost = NOTHING
    for one in purse.entries:
        if one.kind == "deduction":
            counts = purse.winners[one.id] == one.id
            amount = -rounded(one.points) if counts else NOTHING
            lost -= amount
            yield Line("deduction" if counts else "deducted_once", amount, _said_of(one))
    cap = scheme.deduction_cap
    if cap is not None and lost > cap:
        yield Line("deduction_cap", lost - rounded(cap), {"cap": cap})


def _said_of(entry: Entry) -> dict[str, object]:
    return {"entry": entry.id, "matter": entry.matter, "level": entry.level, "basis": entry.basis}
