"""Search over everything a person may see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.finding import FEW, LONGEST, SHORTEST, Words, groups, node_of_number
from nodes.views.choosing import visitor


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    user, words = visitor(request), Words(request.GET.get("q", ""))
    only = request.GET.get("in", "")
    facts = {
        "words": words,
        "groups": groups(user, words, only),
        "only": only,
        "jump": node_of_number(user, words.number),
        "few": FEW,
        "shortest": SHORTEST,
        "longest": LONGEST,
    }
    return render(request, "search.html", facts)
