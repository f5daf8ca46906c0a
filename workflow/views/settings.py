"""The first page of the settings: what can be set, how it stands, and who may change it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from workflow import settings_pages
from workflow.models import Office, User
from workflow.permissions import allows
from workflow.visiting import admitted


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    office, user = admitted(request, "workflow.see_settings")
    facts = {"cards": list(_cards(office, user)), "overseen": office.overseen.order_by("name", "code")}
    return render(request, "workflow/settings.html", facts)


def _cards(office: Office, user: User) -> Iterator[dict[str, Any]]:
    for page in settings_pages.known():
        try:
            url = reverse(page.name)
        except NoReverseMatch:
            continue
        may_change = bool(page.permission) and allows(user, page.permission, office)
        yield {"page": page, "url": url, "state": page.state(office), "may_change": may_change}
