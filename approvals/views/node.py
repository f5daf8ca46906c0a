"""A node's own page: where it stands, what to do next, its evidence, its deferrals and what happened."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from approvals import selectors
from approvals.next_steps import steps
from nodes.selectors import rounds, works_with
from nodes.views.choosing import chosen_node, visitor


@require_safe
def node_page(request: HttpRequest, number: int) -> HttpResponse:
    node = chosen_node(request, number)
    user = visitor(request)
    requests = selectors.deferrals_of(user, node)
    pending = next((one for one in requests if one.status == one.Status.PENDING), None)
    facts = {
        "node": node,
        "pending": pending,
        "steps": steps(user, node, pending),
        "concerned": works_with(user, node),
        "rounds": rounds(user, node),
        "requests": [(one, selectors.flow_of(one)) for one in requests],
        "timeline": selectors.timeline(user, node, requests),
    }
    return render(request, "approvals/node.html", facts)
