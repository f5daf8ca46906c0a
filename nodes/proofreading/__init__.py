"""Proofreading of official texts: reads .txt and .docx files, and finds what a reader would stumble over."""

from __future__ import annotations

from nodes.proofreading.findings import Finding, Severity, in_order
from nodes.proofreading.reading import Unreadable
from nodes.proofreading.registry import TEXT_RULES, Rule, text_findings
from nodes.proofreading.rules import load
from nodes.proofreading.structure import Document
from nodes.proofreading.text import Text

__all__ = ["TEXT_RULES", "Document", "Finding", "Rule", "Severity", "Text", "Unreadable", "proofread"]

load()


def proofread(text: Text) -> list[Finding]:
    """Everything that the rules find in `text`, by line, in the active language."""
    return in_order(list(text_findings(Document.of(text))))
