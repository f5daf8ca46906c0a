"""How scores, their lines and outcomes are written on a page."""

from __future__ import annotations

from decimal import Decimal

from django import template

from approvals.models import ScoreAppeal
from approvals.scores import wording
from approvals.scores.lines import Line

register = template.Library()
APPEAL_TONES = {
    ScoreAppeal.Status.FILED: "pending",
    ScoreAppeal.Status.VIEWED: "pending",
    ScoreAppeal.Status.UPHELD: "approved",
    ScoreAppeal.Status.REJECTED: "rejected",
    ScoreAppeal.Status.WITHDRAWN: "",
}


@register.filter
def rule_sentence(line: Line) -> str:
    return wording.sentence(line)


@register.filter
def signed(amount: Decimal) -> str:
    return wording.signed(amount)


@register.filter
def change(amount: Decimal) -> str:
    """An amount with its sign, a dash for none."""
    return wording.signed(amount) if amount else "—"


@register.filter
def points(amount: Decimal | None) -> str:
    """A score, a dash where there is none."""
    return "—" if amount is None else f"{amount:.2f}"


@register.filter
def plain_points(amount: Decimal) -> str:
    return wording.plain(amount)


@register.filter
def outcome_word(outcome: str) -> str:
    return str(wording.OUTCOMES[outcome])


@register.filter
def outcome_tone(outcome: str) -> str:
    return wording.TONES[outcome]  # type: ignore[index]


@register.filter
def appeal_tone(status: str) -> str:
    return APPEAL_TONES[ScoreAppeal.Status(status)]
