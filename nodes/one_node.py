"""One node with all that its own page shows of it, in one statement."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from nodes.models import Cycle, Watch, WorkNode
from nodes.selectors import lit
from workflow.models import User
from workflow.refusals import NotFound

ABOUT = ("cycle", "lead_division__leader_in_charge", "indicator__parent__parent", "current_submission")


def node_of_year(user: User, year: int | None, number: int) -> WorkNode:
    """The node of this number in `year`, the newest year when None, with its light and `watched_by`.

    It shares the user's office, whose calendar is then read once. Raises NotFound.
    """
    office = user.office
    found = WorkNode.objects.visible_to(user).filter(_in_year(user, year), number=number)
    node = _watched(lit(found, office)).select_related(*ABOUT).first() if office else None
    if node is None:
        raise NotFound(_("There is no such node in your office."))
    node.office = node.cycle.office = office
    return node


def _in_year(user: User, year: int | None) -> Q:
    if year is not None:
        return Q(cycle__year=year)
    newest = Cycle.objects.filter(office=user.office_id).order_by("-year")
    return Q(cycle=Subquery(newest.values("pk")[:1]))


def _watched(nodes: QuerySet[Any]) -> QuerySet[Any]:
    """`nodes` with `watched_by`: who watches each, the longest first, as {"pk", "name", "username"}."""
    watches = Watch.objects.filter(node=OuterRef("pk"), user__is_active=True).order_by("id")
    who = JSONObject(pk="user", name="user__name", username="user__username")
    return nodes.annotate(watched_by=ArraySubquery(watches.values(who=who)))
