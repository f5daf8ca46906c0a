"""What an address of the analysis asks for: a year of an office, narrowed to divisions, a kind or a month."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.utils.dates import MONTHS as MONTH_NAMES

from approvals.dashboard.scope import Scope, scope_of
from nodes.kinds import Kind
from nodes.lessons.works import Work
from nodes.models import Cycle
from workflow.models import User
from workflow.visiting import whole_number

MONTHS = range(1, 13)


@dataclass(frozen=True)
class Asked:
    """The scope and what it is narrowed to besides; `kind` is empty and `month` None for all."""

    scope: Scope
    kind: str = ""
    month: int | None = None

    @property
    def cycle(self) -> Cycle:
        return self.scope.cycle

    @property
    def narrowed(self) -> bool:
        return self.scope.narrowed or bool(self.kind) or self.month is not None

    def covers(self, work: Work) -> bool:
        return (
            work.division_id in self.scope.covered
            and self.kind in ("", work.kind)
            and self.month in (None, work.month)
        )

    def narrow(self, found: Iterable[Work]) -> list[Work]:
        return [work for work in found if self.covers(work)]

    @property
    def query(self) -> str:
        """The parameters that lead here again."""
        more = {name: value for name, value in (("kind", self.kind), ("month", self.month)) if value}
        return "&".join(part for part in (self.scope.query(), urlencode(more)) if part)


def asked(user: User, sent: Mapping[str, str]) -> Asked:
    """What `sent` asks for; without a year, the newest that is no draft.

    Raises NotFound for a year, a division or a leader that the user's office does not have; any other value
    that is no choice narrows nothing.
    """
    scope = scope_of(user, sent)
    if not sent.get("year") and scope.cycle.status == Cycle.Status.DRAFT:
        begun = (cycle for cycle in scope.years if cycle.status != Cycle.Status.DRAFT)
        scope = replace(scope, cycle=next(begun, scope.cycle))
    kind, month = sent.get("kind", ""), whole_number(sent.get("month", ""))
    return Asked(scope, kind if kind in Kind.values else "", month if month in MONTHS else None)


def choices() -> dict[str, Any]:
    """What the filter offers besides years and divisions."""
    return {
        "kinds": Kind,
        "months": [(number, MONTH_NAMES[number]) for number in MONTHS],
    }
