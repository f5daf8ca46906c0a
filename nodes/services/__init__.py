"""Every write on a year's work; the only place where a node's state changes."""

from __future__ import annotations

from nodes.services.drafting import discard_draft, save_draft
from nodes.services.evidence import (
    EvidenceDraft,
    approve_evidence,
    return_evidence,
    submit_evidence,
    withdraw_evidence,
)
from nodes.services.uploading import begin_upload, receive_piece, remove_upload, take_in
from nodes.services.work import defer, reopen, resume, resume_after_deferral, start

__all__ = [
    "EvidenceDraft",
    "approve_evidence",
    "begin_upload",
    "defer",
    "discard_draft",
    "receive_piece",
    "remove_upload",
    "reopen",
    "resume",
    "resume_after_deferral",
    "return_evidence",
    "save_draft",
    "start",
    "submit_evidence",
    "take_in",
    "withdraw_evidence",
]
