"""A sheet holds what people wrote as text: nothing of it is ever worked out."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from workflow.spreadsheets import csv_response, workbook_response

HOSTILE = ["=1+1", "\x01=1+1", "+1", "@SUM(A1)", "\t=1+1", "#N/A", "#REF!", "-5", "𝕏\u202e=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_in_a_workbook_is_a_text(text):
    response = workbook_response("表.xlsx", "表", [text], [[text]])
    cells = [cell for row in load_workbook(BytesIO(response.content)).active.iter_rows() for cell in row]
    assert [cell.data_type for cell in cells] == ["s", "s"]
    assert {cell.value for cell in cells} == {text.replace("\x01", "")}


@pytest.mark.parametrize("text", [text for text in HOSTILE if text[0] in "=\x01+@\t-"])
def test_a_text_in_a_csv_begins_no_formula(text):
    line = csv_response("表.csv", ["一"], [[text]]).content.decode("utf-8-sig").splitlines()[1]
    assert line.startswith("'")
