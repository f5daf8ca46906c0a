"""What an open page asks every few seconds: did anything happen, and what waits for me now?"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.counts import counts
from config.web import newest_of
from nodes.views.choosing import visitor


@require_safe
@never_cache
def pulse(request: HttpRequest) -> HttpResponse:
    """204 while nothing has happened in the office since ?since=, else the new state of things."""
    user = visitor(request)
    newest = newest_of(request)
    if request.GET.get("since") == str(newest):
        return HttpResponse(status=204)
    return JsonResponse({"newest": newest, "counts": counts(user, newest)})
