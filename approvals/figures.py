"""A year's figures with its deferrals and who signed them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Prefetch

from approvals.models import Decision, DeferralRequest
from nodes import figures as node_figures
from nodes.models import Cycle


def figures(cycle: Cycle, as_of: date | None = None) -> dict[str, Any]:
    """Everything `manage.py figures` prints, with the keys that others rely on."""
    return {
        "office": cycle.office.code,
        "year": cycle.year,
        **node_figures.figures(cycle, as_of),
        "deferrals": [_deferral(request) for request in approved_deferrals(cycle, as_of)],
    }


def approved_deferrals(cycle: Cycle, as_of: date | None = None) -> list[DeferralRequest]:
    """The year's approved requests, by node and time, with their decisions at hand."""
    found = DeferralRequest.objects.filter(node__cycle=cycle, status=DeferralRequest.Status.APPROVED)
    if as_of:
        found = found.filter(settled_at__lt=node_figures.end_of(cycle, as_of))
    given = Decision.objects.select_related("post__division", "actor", "on_behalf_of")
    found = found.prefetch_related(Prefetch("sign_offs__decision", queryset=given))
    return list(found.select_related("node", "office").order_by("node__number", "filed_at", "id"))


def decisions(request: DeferralRequest) -> list[Decision]:
    """The decisions on a request in the order they were made."""
    made = [(one.step, one.decision) for one in request.sign_offs.all() if hasattr(one, "decision")]
    return [decision for _step, decision in sorted(made, key=lambda pair: (pair[0], pair[1].at, pair[1].pk))]


def _deferral(request: DeferralRequest) -> dict[str, Any]:
    zone = request.office.zone
    return {
        "node": request.node.number,
        "title": request.node.title,
        "reason": request.justification,
        "requested_at": request.filed_at.astimezone(zone).isoformat(),
        "new_due": request.new_due.isoformat() if request.new_due else None,
        "sign_offs": [_sign_off(decision, request) for decision in decisions(request)],
    }


def _sign_off(decision: Decision, request: DeferralRequest) -> dict[str, Any]:
    return {
        "post": str(decision.post),
        "by": decision.leader_name if decision.recorded else decision.actor.username,
        "on_behalf_of": decision.on_behalf_of.username if decision.on_behalf_of else None,
        "decision": decision.outcome,
        "opinion": decision.opinion,
        "at": decision.at.astimezone(request.office.zone).isoformat(),
        "document_number": decision.document_number or None,
        "signed_on": decision.signed_on.isoformat() if decision.signed_on else None,
        "recorded_by": decision.actor.username if decision.recorded else None,
    }
