"""What the forecast would have been worth: past years judged month by month, knowing only what was known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from nodes.lessons.courses import Course
from nodes.lessons.forecast import FLAGGED, Experience, prospects
from nodes.lessons.spread import share_of
from workflow.calendar import WorkingDays

# Points within a band say the same; the last has no end.
BANDS = (0, 1, FLAGGED, 5)
DOUBT = 10  # so many judgements a band is moved towards the base rate by
ENOUGH = 5  # slips from which precision and recall mean something


@dataclass(frozen=True)
class Judgement:
    """A node as it was judged on a day of a past year, and what became of it."""

    year: int
    points: int
    slipped: bool

    @property
    def flagged(self) -> bool:
        return self.points >= FLAGGED


@dataclass(frozen=True)
class Evaluation:
    """How good the judgements of past years were, against naming nobody or everybody.

    `brier` is the mean squared error of the probabilities, each learnt from the other years, `brier_of_base`
    that of always saying the other years' base rate; both None with fewer than two years.
    """

    years: tuple[int, ...]
    judged: int
    slipped: int
    flagged: int
    hits: int
    brier: float | None = None
    brier_of_base: float | None = None

    @property
    def precision(self) -> float | None:
        """Per cent of those named that slipped."""
        return share_of(self.hits, self.flagged)

    @property
    def recall(self) -> float | None:
        """Per cent of those that slipped that had been named."""
        return share_of(self.hits, self.slipped)

    @property
    def base_rate(self) -> float | None:
        """Per cent that slipped of all: what naming by chance would hit."""
        return share_of(self.slipped, self.judged)

    @property
    def enough(self) -> bool:
        """Whether there were slips enough to say anything."""
        return self.slipped >= ENOUGH

    @property
    def better(self) -> bool:
        """Whether being named says more than chance does."""
        return self.enough and (self.precision or 0) > (self.base_rate or 0)


def look_outs(year: int, calendar: WorkingDays) -> list[date]:
    """The first working day of each month."""
    return [calendar.after(date(year, month, 1) - timedelta(days=1), 1) for month in range(1, 13)]


def judgements(
    year: int, courses: Sequence[Course], known: Experience, calendar: WorkingDays
) -> list[Judgement]:
    """A year that is over, as it would have been judged at each look-out with what was `known` before."""
    return [
        Judgement(year, one.points, one.course.slipped(one.due))
        for day in look_outs(year, calendar)
        for one in prospects(courses, day, known, calendar)
    ]


def rates(found: Iterable[Judgement]) -> dict[int, float]:
    """By band, the share that slipped, moved towards the base rate where there are few; empty of nothing."""
    found = list(found)
    if not found:
        return {}
    base = sum(one.slipped for one in found) / len(found)
    groups: dict[int, list[Judgement]] = {low: [] for low in BANDS}
    for one in found:
        groups[band(one.points)].append(one)
    return {
        low: (sum(one.slipped for one in group) + base * DOUBT) / (len(group) + DOUBT)
        for low, group in groups.items()
    }


def band(points: int) -> int:
    """The least points of the band."""
    return max(low for low in BANDS if low <= points)


def evaluate(by_year: Mapping[int, Sequence[Judgement]]) -> Evaluation | None:
    """None where no year could be judged."""
    years = tuple(sorted(year for year, found in by_year.items() if found))
    found = [one for year in years for one in by_year[year]]
    if not found:
        return None
    brier, of_base = _brier(years, by_year) if len(years) > 1 else (None, None)
    return Evaluation(
        years,
        len(found),
        sum(one.slipped for one in found),
        sum(one.flagged for one in found),
        sum(one.flagged and one.slipped for one in found),
        brier,
        of_base,
    )


def _brier(years: Sequence[int], by_year: Mapping[int, Sequence[Judgement]]) -> tuple[float, float]:
    """Each year told by what the others teach."""
    errors, of_base = [], []
    for year in years:
        others = [one for other in years if other != year for one in by_year[other]]
        learnt, base = rates(others), sum(one.slipped for one in others) / len(others)
        for one in by_year[year]:
            errors.append((learnt[band(one.points)] - one.slipped) ** 2)
            of_base.append((base - one.slipped) ** 2)
    return round(sum(errors) / len(errors), 3), round(sum(of_base) / len(of_base), 3)
