"""All that scores follow from, and how it is kept: the same bytes for the same facts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter

from approvals.scores.facts import Span, Standing
from approvals.scores.lines import Adjustment
from approvals.scores.scheme import Scheme
from approvals.scores.totals import Entry
from approvals.scores.year import YearScores, score_year
from workflow.calendar import WorkingDays


@dataclass(frozen=True)
class Basis:
    """What a year's scores follow from.

    `scheme_number` is the version of the scheme of `scheme_year`, 0 for the standard one; `on` the day on
    which the year was looked at.
    """

    office: str
    year: int
    scheme_number: int
    scheme_year: int
    scheme: Scheme
    on: date
    last_day: date
    standings: tuple[Standing, ...]
    entries: tuple[Entry, ...]

    @cached_property
    def scores(self) -> YearScores:
        return self.adjusted(())

    def adjusted(self, adjustments: Sequence[Adjustment]) -> YearScores:
        """The scores with what appeals added."""
        return score_year(self.standings, self.entries, self.scheme, adjustments, self.office)

    def span(self, calendar: WorkingDays) -> Span:
        return Span(self.last_day, self.on, calendar)

    @property
    def in_review(self) -> int:
        """How many nodes count by evidence that nobody has approved yet."""
        return sum(one.in_review for one in self.standings)


_BASIS = TypeAdapter(Basis)


def frozen(basis: Basis) -> dict[str, Any]:
    """`basis` and what it comes to, as plain JSON."""
    scores = basis.scores
    return {
        "basis": _BASIS.dump_python(basis, mode="json"),
        "results": {
            "office": [_said(scores.office.score), scores.office.grade],
            "divisions": {str(one.key): [_said(one.score), one.grade] for one in scores.divisions},
            "nodes": {str(one.place.number): str(one.score) for one in scores.nodes},
        },
    }


def thawed(content: dict[str, Any]) -> Basis:
    return _BASIS.validate_python(content["basis"])


def digest(content: dict[str, Any]) -> str:
    """The SHA-256 (hex) of frozen scores: keys sorted, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


def _said(score: object) -> str | None:
    return None if score is None else str(score)
