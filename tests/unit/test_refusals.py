"""How refusals read, and what a moment must have."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from workflow.clock import moment
from workflow.refusals import Conflict, Invalid, WrongState


def test_each_message_is_a_line_with_its_field_in_front():
    refusal = Invalid({"files": ["too big", "too many"], "": ["no route"]})
    assert refusal.lines() == ["files: too big", "files: too many", "no route"]
    assert str(refusal) == "files: too big; files: too many; no route"


def test_a_lone_sentence_belongs_to_no_field():
    assert Invalid("no route").lines() == ["no route"]


def test_a_conflict_is_a_wrong_state_that_knows_who_was_first():
    at = datetime(2021, 8, 18, tzinfo=UTC)
    conflict = Conflict("decided", decided_by="fuzhuren2", decided_at=at)
    assert isinstance(conflict, WrongState)
    assert (conflict.decided_by, conflict.decided_at) == ("fuzhuren2", at)


def test_a_time_without_a_zone_is_no_moment():
    with pytest.raises(ValueError, match="no time zone"):
        moment(datetime(2021, 1, 1))  # noqa: DTZ001
    assert moment(None).tzinfo is not None
