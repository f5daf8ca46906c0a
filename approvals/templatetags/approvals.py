"""How templates name what became of a deferral request."""

from __future__ import annotations

from django import template

from approvals.models import DeferralRequest
from approvals.words import STATUS

register = template.Library()


@register.simple_tag
def status_word(request: DeferralRequest) -> str:
    return str(STATUS[request.status])
