"""Proofreading against the recorded year: what the text says, compared with what was done."""

from __future__ import annotations

from approvals.proofing import counts, deferred, reported  # noqa: F401 (their rules register themselves)
from approvals.proofing.registry import RECORD_RULES
from approvals.summary.content import Content
from nodes.proofreading import Document, Finding, Text
from nodes.proofreading.findings import in_order
from nodes.proofreading.registry import text_findings

__all__ = ["RECORD_RULES", "proofread_with_record"]


def proofread_with_record(text: Text, content: Content) -> list[Finding]:
    """Everything that `proofread` finds, and where the text departs from the record in `content`."""
    document = Document.of(text)
    found = list(text_findings(document))
    for rule in RECORD_RULES.rules.values():
        found.extend(rule.findings(document, content))
    return in_order(found)
