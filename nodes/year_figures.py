"""The years of an office with their counts, and what opening or closing one would mean."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from nodes.models import Cycle, State, WorkNode
from workflow.models import Office


def years(office: Office) -> QuerySet[Any]:
    """The office's years, the newest first, with how many nodes they have and how those stand."""
    counted = {
        "nodes_in_all": Count("nodes"),
        "approved": Count("nodes", filter=Q(nodes__state=State.APPROVED)),
        "deferred": Count("nodes", filter=Q(nodes__state=State.DEFERRED)),
        "to_review": Count("nodes", filter=Q(nodes__state=State.EVIDENCE_SUBMITTED)),
        "at_work": Count("nodes", filter=Q(nodes__state__in=[State.PLANNED, State.IN_PROGRESS])),
    }
    return Cycle.objects.filter(office=office).annotate(**counted).order_by("-year")


def not_done(cycle: Cycle) -> QuerySet[WorkNode]:
    """The year's nodes that are neither done nor deferred: closing the year leaves them as they are."""
    found = WorkNode.objects.filter(cycle=cycle).exclude(state__in=[State.APPROVED, State.DEFERRED])
    return found.select_related("lead_division", "cycle").order_by("number")
