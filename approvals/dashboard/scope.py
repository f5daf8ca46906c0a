"""What a board is about: a year of the whole office, of a division or of what a leader is in charge of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from nodes.models import Cycle, WorkNode
from nodes.selectors import cycles, today
from workflow import people
from workflow.models import Division, Post, User
from workflow.refusals import NotFound


@dataclass(frozen=True)
class Scope:
    """The year, the day it is looked at from, and which of the office's `divisions` count.

    `as_of` is set when that day is past: lists show the present, so nothing links to them then.
    """

    cycle: Cycle
    years: tuple[Cycle, ...]
    day: date
    as_of: date | None
    divisions: tuple[Division, ...]
    division: Division | None = None
    leader: Post | None = None

    @property
    def narrowed(self) -> bool:
        return self.division is not None or self.leader is not None

    @property
    def label(self) -> str:
        """Whose year it is, in words."""
        named = [str(one) for one in (self.leader, self.division) if one]
        return " · ".join(named) or _("the whole office")

    @property
    def leaders(self) -> list[Post]:
        """The posts in charge of divisions, in their own order."""
        found = {d.leader_in_charge.pk: d.leader_in_charge for d in self.divisions if d.leader_in_charge}
        return sorted(found.values(), key=lambda post: (post.position, post.pk))

    @property
    def live(self) -> bool:
        """Whether something can wait: not on a past day, nor in a closed year."""
        return self.as_of is None and self.cycle.status != Cycle.Status.CLOSED

    def covers(self, node: WorkNode) -> bool:
        return node.lead_division_id in self.covered

    @property
    def covered(self) -> frozenset[int]:
        """Ids of the divisions that count."""
        return frozenset(division.pk for division in self.divisions if self._counts(division))

    def _counts(self, division: Division) -> bool:
        mine = self.division is None or division.pk == self.division.pk
        return mine and (self.leader is None or division.leader_in_charge_id == self.leader.pk)

    def query(self, **changes: Any) -> str:
        """The parameters that lead to this board again, with `changes`; None leaves one out."""
        known = {
            "year": self.cycle.year,
            "division": self.division and self.division.pk,
            "leader": self.leader and self.leader.pk,
            "as_of": self.as_of and self.as_of.isoformat(),
        }
        return urlencode({name: value for name, value in (known | changes).items() if value})

    def list_of(self, **filters: Any) -> str:
        """The address of the catalogue narrowed to this scope and `filters`; empty for a past day."""
        if self.as_of:
            return ""
        return f"{reverse('nodes')}?{self.query(**filters)}"

    @property
    def whole(self) -> Scope:
        """The same of the whole office."""
        return replace(self, division=None, leader=None)

    @property
    def present(self) -> Scope:
        """The same as it stands now."""
        return replace(self, as_of=None)


def scope_of(user: User, asked: Mapping[str, str]) -> Scope:
    """The scope that an address's parameters (year, division, leader, as_of) ask for.

    Raises NotFound for a year, a division or a leader that the user's office does not have; a day that is
    none, or not yet over, means the present.
    """
    years = cycles(user)
    cycle = _chosen_year(years, asked.get("year", ""))
    office, now = cycle.office, today(cycle.office)
    as_of = _past_day(asked.get("as_of", ""), now)
    divisions = tuple(Division.objects.filter(office=office).select_related("leader_in_charge__division"))
    scope = Scope(cycle, tuple(years), as_of or now, as_of, divisions)
    division = _chosen(divisions, asked.get("division", ""))
    return replace(scope, division=division, leader=_chosen(scope.leaders, asked.get("leader", "")))


def _chosen_year(years: list[Cycle], asked: str) -> Cycle:
    if not years:
        raise NotFound(_("Your office has no year yet: its catalogue has to be imported first."))
    if not asked:
        return years[0]
    for cycle in years:
        if str(cycle.year) == asked:
            return cycle
    raise NotFound(_("There is no such year."))


def _past_day(asked: str, now: date) -> date | None:
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        return None
    return day if date(1900, 1, 1) <= day < now else None


def _chosen(known: Iterable[Any], asked: str) -> Any:
    if not asked:
        return None
    for one in known:
        if str(one.pk) == asked:
            return one
    raise NotFound(_("There is no such object in your office."))


def own_scopes(user: User, scope: Scope) -> list[tuple[str, Scope]]:
    """The quick ways, named: the whole office, the user's own divisions, and what they are in charge of."""
    whole = scope.whole
    divisions, posts = people.divisions_of(user), {c.post.pk for c in people.capacities(user)}
    own = [(str(d), replace(whole, division=d)) for d in scope.divisions if d.pk in divisions]
    led = [(str(p), replace(whole, leader=p)) for p in scope.leaders if p.pk in posts]
    if len(own) == 1:
        own = [(_("My division"), own[0][1])]
    if len(led) == 1:
        led = [(_("What I am in charge of"), led[0][1])]
    return [(_("The whole office"), whole), *own, *led]
