"""Every write on deferral requests."""

from __future__ import annotations

from approvals.services.filing import DeferralDraft, request_deferral, withdraw_deferral
from approvals.services.signing import PaperSignature, record_sign_off, sign_off

__all__ = [
    "DeferralDraft",
    "PaperSignature",
    "record_sign_off",
    "request_deferral",
    "sign_off",
    "withdraw_deferral",
]
