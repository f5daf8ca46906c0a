"""A whole year scored: nodes, indicators, divisions and the office, from facts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from approvals.scores.facts import Standing
from approvals.scores.lines import Adjustment
from approvals.scores.nodes import NodeScore, allotted, score_node
from approvals.scores.scheme import Scheme
from approvals.scores.totals import Entry, Purse, Total, counted_once, indicator_total, total


@dataclass(frozen=True)
class YearScores:
    """The scores of a year; divisions in the office's order, nodes by number."""

    nodes: tuple[NodeScore, ...]
    indicators: tuple[Total, ...]
    divisions: tuple[Total, ...]
    office: Total

    @cached_property
    def _by_number(self) -> dict[int, NodeScore]:
        return {one.place.number: one for one in self.nodes}

    def node(self, number: int) -> NodeScore | None:
        return self._by_number.get(number)

    @cached_property
    def _indicator_by_number(self) -> dict[int, Total]:
        return {one.key: one for one in self.indicators}

    def division(self, division_id: int) -> Total | None:
        return next((one for one in self.divisions if one.key == division_id), None)

    def indicator(self, number: int) -> Total | None:
        return self._indicator_by_number.get(number)

    def nodes_of(self, division_id: int) -> list[NodeScore]:
        return [one for one in self.nodes if one.place.division_id == division_id]


def score_year(
    standings: Sequence[Standing],
    entries: Sequence[Entry],
    scheme: Scheme,
    adjustments: Sequence[Adjustment] = (),
    office: str = "",
) -> YearScores:
    """Score every node of `standings`, and what they add up to."""
    points = allotted(standings, scheme)
    nodes = tuple(
        score_node(
            one,
            points[one.place.number],
            scheme,
            [said for said in adjustments if said.node == one.place.number] if adjustments else (),
        )
        for one in standings
    )
    return YearScores(
        nodes,
        tuple(_indicators(nodes, scheme)),
        tuple(_divisions(nodes, entries, scheme, adjustments)),
        _office(nodes, entries, scheme, adjustments, office),
    )


def _indicators(nodes: Sequence[NodeScore], scheme: Scheme) -> Iterable[Total]:
    for number, group in _grouped(nodes, lambda one: one.place.indicator).items():
        yield indicator_total(number, group[0].place.indicator_title, group, scheme)


def _divisions(
    nodes: Sequence[NodeScore], entries: Sequence[Entry], scheme: Scheme, adjustments: Sequence[Adjustment]
) -> Iterable[Total]:
    winners = counted_once(entries, scheme)
    in_order = sorted(nodes, key=lambda one: (one.place.position, one.place.number))
    for key, group in _grouped(in_order, lambda one: one.place.division_id).items():
        purse = Purse(
            [one for one in entries if one.division_id == key],
            winners,
            scheme.bonus_division_cap,
            [one for one in adjustments if one.node is None and one.division_id == key],
        )
        yield total(key, group[0].place.division, group, purse, scheme)


def _office(
    nodes: Sequence[NodeScore],
    entries: Sequence[Entry],
    scheme: Scheme,
    adjustments: Sequence[Adjustment],
    name: str,
) -> Total:
    own = [one for one in adjustments if one.node is None]
    purse = Purse(entries, counted_once(entries, scheme), scheme.bonus_office_cap, own)
    return total(0, name, nodes, purse, scheme)


def _grouped(nodes: Sequence[NodeScore], key: Callable[[NodeScore], int]) -> dict[int, list[NodeScore]]:
    groups: dict[int, list[NodeScore]] = {}
    for one in nodes:
        groups.setdefault(key(one), []).append(one)
    return groups
