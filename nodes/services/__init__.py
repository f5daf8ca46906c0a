"""Every write on a year's work; the only place where a node's state changes."""

from __future__ import annotations

from nodes.services.evidence import (
    EvidenceDraft,
    approve_evidence,
    return_evidence,
    submit_evidence,
    withdraw_evidence,
)
from nodes.services.work import defer, reopen, resume, resume_after_deferral, start

__all__ = [
    "EvidenceDraft",
    "approve_evidence",
    "defer",
    "reopen",
    "resume",
    "resume_after_deferral",
    "return_evidence",
    "start",
    "submit_evidence",
    "withdraw_evidence",
]
