"""Small pieces of a scored year: nodes, entries and schemes as the tests of scores name them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

from approvals.scores.facts import Outcome, Place, Span, Standing
from approvals.scores.scheme import ItemRule, Scheme
from approvals.scores.totals import Entry
from workflow.calendar import WorkingDays

CALENDAR = WorkingDays()
OVER = Span(date(2021, 12, 31), date(2022, 1, 10), CALENDAR)
DUE = date(2021, 10, 29)  # a Friday


def place(number: int = 1, **more) -> Place:
    facts = {
        "title": f"节点{number}", "indicator": number, "indicator_title": f"指标{number}",
        "level1": "服务大局", "division_id": 1, "division": "新闻文化处", "weight": D(3),
    }  # fmt: skip
    return Place(number, **facts | more)


def node(number: int = 1, outcome: Outcome = Outcome.ON_TIME, days: int = 0, **more) -> Standing:
    return Standing(place(number, **more), outcome, days, DUE)


def by_day(rate: str, unit: str = "points", **more) -> Scheme:
    return Scheme(rule=ItemRule(lateness="day_rate", day_rate=D(rate), day_rate_in=unit, **more))


def bonus(pk: int, points: str, level: str = "省部级", key: str = "", division: int | None = 1) -> Entry:
    return Entry(pk, "bonus", division, "先进集体", level, D(points), key)
