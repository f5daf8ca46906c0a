"""Works and courses as a lesson is given them, without a database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from nodes.lessons.courses import Course, Round
from nodes.lessons.works import Work
from workflow.calendar import WorkingDays

CALENDAR = WorkingDays()


def work(year: int = 2021, number: int = 1, **facts: Any) -> Work:
    """A node due on 30 September of its year and done then, unless `ahead` (working days) says otherwise."""
    promised = facts.pop("promised", date(year, 9, 30))
    due = facts.pop("due", promised)
    ahead = facts.pop("ahead", 0)
    done_on = CALENDAR.before(promised, ahead) if ahead >= 0 else CALENDAR.after(promised, -ahead)
    known: dict[str, Any] = {
        "title": "举办外事工作培训班",
        "division_id": 1,
        "division": "新闻文化处",
        "state": "approved",
        "completed_on": done_on,
    }
    return Work(year, number, promised=promised, due=due, **known | facts)


def undone(year: int = 2021, number: int = 1, **facts: Any) -> Work:
    return work(year, number, **{"state": "in_progress", "completed_on": None} | facts)


def deferred(year: int = 2021, number: int = 1, **facts: Any) -> Work:
    """Put off without a new day."""
    return work(year, number, **{"state": "deferred", "completed_on": None, "due": None} | facts)


def course(one: Work, *, started: date | None = None, returned: tuple[date, ...] = ()) -> Course:
    """A work with its rounds of evidence; it began 60 days before it was promised, unless told otherwise."""
    rounds = [Round(day - timedelta(days=1), "returned", day) for day in returned]
    if one.done and one.completed_on:
        rounds.append(Round(one.completed_on, "approved", one.completed_on))
    changes = () if one.due == one.promised else ((one.promised - timedelta(days=20), one.due),)
    return Course(one, started or one.promised - timedelta(days=60), tuple(rounds), changes)
