"""The summary of 2021 as it was filed: every defect is found, and nothing else called an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nodes.proofreading import Severity, Text, proofread

DATA = Path(__file__).resolve().parents[2] / "data"
TEXT = Text.from_file(DATA / "summary-2021.txt")
FOUND = proofread(TEXT)
DEFECTS = json.loads((DATA / "seed-facts-2021.json").read_text(encoding="utf-8"))["defects"]

# Where the text really has an error; all else that deserves a look is a warning or less.
ERRORS = [
    (5, "doc_number_brackets"),
    (21, "deferral_no_new_date"),
    (21, "deferral_still_intended"),
    (21, "sign_off_incomplete"),
    (21, "sign_off_incomplete"),
    (73, "blank_figure"),
    (73, "blank_figure"),
    (77, "doubled_mark"),
    (91, "blank_figure"),
    (91, "blank_figure"),
    (91, "blank_figure"),
    (93, "heading_sequence"),
]
# What each kind of defect is called by the rules.
RULES = {
    "blank": "blank_figure",
    "duplicate_heading": "heading_sequence",
    "double_stop": "doubled_mark",
    "garbled": "garbled",
}


def paragraph_of(line: int) -> tuple[int, ...]:
    return next(one.lines for one in TEXT.paragraphs if line in one.lines)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect['line']}-{defect['id']}")
def test_a_defect_is_found_where_it_stands_with_its_words(defect):
    rule = RULES.get(defect["id"], defect["id"])
    here = [one for one in FOUND if one.rule == rule and one.line in paragraph_of(defect["line"])]
    assert any(defect["quote"] in one.quote for one in here), here
    assert any(one.line == defect["line"] for one in here)
    for key in ("expected", "found", "duplicate", "text"):
        if key in defect:
            assert any(str(defect[key]) in one.message for one in here), (key, here)


def test_nothing_else_is_called_an_error():
    assert [(one.line, one.rule) for one in FOUND if one.severity == Severity.ERROR] == ERRORS


def test_sentences_cut_by_a_page_are_read_as_one():
    assert [one.line for one in FOUND if one.rule == "cut_by_page"] == [23, 39, 49, 59, 69, 87]


def test_headings_wrapped_over_lines_are_read_as_one_without_their_stars_too():
    plain = (DATA / "summary-2021.txt").read_text("utf-8").replace("**", "")
    found = [(one.line, one.rule) for one in proofread(Text.from_string(plain))]
    assert found == [(one.line, one.rule) for one in FOUND if one.rule != "heading_style"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (7, "title_form"),
        (21, "deferred_called_undone"),
        (25, "unsupported"),
        (25, "days_missing"),
        (33, "titles_listed_unevenly"),
        (11, "half_width_comma"),
        (41, "heading_style"),
        (45, "name_abbreviated"),
        (53, "dates_overlap"),
        (53, "former_post"),
        (55, "name_absent"),
        (63, "comma_for_stop"),
        (65, "word_order"),
        (75, "indicator_unreported"),
        (83, "quotes_dropped"),
        (83, "title_part_absent"),
        (87, "run_together"),
        (89, "indicator_unreported"),
        (91, "run_together"),
        (99, "assessment_without_figures"),
        (103, "praise_against_problems"),
    ],
)
def test_what_else_deserves_a_look_is_shown(line, rule):
    assert (line, rule) in [(one.line, one.rule) for one in FOUND]
