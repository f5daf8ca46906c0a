"""Compiling a year: its facts and its body as of a moment, always in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.utils import timezone, translation

from approvals.models import AnnualSummary, SummaryVersion
from approvals.summary.blocks import compose
from approvals.summary.collecting import collect
from approvals.summary.content import Content
from approvals.summary.issuing import LANGUAGE
from approvals.summary.keeping import from_json
from approvals.summary.parts import Body
from nodes.models import Cycle


def facts_of(summary: AnnualSummary, cut_off: datetime) -> Content:
    """The year of `summary` as it stood at the aware moment `cut_off`."""
    dated = summary.issued_on or summary.cycle.office.day(timezone.now())
    return facts_at(summary.cycle, cut_off, issued_on=dated, number=summary.number)


def facts_at(cycle: Cycle, cut_off: datetime, *, issued_on: date, number: int | None = None) -> Content:
    with translation.override(LANGUAGE):
        return collect(cycle, issued_on=issued_on, number=number, cut_off=cut_off)


def compiled(content: Content, joins: Mapping[int, bool] | None = None) -> Body:
    """What the facts say; the same facts always say the same."""
    with translation.override(LANGUAGE):
        return compose(content, joins)


def body_of(version: SummaryVersion) -> Body:
    return from_json(version.body)


def compiled_anew(summary: AnnualSummary, version: SummaryVersion, cut_off: datetime) -> Body:
    """What `version` would say had it been compiled at `cut_off`: what people wrote and arranged stays."""
    before = body_of(version)
    return compiled(facts_of(summary, cut_off), dict(before.joins)).with_hand_of(before)
