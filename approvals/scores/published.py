"""Scores as they were published, and what appeals added to them since."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from approvals.models import PublishedScores, ScoreAppeal
from approvals.scores.freezing import Basis, digest, thawed
from approvals.scores.lines import Adjustment, Line
from approvals.scores.nodes import most
from approvals.scores.year import YearScores
from nodes.models import Cycle


@dataclass(frozen=True)
class Published:
    """A publication, what it follows from, and what the appeals upheld against it and those before it
    changed: publishing anew undoes no decision."""

    row: PublishedScores
    basis: Basis
    adjustments: tuple[Adjustment, ...]

    @cached_property
    def scores(self) -> YearScores:
        return self.basis.adjusted(self.adjustments) if self.adjustments else self.basis.scores

    @cached_property
    def intact(self) -> bool:
        """Whether what is kept still has the hash that it was published with."""
        return digest(self.row.content) == self.row.sha256

    def lines(self, division_id: int, node_number: int | None) -> tuple[Line, ...]:
        """The lines as published of a node of the division, or of the division itself; none where neither
        is there."""
        if node_number is None:
            division = self.basis.scores.division(division_id)
            return division.lines if division else ()
        node = self.basis.scores.node(node_number)
        return node.lines if node and node.place.division_id == division_id else ()

    def room(self, division_id: int, node_number: int | None) -> tuple[Decimal, Decimal]:
        """How much an adjustment may take at most, and how much it may give."""
        scheme = self.basis.scheme
        if node_number is None:
            division = self.scores.division(division_id)
            score = (division.score if division else None) or Decimal(0)
            return score, scheme.full + scheme.bonus_division_cap - score
        node = self.scores.node(node_number)
        assert node is not None
        return node.score, most(node.points, scheme.rule_for(node_number, node.place.level1)) - node.score


def published(cycle: Cycle) -> Published | None:
    """The publication in force of the year, None before the first: two statements."""
    rows = PublishedScores.objects.filter(cycle=cycle).select_related("published_by", "on_behalf_of")
    row = rows.order_by("-number").first()
    return opened(row) if row else None


def opened(row: PublishedScores) -> Published:
    same_year = ScoreAppeal.objects.filter(
        publication__cycle=row.cycle_id, publication__number__lte=row.number
    )
    upheld = same_year.filter(status=ScoreAppeal.Status.UPHELD).order_by("id")
    return Published(row, thawed(row.content), tuple(_adjustment(one) for one in upheld))


def _adjustment(appeal: ScoreAppeal) -> Adjustment:
    assert appeal.adjustment is not None
    division = None if appeal.node_number else appeal.division_id
    return Adjustment(appeal.pk, appeal.adjustment, appeal.opinion, appeal.node_number, division)
