"""Requests, the signatures they need and the decisions made."""

from __future__ import annotations

from approvals.models.deferral import Decision, DeferralRequest, SignOff
from approvals.models.filing import FilingComment, SummaryFiling
from approvals.models.process import DeferralProcess, EvidenceReview, EvidenceReviewProcess
from approvals.models.replay import ReplayedEvent
from approvals.models.scores import (
    PublishedScores,
    SchemeVersion,
    ScoreAppeal,
    ScoreAppealProcess,
    ScoreEntry,
)
from approvals.models.summary import (
    AnnualSummary,
    SummaryComment,
    SummaryForm,
    SummaryProcess,
    SummarySignOff,
    SummaryState,
    SummaryVersion,
)

__all__ = [
    "AnnualSummary",
    "Decision",
    "DeferralProcess",
    "DeferralRequest",
    "EvidenceReview",
    "EvidenceReviewProcess",
    "FilingComment",
    "PublishedScores",
    "ReplayedEvent",
    "SchemeVersion",
    "ScoreAppeal",
    "ScoreAppealProcess",
    "ScoreEntry",
    "SignOff",
    "SummaryComment",
    "SummaryFiling",
    "SummaryForm",
    "SummaryProcess",
    "SummarySignOff",
    "SummaryState",
    "SummaryVersion",
]
