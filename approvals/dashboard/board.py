"""The whole board, read once and then only looked at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from approvals import selectors
from approvals.dashboard import curves, deadlines, gantt, rankings, standings, waiting
from approvals.dashboard.curves import Curve, MonthRow
from approvals.dashboard.deadlines import Day, Month
from approvals.dashboard.gantt import Group
from approvals.dashboard.scope import Scope
from approvals.dashboard.standings import Count, DivisionRow, Standing
from approvals.dashboard.waiting import Waiting
from approvals.models import DeferralRequest
from nodes import figures
from nodes.models import Cycle
from workflow.models import User


@dataclass(frozen=True)
class Board:
    """What the year of `scope` looks like to somebody of the office.

    `sign_offs` and `deferrals` are those the reader may see. Nothing waits on a past day or in a closed year.
    """

    scope: Scope
    nodes: tuple[Standing, ...]
    indicators: dict[str, int]
    sign_offs: tuple[Waiting, ...]
    deferrals: tuple[DeferralRequest, ...]

    @property
    def closed(self) -> bool:
        return self.scope.cycle.status == Cycle.Status.CLOSED

    @property
    def shows_waiting(self) -> bool:
        return self.scope.live

    @cached_property
    def headline(self) -> list[Count]:
        return standings.headline(self.scope, list(self.nodes))

    @cached_property
    def outcomes(self) -> dict[str, int]:
        return figures.outcomes(standing.fact for standing in self.nodes)

    @property
    def share_done(self) -> str:
        """Per cent of the nodes that are done."""
        done = self.outcomes["done_on_time"] + self.outcomes["done_late"]
        return f"{standings.per_cent(done, len(self.nodes)):g}"

    @cached_property
    def lights(self) -> list[Count]:
        return standings.light_counts(self.scope, self.nodes)

    @cached_property
    def states(self) -> list[Count]:
        return standings.state_counts(self.scope, self.nodes)

    @cached_property
    def divisions(self) -> list[DivisionRow]:
        return standings.by_division(self.scope, self.nodes)

    @cached_property
    def curve(self) -> Curve:
        return curves.curve(self.scope, self.nodes)

    @cached_property
    def month_rows(self) -> list[MonthRow]:
        return curves.month_rows(self.scope, self.curve, self.nodes)

    @cached_property
    def months(self) -> list[Month]:
        return deadlines.months(self.scope, self.nodes)

    @cached_property
    def busy_days(self) -> list[Day]:
        return deadlines.busy_days(self.months)

    @cached_property
    def gantt(self) -> list[Group]:
        return gantt.groups(self.scope, self.nodes)

    @cached_property
    def late(self) -> list[Standing]:
        return rankings.latest(self.nodes)

    @cached_property
    def returned(self) -> list[Standing]:
        return rankings.most_returned(self.nodes)

    @cached_property
    def troubled(self) -> list[DivisionRow]:
        return rankings.most_troubled(self.divisions)

    @cached_property
    def reviews(self) -> list[Waiting]:
        return waiting.reviews(self.scope, self.nodes) if self.shows_waiting else []


def board(user: User, scope: Scope) -> Board:
    """The board of `scope` as `user` may see it."""
    return Board(
        scope,
        tuple(standings.standings(scope)),
        figures.indicator_counts(scope.cycle),
        tuple(waiting.sign_offs(user, scope)) if scope.live else (),
        tuple(_granted(user, scope)),
    )


def _granted(user: User, scope: Scope) -> list[DeferralRequest]:
    found = selectors.deferrals(user).filter(
        node__cycle=scope.cycle,
        node__lead_division__in=scope.covered,
        status=DeferralRequest.Status.APPROVED,
    )
    if scope.as_of:
        found = found.filter(settled_at__lt=figures.end_of(scope.cycle, scope.as_of))
    return list(found)
