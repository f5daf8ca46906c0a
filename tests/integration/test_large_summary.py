"""The summary of a large year: what compiling and checking it costs, and that nothing is lost on the way."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.summary import checking, compiling
from nodes.models import Cycle
from tests.large_year import CUT_OFF, NODES, large_year

pytestmark = pytest.mark.django_db


def test_a_thousand_nodes_are_compiled_in_few_statements_and_checked(django_assert_max_num_queries):
    cycle = Cycle.objects.select_related("office").get(office=large_year())
    with django_assert_max_num_queries(16):
        facts = compiling.facts_at(cycle, CUT_OFF, issued_on=date(2022, 1, 13), number=1)
    body = compiling.compiled(facts)
    found = checking.remarks(body, facts)
    assert "全年1000项节点工作如期完成880项，逾期完成20项，未完成100项。" in str(body.block("result").text)
    assert len(body.annex.rows) == NODES
    assert sum(one.message.startswith("neither done") for one in found) == 100
