"""What earlier years propose for the deadlines of a year's nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nodes.lessons.calibration import Suggestion, lineage, suggest
from nodes.lessons.reading import begun_years, works, years_before
from nodes.lessons.works import Work
from nodes.models import Cycle
from workflow.selectors import working_days


def for_next_year(cycle: Cycle) -> dict[int, Suggestion]:
    """For each node number of `cycle` what the year after it might set, given what has happened so far."""
    by_year = works(cycle.office, [*years_before(cycle.year + 1)])
    mine = by_year.pop(cycle.year, [])
    return next_year(cycle, mine, by_year)


def next_year(
    cycle: Cycle, mine: Sequence[Work], past: Mapping[int, Sequence[Work]]
) -> dict[int, Suggestion]:
    """The same of what was read already."""
    calendar, same = working_days(cycle.office), lineage(mine, past)
    return {
        work.number: of_division(suggest((work, *same[work.key]), cycle.year + 1, calendar), work)
        for work in mine
    }


def for_draft(cycle: Cycle) -> dict[int, Suggestion]:
    """For each node number of a drafted `cycle` what the years before it speak for."""
    by_year = works(cycle.office, [*begun_years(cycle.office, cycle.year), cycle.year])
    mine = by_year.pop(cycle.year, [])
    calendar, same = working_days(cycle.office), lineage(mine, by_year)
    return {work.number: of_division(suggest(same[work.key], cycle.year, calendar), work) for work in mine}


def of_division(suggestion: Suggestion, work: Work) -> Suggestion:
    return replace(suggestion, division_id=work.division_id, division=work.division)
