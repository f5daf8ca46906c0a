"""How templates say for how long something has waited."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template import Context

from approvals.reviewing import wait

register = template.Library()


@register.inclusion_tag("approvals/_waited.html", takes_context=True)
def waited(context: Context, since: datetime) -> dict[str, Any]:
    """How long it has waited since then, in the working days of the visitor's office."""
    return {"wait": wait(context["request"].user.office, since)}
