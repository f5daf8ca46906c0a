"""Which year and which node an address means."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nodes.models import Cycle, WorkNode
from nodes.selectors import cycle_of, cycles, node_seen_by
from workflow.models import User
from workflow.refusals import NotFound
from workflow.visiting import visitor, whole_number

__all__ = ["chosen_cycle", "chosen_node", "newest_cycle", "visitor"]


def chosen_cycle(request: HttpRequest) -> Cycle:
    """The year in ?year=, the office's newest without one. Raises NotFound."""
    asked, office = request.GET.get("year", ""), visitor(request).office
    if not asked:
        return newest_cycle(visitor(request))
    year = whole_number(asked)
    if year is None or office is None:
        raise NotFound(_("There is no such year."))
    return cycle_of(office, year)


def newest_cycle(user: User) -> Cycle:
    known = cycles(user)
    if not known:
        raise NotFound(_("Your office has no year yet: its catalogue has to be imported first."))
    return known[0]


def chosen_node(request: HttpRequest, number: int) -> WorkNode:
    """The node of this number in the chosen year, as the visitor sees it. Raises NotFound."""
    return node_seen_by(visitor(request), chosen_cycle(request), number)
