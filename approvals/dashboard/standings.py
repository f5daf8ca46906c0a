"""Where each node stands on the day a board is looked at from, and what follows from that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from approvals.dashboard.scope import Scope
from nodes import figures
from nodes.addresses import node_url
from nodes.figures import NodeFact
from nodes.light import DONE, LATE, Light
from nodes.models import State, WorkNode
from workflow.calendar import WorkingDays
from workflow.models import Division
from workflow.selectors import working_days


@dataclass(frozen=True)
class Standing:
    """A node with its light; `days_late` counts working days after the deadline, 0 when it is not late."""

    fact: NodeFact
    light: Light
    days_late: int

    @property
    def node(self) -> WorkNode:
        return self.fact.node

    @property
    def done(self) -> bool:
        return self.light in DONE

    @property
    def url(self) -> str:
        return node_url(self.node)


def standings(scope: Scope) -> list[Standing]:
    """The scope's nodes by number."""
    calendar = working_days(scope.cycle.office)
    found = [fact for fact in figures.facts(scope.cycle, scope.as_of) if scope.covers(fact.node)]
    for fact in found:
        fact.node.cycle = scope.cycle  # its address needs the year
    lit = figures.lit(found, scope.day, calendar)
    return [Standing(fact, light, _days_late(fact, light, scope.day, calendar)) for fact, light in lit]


def _days_late(fact: NodeFact, light: Light, day: date, calendar: WorkingDays) -> int:
    if fact.deadline is None or light not in LATE:
        return 0
    stated = fact.completed_on if fact.state in (State.APPROVED, State.EVIDENCE_SUBMITTED) else None
    return calendar.between(fact.deadline, stated or day)


@dataclass(frozen=True)
class Count:
    """How many there are of something, and the list behind the number (empty: there is none)."""

    label: str
    number: int
    url: str = ""
    name: str = ""


@dataclass(frozen=True)
class DivisionRow:
    """A division's nodes by light, with their lists in `counts`, and how many of them were returned."""

    division: Division
    lights: Counter[Light]
    returned: int
    late_days: int
    url: str
    counts: tuple[Count, ...]

    @property
    def nodes(self) -> int:
        return self.lights.total()

    @property
    def done(self) -> int:
        return sum(self.lights[light] for light in DONE)

    @property
    def late(self) -> list[Count]:
        """Those overdue and those done late."""
        return [count for count in self.counts if count.name in LATE]

    @property
    def share(self) -> int:
        """Per cent done, in whole numbers."""
        return int(per_cent(self.done, self.nodes, 0))


def per_cent(done: int, nodes: int, digits: int = 1) -> float:
    """How many per cent of `nodes` are done: 100 only when all are, 0 only when none is."""
    least = 10.0**-digits
    if done in (0, nodes):
        return 100.0 if done else 0.0
    return round(min(max(done * 100 / nodes, least), 100 - least), digits)


def light_counts(scope: Scope, found: Iterable[Standing]) -> list[Count]:
    """The lights that some node shows, in their own order."""
    counted = Counter(standing.light for standing in found)
    return [
        Count(str(light.label), counted[light], scope.list_of(light=light.value), light.value)
        for light in Light
        if counted[light]
    ]


def state_counts(scope: Scope, found: Iterable[Standing]) -> list[Count]:
    counted = Counter(standing.fact.state for standing in found)
    return [
        Count(str(state.label), counted[state], scope.list_of(state=state.value), state.value)
        for state in State
    ]


def headline(scope: Scope, found: list[Standing]) -> list[Count]:
    """What somebody in a hurry wants to know."""
    lights = Counter(standing.light for standing in found)
    states = Counter(standing.fact.state for standing in found)
    by_light = (Light.DONE_ON_TIME, Light.DONE_LATE, Light.OVERDUE, Light.DUE_SOON)
    waiting, deferred = State.EVIDENCE_SUBMITTED, State.DEFERRED
    return [
        Count(_("Nodes"), len(found), scope.list_of(), "nodes"),
        *(Count(str(one.label), lights[one], scope.list_of(light=one.value), one.value) for one in by_light),
        Count(_("Waiting for review"), states[waiting], scope.list_of(state=waiting.value), waiting.value),
        Count(_("Deferred"), states[deferred], scope.list_of(state=deferred.value), deferred.value),
    ]


def by_division(scope: Scope, found: Iterable[Standing]) -> list[DivisionRow]:
    """The scope's divisions that lead nodes, in the office's order."""
    groups: dict[int, list[Standing]] = {}
    for standing in found:
        groups.setdefault(standing.node.lead_division_id, []).append(standing)
    return [_row(scope, one, groups[one.pk]) for one in scope.divisions if one.pk in groups]


def _row(scope: Scope, division: Division, group: list[Standing]) -> DivisionRow:
    lights = Counter(standing.light for standing in group)
    return DivisionRow(
        division,
        lights,
        sum(standing.fact.returned > 0 for standing in group),
        sum(standing.days_late for standing in group),
        scope.list_of(division=division.pk),
        tuple(_of_division(scope, division, light, lights[light]) for light in Light),
    )


def _of_division(scope: Scope, division: Division, light: Light, number: int) -> Count:
    return Count(
        str(light.label), number, scope.list_of(division=division.pk, light=light.value), light.value
    )
