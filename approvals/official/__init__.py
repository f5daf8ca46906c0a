"""Official documents in the form of GB/T 9704-2012, as Word files that print as the standard asks."""

from __future__ import annotations

from approvals.official.converting import NoPdf, can_convert, pdf
from approvals.official.model import LETTER, REPORT, Form, OfficialDocument
from approvals.official.proofs import proof
from approvals.official.writing import write

__all__ = ["LETTER", "REPORT", "Form", "NoPdf", "OfficialDocument", "can_convert", "pdf", "proof", "write"]
