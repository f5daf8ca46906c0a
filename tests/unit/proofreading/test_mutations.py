"""Defects of known kinds, put into clean texts at random places, are found; clean texts are left in peace."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from nodes.proofreading import Finding, Severity, Text, proofread
from tests.unit.proofreading.mutations import KINDS

OFFICIAL = sorted((Path(__file__).resolve().parents[2] / "data" / "official").glob("*.txt"))
CLEAN = {path.name: path.read_text(encoding="utf-8") for path in OFFICIAL}
TEXTS, SEED = 200, 20211231
REACH = 5  # lines between the spoilt line and the beginning of its sentence or paragraph


def spoilt_texts(seed: int) -> Iterator[tuple[str, str, str, int, tuple[str, ...]]]:
    """The kinds in turn, each in a random text that has a place for it."""
    rng = random.Random(seed)
    names = list(KINDS)
    for number in range(TEXTS):
        name = names[number % len(names)]
        spoil, rules = KINDS[name]
        for file in rng.sample(sorted(CLEAN), len(CLEAN)):
            if spoilt := spoil(rng, CLEAN[file]):
                yield name, file, *spoilt, rules
                break
        else:
            raise AssertionError(f"no clean text has a place for {name}")


def errors(found: list[Finding]) -> list[Finding]:
    return [one for one in found if one.severity == Severity.ERROR]


def test_nineteen_of_twenty_defects_are_found_where_they_are():
    missed, strange = Counter(), []
    for name, file, text, line, rules in spoilt_texts(SEED):
        found = proofread(Text.from_string(text))
        if not any(one.rule in rules and abs(one.line - line) <= REACH for one in found):
            missed[f"{name} ({file}, line {line})"] += 1
        strange += [(name, file, one) for one in errors(found) if one.rule not in rules]
    assert missed.total() <= TEXTS * 0.05, missed
    assert len(strange) < len(CLEAN), strange


def test_clean_texts_have_no_error_and_hardly_a_warning():
    for file, text in CLEAN.items():
        found = proofread(Text.from_string(text))
        assert errors(found) == [], file
        assert len([one for one in found if one.severity == Severity.WARNING]) <= 2, (file, found)
