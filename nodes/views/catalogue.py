"""The year's nodes, with lights and filters."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from nodes import selectors
from nodes.forms import CatalogueFilter
from nodes.views.choosing import chosen_cycle, visitor

PAGE = 100


@require_safe
def node_list(request: HttpRequest) -> HttpResponse:
    cycle = chosen_cycle(request)
    form = CatalogueFilter(request.GET, cycle)
    chosen = form.chosen()
    found = selectors.catalogue(visitor(request), cycle, chosen)
    counts = selectors.light_counts(found)
    shown = found.filter(light=chosen["light"]) if "light" in chosen else found
    facts = {
        "cycle": cycle,
        "cycles": selectors.cycles(visitor(request)),
        "form": form,
        "chosen": chosen,
        "counts": counts,
        "total": sum(count for _light, count in counts),
        "page": Paginator(shown, PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "nodes/list.html", facts)
