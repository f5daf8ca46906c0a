"""The navigation of the settings."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from workflow.settings_pages import known

register = template.Library()


@register.simple_tag(takes_context=True)
def settings_places(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Every page of the settings that has an address, the current one marked."""
    here = context["request"].path
    return [place for page in known() if (place := _place(page.name, page.label, here))]


def _place(name: str, label: Any, here: str) -> dict[str, Any] | None:
    try:
        url = reverse(name)
    except NoReverseMatch:
        return None
    return {"url": url, "label": label, "current": here.startswith(url)}
