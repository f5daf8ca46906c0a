"""Every rule finds what its wrong examples show, and nothing in its right ones."""

from __future__ import annotations

import pytest

from nodes.proofreading import TEXT_RULES, Document, Text

RULES = list(TEXT_RULES.rules.values())


def found(rule, example: str):
    return list(rule.findings(Document.of(Text.from_string(example))))


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, text) for rule in RULES for text in rule.wrong],
    ids=lambda value: getattr(value, "id", ""),
)
def test_what_is_wrong_is_found(rule, example):
    findings = found(rule, example)
    assert findings
    assert all(one.quote and one.message and one.remedy for one in findings)


@pytest.mark.parametrize(
    ("rule", "example"),
    [(rule, text) for rule in RULES for text in rule.right],
    ids=lambda value: getattr(value, "id", ""),
)
def test_what_is_right_is_left_alone(rule, example):
    assert found(rule, example) == []


def test_every_rule_has_examples_of_both():
    assert all(rule.wrong and rule.right for rule in RULES)
