"""A year is drafted, opened, closed, and opened again."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from nodes.models import Cycle
from nodes.services.cycles import close_cycle, create_cycle, open_cycle
from tests.builders import last_audit, person, start, work_node
from workflow.refusals import NotAllowed, WrongState


def test_a_year_goes_from_draft_to_open_to_closed_and_back(office):
    cycle = create_cycle(actor=person("jixiao1"), office=office, year=2022)
    assert cycle.status == Cycle.Status.DRAFT
    with pytest.raises(WrongState):
        close_cycle(actor=person("admin"), cycle=cycle)
    assert open_cycle(actor=person("admin"), cycle=cycle).status == Cycle.Status.OPEN
    assert close_cycle(actor=person("jixiao2"), cycle=cycle).status == Cycle.Status.CLOSED
    assert (last_audit(cycle).from_state, last_audit(cycle).to_state) == ("open", "closed")
    assert open_cycle(actor=person("admin"), cycle=cycle).status == Cycle.Status.OPEN
    with pytest.raises(WrongState, match="open"):
        open_cycle(actor=person("admin"), cycle=cycle)


def test_a_division_neither_opens_nor_closes_a_year(office):
    with pytest.raises(NotAllowed):
        close_cycle(actor=person("xinwen1"), cycle=office.cycles.get())
    with pytest.raises(NotAllowed):
        create_cycle(actor=person("xinwen0"), office=office, year=2022)


def test_nothing_is_done_in_a_closed_year_until_it_is_opened_again(office, capsys):
    node = work_node(office)
    call_command("set_cycle", "closed", office=office.code, year=2021)
    with pytest.raises(WrongState, match="2021"):
        start(node)
    call_command("set_cycle", "open", office=office.code, year=2021)
    assert start(node).state == "in_progress"
    assert "jx-fao 2021 closed" in capsys.readouterr().out


def test_a_year_there_is_is_not_drafted_twice(office):
    with pytest.raises(CommandError, match="has the year 2021 already"):
        call_command("set_cycle", "draft", office=office.code, year=2021)
