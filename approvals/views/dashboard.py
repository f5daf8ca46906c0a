"""The year's figures on one page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals import selectors
from approvals.figures import figures
from nodes.models import State
from nodes.selectors import catalogue, cycles, light_counts
from nodes.views.choosing import chosen_cycle, visitor
from workflow.models import Division


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    user = visitor(request)
    cycle = chosen_cycle(request)
    found = figures(cycle)
    ids = dict(Division.objects.filter(office=cycle.office_id).values_list("name", "pk"))
    facts = {
        "cycle": cycle,
        "cycles": cycles(user),
        "figures": found,
        "states": [(State(state), count) for state, count in found["states"].items()],
        "lights": light_counts(catalogue(user, cycle, {})),
        "divisions": [{**row, "pk": ids[row["division"]]} for row in found["by_division"]],
        "deferrals": selectors.deferrals(user).filter(node__cycle=cycle, status="approved"),
    }
    return render(request, "approvals/dashboard.html", facts)
