"""The forecast of an office's year as of a day, with what past years say of its worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from nodes.lessons.backtest import Evaluation, band, evaluate, judgements, rates
from nodes.lessons.calibration import YEARS, lineage
from nodes.lessons.courses import Course
from nodes.lessons.forecast import Experience, Prospect, experience, prospects
from nodes.lessons.reading import begun_years, courses, works
from nodes.lessons.works import Work
from nodes.models import Cycle
from workflow.calendar import WorkingDays
from workflow.selectors import working_days


@dataclass(frozen=True)
class Outlook:
    """What is at work on `day`, the greatest worry first; `rates` by band of points, empty without a past.

    `taught_by` are the earlier years that the reasons draw on.
    """

    day: date
    prospects: tuple[Prospect, ...]
    evaluation: Evaluation | None
    rates: Mapping[int, float]
    taught_by: tuple[int, ...]

    def rate(self, prospect: Prospect) -> int | None:
        """Per cent of those with as many points that slipped in past years."""
        share = self.rates.get(band(prospect.points))
        return None if share is None else round(share * 100)


def outlook(cycle: Cycle, day: date, today: date) -> Outlook:
    """Of `cycle` as it stood at the end of `day`; years that are over by `today` are judged in hindsight."""
    office, calendar = cycle.office, working_days(cycle.office)
    earlier = begun_years(office, cycle.year)
    by_year = works(office, [*earlier, cycle.year])
    told = courses(office, by_year)
    over = [year for year in sorted(told) if year < today.year][-YEARS:]
    known = {year: known_before(year, by_year, told, calendar) for year in dict.fromkeys([*over, cycle.year])}
    judged = {year: judgements(year, told[year], known[year], calendar) for year in over}
    found = prospects(told.get(cycle.year, []), day, known[cycle.year], calendar)
    learnt = rates(one for year, year_judged in judged.items() if year < cycle.year for one in year_judged)
    return Outlook(day, tuple(found), evaluate(judged), learnt, tuple(y for y in earlier if y in told))


def known_before(
    year: int,
    by_year: Mapping[int, Sequence[Work]],
    told: Mapping[int, Sequence[Course]],
    calendar: WorkingDays,
) -> Experience:
    """What the years before `year` teach about its nodes."""
    past = {earlier: works for earlier, works in by_year.items() if earlier < year}
    if not past:
        return Experience()
    earlier_courses = [course for earlier in past for course in told[earlier]]
    return experience(earlier_courses, lineage(by_year.get(year, []), past), calendar)
