"""No text, however long or odd, keeps proofreading busy."""

from __future__ import annotations

import time

import pytest

from approvals.proofing import proofread_with_record
from approvals.proofing.example import EXAMPLE
from nodes.proofreading import Text

LENGTH = 60_000  # characters
PATIENCE = 15  # seconds of this process's own time; any text that backtracks takes minutes


@pytest.mark.parametrize(
    "unit",
    [
        "人",
        "　",
        "、人",
        "《",
        "“（",
        "1",
        "2021",
        "A",
        "第一、",
        "1. 第一项三级指标：甲\n",
        "延期举行节点绩效",
        "1+",
        "、老挝",
        "一二、",
    ],
)
def test_one_thing_over_and_over_is_read_in_a_moment(unit):
    began = time.process_time()
    proofread_with_record(Text.from_string(unit * (LENGTH // len(unit))), EXAMPLE)
    assert time.process_time() - began < PATIENCE


def test_names_that_are_all_alike_do_not_keep_it_busy():
    began = time.process_time()
    names = "".join(f"《甲乙丙丁戊己庚辛壬癸{chr(0x4E00 + number)}》" for number in range(2000))
    proofread_with_record(Text.from_string(names), EXAMPLE)
    assert time.process_time() - began < PATIENCE


@pytest.mark.parametrize(
    "text", ["", "\n\n", "\x00\u202e", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "{{7*7}}", "%(x)s"]
)
def test_odd_texts_are_only_texts(text):
    for finding in proofread_with_record(Text.from_string(text), EXAMPLE):
        assert finding.line >= 1
