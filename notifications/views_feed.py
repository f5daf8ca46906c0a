"""The calendar feed: reading it by its secret address, and its owner's page about it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notifications import feeds
from workflow.refusals import NotFound
from workflow.visiting import visitor

# A calendar asks once an hour; more often than this in a minute asks no calendar.
READINGS, MINUTE = 30, 60


@require_safe
@login_not_required
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar; what leads nowhere is told nothing but that."""
    try:
        found = feeds.opened(secret)
    except NotFound:
        return _refused(404)
    if _too_often(found.digest):
        return _refused(429, {"Retry-After": str(MINUTE)})
    feeds.note_reading(found)
    content = feeds.calendar_of(found.user)
    mark = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"Cache-Control": "private, max-age=300", "ETag": mark, "X-Robots-Tag": "noindex"}
    if request.headers.get("If-None-Match") == mark:
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers=headers)


def _refused(status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An empty answer without a line in the log, in which Django would write the address, secret and all."""
    response = HttpResponse(status=status, headers=dict(headers or {}))
    vars(response)["_has_been_logged"] = True
    return response


def _too_often(digest: str) -> bool:
    counts, key = caches["near"], f"feed:{digest}"
    counts.add(key, 0, MINUTE)
    try:
        return counts.incr(key) > READINGS
    except ValueError:  # it ran out in between
        return False


@require_http_methods(["GET", "HEAD", "POST"])
def own_feed(request: HttpRequest) -> HttpResponse:
    """Whether there is an address, made when, read when; making one shows it, this once."""
    user = visitor(request)
    if request.method != "POST":
        return _page(request)
    if "revoke" in request.POST:
        if feeds.revoke(actor=user):
            messages.success(request, _("The address is revoked; nobody reads the calendar by it any more."))
        return redirect("profile-calendar")
    secret = feeds.make(actor=user)
    return _page(request, settings.BASE_URL + reverse("calendar-feed", args=[secret]))


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    facts: dict[str, Any] = {"feed": feeds.feed_of(visitor(request)), "address": address}
    response = render(request, "notifications/feed.html", facts)
    response["Cache-Control"] = "private, no-store"
    return response
