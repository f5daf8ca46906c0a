"""The form of a scoring scheme makes a scheme of what was typed, or says what is wrong with it."""

from __future__ import annotations

import pytest
from django import forms
from django.http import QueryDict

from approvals.scheme_form import SchemeForm, named_in, numbers_in
from approvals.scores.scheme import Scheme
from approvals.scores.scheme_checks import scheme_errors
from tests.schemes import typed
from workflow.refusals import Invalid

LEVEL1S = ("中心工作",)
ABSURD = ("NaN", "1e999", "-5", "1" + "0" * 30, "0.001", "长" * 3000)


def sent(**changes: str) -> SchemeForm:
    data = QueryDict(mutable=True)
    data.update(typed(SchemeForm(Scheme(), LEVEL1S, 0)) | {"why": "调整"} | changes)
    return SchemeForm(Scheme(), LEVEL1S, 0, data)


def outcome(form: SchemeForm) -> Scheme | None:
    """The scheme, None where the form said something; nothing else may come of it."""
    if not form.is_valid():
        assert form.errors
        return None
    try:
        scheme = form.scheme()
        if errors := scheme_errors(scheme):
            raise Invalid(errors)
    except Invalid as refusal:
        form.add_refusal(refusal)
        assert form.errors
        return None
    return scheme


def test_what_is_sent_as_it_was_is_the_same_scheme():
    assert outcome(sent()) == Scheme()


def test_no_number_is_too_absurd_for_an_answer():
    for field in typed(SchemeForm(Scheme(), LEVEL1S, 0)):
        for text in ABSURD:
            if scheme := outcome(sent(**{field: text, "special0-name": "专项"})):
                assert Scheme.model_validate(scheme.model_dump(mode="json")) == scheme


@pytest.mark.parametrize(
    "line", ["国家级 999999", "国家级 1.1234567", "国家级 100000.5", "国家级", "4", "级" * 41]
)
def test_a_line_with_impossible_points_is_refused_in_words(line):
    with pytest.raises(forms.ValidationError):
        named_in(f"省部级 3\n{line}")


@pytest.mark.parametrize("text", ["9-1", "1-9999", "一", "1.5", "-3", "1e9"])
def test_what_names_no_nodes_is_refused_in_words(text):
    with pytest.raises(forms.ValidationError):
        numbers_in(text)
    assert numbers_in("12、15-17") == (12, 15, 16, 17)
