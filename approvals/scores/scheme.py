"""A scoring scheme: how points come about, as an office sets it for a year and the database keeps it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from workflow.policy import Strict
from workflow.routing import Kind

Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=7, decimal_places=4)]
Points = Annotated[Decimal, Field(ge=0, le=100_000, max_digits=12, decimal_places=6)]


class ItemRule(Strict):
    """How one kind of item is scored: what its completion is worth, and what is lost when it comes late.

    Completion: `full` gives all points when done and none otherwise; `proportional` gives them in proportion
    from `threshold` percent on, none below it, and for more than 100 percent at most `over_cap` percent more.
    Lateness: `none` costs nothing, `share` leaves `late_share` percent, `day_rate` costs `day_rate` (points,
    or percent of the item's points) for each day until the points are exhausted. With `undone_is_zero`
    nothing is given for what the year ends without; else it counts as late up to the year's last day.
    """

    completion: Literal["full", "proportional"] = "full"
    threshold: Percent = Decimal(80)
    over_cap: Percent = Decimal(0)
    lateness: Literal["none", "share", "day_rate"] = "day_rate"
    late_share: Percent = Decimal(60)
    day_rate: Points = Decimal(5)
    day_rate_in: Literal["points", "percent"] = "percent"
    days: Literal["working", "calendar"] = "working"
    undone_is_zero: bool = True


class Special(Strict):
    """Nodes scored by another rule: those of a level-1 indicator, or those with one of the numbers."""

    name: Annotated[str, Field(max_length=40)]
    level1: str = ""
    numbers: tuple[int, ...] = ()
    rule: ItemRule = ItemRule()


class Named(Strict):
    """A level of bonus or a kind of deduction, and its points."""

    name: Annotated[str, Field(max_length=40)]
    points: Points


class Band(Strict):
    """A grade: from `lower` on, up to but not including `upper`; the best one includes all that is above."""

    name: Annotated[str, Field(max_length=20)]
    lower: Points
    upper: Points


BONUS_LEVELS = (
    Named(name="国家级", points=Decimal(4)),
    Named(name="省部级", points=Decimal(3)),
    Named(name="厅局级", points=Decimal(2)),
    Named(name="市县级", points=Decimal(1)),
)
DEDUCTIONS = (
    Named(name="未按时报送材料", points=Decimal("0.5")),
    Named(name="上报内容不真实、数据不准确", points=Decimal(2)),
)
BANDS = (
    Band(name="优", lower=Decimal(90), upper=Decimal(100)),
    Band(name="良", lower=Decimal(80), upper=Decimal(90)),
    Band(name="中", lower=Decimal(60), upper=Decimal(80)),
    Band(name="差", lower=Decimal(0), upper=Decimal(60)),
)


class Scheme(Strict):
    """How a year is scored.

    Points of a node: its own weight (`node`), its part of its indicator's weight (`indicator`), or the same
    for each (`equal`); `points_without_weight` where the catalogue names none. A total is what its nodes got
    of what they could, times `full`, with bonus and deductions; bonus levels stand highest first.

    Deferrals granted count with their new date, those asked for after the deadline only with
    `late_requests_count`. What was deferred beyond the year gets `carried_over_percent` of its points, or
    those of its recorded completion, or is left out of what can be got.
    """

    points_from: Literal["node", "indicator", "equal"] = "node"
    points_without_weight: Points = Decimal(1)
    full: Annotated[Points, Field(gt=0)] = Decimal(100)
    rule: ItemRule = ItemRule()
    exceptions: tuple[Special, ...] = ()
    late_requests_count: bool = False
    carried_over: Literal["percent", "completion", "left_out"] = "percent"
    carried_over_percent: Percent = Decimal(60)
    bonus_levels: tuple[Named, ...] = BONUS_LEVELS
    bonus_item_cap: Points = Decimal(4)
    bonus_division_cap: Points = Decimal(5)
    bonus_office_cap: Points = Decimal(10)
    deductions: tuple[Named, ...] = DEDUCTIONS
    deduction_cap: Points | None = None
    bands: tuple[Band, ...] = BANDS
    appeal_working_days: Annotated[int, Field(ge=1, le=60)] = 5
    appeal_decider: Kind = "head_of_unit"

    def rule_for(self, number: int, level1: str) -> ItemRule:
        """The rule of a node: that of the first exception that means it, else the general one."""
        for one in self.exceptions:
            if number in one.numbers or (one.level1 and one.level1 == level1):
                return one.rule
        return self.rule

    def grade_of(self, score: Decimal) -> str:
        """The name of the band in which `score` lies; empty where none holds it."""
        best_first = sorted(self.bands, key=lambda band: band.lower, reverse=True)
        return next((band.name for band in best_first if score >= band.lower), "")
