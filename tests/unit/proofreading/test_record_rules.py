"""Every rule that compares with the record finds its wrong examples, and leaves its right ones alone."""

from __future__ import annotations

import pytest

from approvals.proofing import RECORD_RULES
from approvals.proofing.example import EXAMPLE
from nodes.proofreading import Document, Text

RULES = list(RECORD_RULES.rules.values())
WRONG = [pytest.param(rule, text, id=f"{rule.id}-{text[:12]}") for rule in RULES for text in rule.wrong]
RIGHT = [pytest.param(rule, text, id=f"{rule.id}-{text[:12]}") for rule in RULES for text in rule.right]


def found(rule, example: str):
    return list(rule.findings(Document.of(Text.from_string(example)), EXAMPLE))


@pytest.mark.parametrize(("rule", "example"), WRONG)
def test_what_departs_from_the_record_is_found(rule, example):
    findings = found(rule, example)
    assert findings
    assert all(one.quote and one.message and one.remedy for one in findings)


@pytest.mark.parametrize(("rule", "example"), RIGHT)
def test_what_agrees_with_the_record_is_left_alone(rule, example):
    assert found(rule, example) == []


def test_every_rule_has_examples_of_both():
    assert all(rule.wrong and rule.right for rule in RULES)
