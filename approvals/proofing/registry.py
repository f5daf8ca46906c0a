"""The rules that compare a text with a recorded year."""

from __future__ import annotations

from nodes.proofreading.registry import Registry

RECORD_RULES = Registry()
rule = RECORD_RULES.rule
