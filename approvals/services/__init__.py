"""Every write on deferral requests."""

from __future__ import annotations

from approvals.services.changing_route import add_signer, pass_on
from approvals.services.filing import DeferralDraft, request_deferral, withdraw_deferral
from approvals.services.signing import PaperSignature, record_sign_off, sign_off

__all__ = [
    "DeferralDraft",
    "PaperSignature",
    "add_signer",
    "pass_on",
    "record_sign_off",
    "request_deferral",
    "sign_off",
    "withdraw_deferral",
]
