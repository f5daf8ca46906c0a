"""What a routing rule's conditions ask, and which rules an organisation file may hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from workflow.models import Division, Office
from workflow.routing import Case, Conditions, Group, Rule


def case(**changes: Any) -> Case:
    values: dict[str, Any] = {
        "office": Office(),
        "division": Division(name="新闻文化处"),
        "indicator": 57,
        "within_cycle": True,
        "days": 30,
        "times_deferred": 0,
        "late_request": False,
        "parties": frozenset(),
        "on": date(2021, 8, 16),
    }
    return Case(**values | changes)


WITHOUT_A_DATE = {"within_cycle": False, "days": None}


@pytest.mark.parametrize(
    ("conditions", "facts", "holds"),
    [
        ({}, {}, True),
        ({}, WITHOUT_A_DATE, True),
        ({"new_due": "within_cycle"}, {}, True),
        ({"new_due": "within_cycle"}, {"within_cycle": False}, False),
        ({"new_due": "later_or_none"}, {"within_cycle": False}, True),
        ({"new_due": "later_or_none"}, WITHOUT_A_DATE, True),
        ({"new_due": "later_or_none"}, {}, False),
        ({"times_deferred": 0}, {}, True),
        ({"times_deferred": 0}, {"times_deferred": 1}, False),
        ({"times_deferred": 2}, {"times_deferred": 2}, True),
        ({"times_deferred_at_least": 2}, {"times_deferred": 1}, False),
        ({"times_deferred_at_least": 2}, {"times_deferred": 3}, True),
        ({"days_at_most": 30}, {"days": 30}, True),
        ({"days_at_most": 30}, {"days": 31}, False),
        ({"days_at_most": 30}, WITHOUT_A_DATE, False),
        ({"days_at_least": 31}, {"days": 31}, True),
        ({"days_at_least": 31}, {"days": 30}, False),
        ({"days_at_least": 1}, WITHOUT_A_DATE, False),
        ({"late_request": True}, {"late_request": True}, True),
        ({"late_request": True}, {}, False),
        ({"late_request": False}, {"late_request": True}, False),
        ({"indicator": 57}, {}, True),
        ({"indicator": 58}, {}, False),
        ({"division": "新闻文化处"}, {}, True),
        ({"division": "秘书处"}, {}, False),
        ({"new_due": "within_cycle", "days_at_most": 10}, {"days": 5}, True),
        ({"new_due": "within_cycle", "days_at_most": 10}, {"days": 11}, False),
    ],
)
def test_every_stated_condition_must_hold(conditions, facts, holds):
    assert Conditions(**conditions).hold(case(**facts)) is holds


def test_an_unknown_condition_is_refused_by_name():
    with pytest.raises(ValidationError, match="wheather"):
        Rule.model_validate({"when": {"wheather": "bad"}, "sign_off": ["head_of_unit"]})


@pytest.mark.parametrize("group", [{}, {"any_of": ["head_of_unit"], "all_of": ["head_of_unit"]}])
def test_a_group_is_any_of_or_all_of(group):
    with pytest.raises(ValidationError, match="either any_of or all_of"):
        Group(**group)


@pytest.mark.parametrize("sign_off", [[], ["handler"], ["minister"], [{"some_of": ["head_of_unit"]}]])
def test_steps_that_nobody_could_sign_are_refused(sign_off):
    with pytest.raises(ValidationError):
        Rule.model_validate({"sign_off": sign_off})
