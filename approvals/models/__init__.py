"""Requests, the signatures they need and the decisions made."""

from __future__ import annotations

from approvals.models.deferral import Decision, DeferralRequest, SignOff
from approvals.models.process import DeferralProcess, EvidenceReview, EvidenceReviewProcess
from approvals.models.replay import ReplayedEvent

__all__ = [
    "Decision",
    "DeferralProcess",
    "DeferralRequest",
    "EvidenceReview",
    "EvidenceReviewProcess",
    "ReplayedEvent",
    "SignOff",
]
