"""How templates say what a lesson teaches."""

from __future__ import annotations

from django import template

from nodes.lessons.calibration import Suggestion, Verdict
from nodes.lessons.forecast import Factor
from nodes.lessons.words import says, why

register = template.Library()
# The tags whose looks the style sheets know.
TONES = {Verdict.TIGHT: "warn", Verdict.LOOSE: "pending", Verdict.FITS: "approved"}


@register.filter
def verdict_tone(verdict: Verdict) -> str:
    """How a verdict's tag looks."""
    return TONES.get(verdict, "")


@register.filter
def reason(suggestion: Suggestion) -> str:
    """Why a deadline is suggested."""
    return why(suggestion)


@register.filter
def factor(one: Factor) -> str:
    """A reason of the forecast."""
    return says(one)
