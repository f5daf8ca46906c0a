"""For whom each step of a year waited, and how long: reviews, signatures, corrections."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Decision, DeferralRequest
from nodes.lessons.faults import Return
from nodes.lessons.hours import HOURS_A_DAY, working_hours
from nodes.lessons.spread import Spread, spread
from nodes.models import EvidenceSubmission
from workflow.calendar import WorkingDays
from workflow.models import Office, User

Outcome = EvidenceSubmission.Outcome
DECIDED = (Outcome.APPROVED, Outcome.RETURNED)
COLUMNS = (
    "pk", "node_id", "node__number", "node__title", "node__lead_division__name", "submitted_at",
    "decided_at", "outcome", "opinion", "warnings",
)  # fmt: skip


class Step(TextChoices):
    REVIEW = "review", gettext_lazy("review of evidence")
    SIGN_OFF = "sign_off", gettext_lazy("sign-off of a deferral")
    CORRECTION = "correction", gettext_lazy("correction of returned evidence")


@dataclass(frozen=True)
class Wait:
    """Something waited for `whom` (a post or a division, never a person) for so many working hours."""

    step: Step
    whom: str
    hours: float


@dataclass(frozen=True)
class WaitRow:
    """How long a step waited for somebody, in working hours and in days of eight of them."""

    step: Step
    whom: str
    hours: Spread
    days: Spread
    longest: float

    @property
    def count(self) -> int:
        return self.hours.count


@dataclass(frozen=True)
class Rounds:
    """The year's rounds of evidence as far as somebody may see them."""

    waits: tuple[Wait, ...]
    returns: tuple[Return, ...]
    decided: int


def wait_rows(found: Iterable[Wait]) -> list[WaitRow]:
    """A row for each step and whom it waited for: step by step, the longest 80th percentile first."""
    groups: dict[tuple[Step, str], list[float]] = {}
    for wait in found:
        groups.setdefault((wait.step, wait.whom), []).append(wait.hours)
    rows = [_row(step, whom, hours) for (step, whom), hours in groups.items()]
    order = list(Step)
    return sorted(rows, key=lambda row: (order.index(row.step), -row.days.p80, row.whom))


def _row(step: Step, whom: str, hours: list[float]) -> WaitRow:
    in_hours, in_days = spread(hours), spread(one / HOURS_A_DAY for one in hours)
    assert in_hours
    assert in_days
    return WaitRow(step, whom, in_hours, in_days, round(max(hours) / HOURS_A_DAY, 1))


def rounds(user: User, nodes: Collection[int], office: Office, calendar: WorkingDays) -> Rounds:
    """Reviews, corrections and returns of these nodes (ids) that the user may see; one statement."""
    seen = EvidenceSubmission.objects.visible_to(user).filter(node__in=nodes).order_by("node_id", "round")
    found = list(seen.values(*COLUMNS))
    clock = Clock(office, calendar)
    decided = [row for row in found if row["decided_at"] and row["outcome"] in DECIDED]
    reviews = (
        Wait(Step.REVIEW, _("performance office"), clock.hours(row["submitted_at"], row["decided_at"]))
        for row in decided
    )
    corrections = (
        Wait(Step.CORRECTION, row["node__lead_division__name"], clock.hours(since, row["submitted_at"]))
        for since, row in _corrected(found)
    )
    returns = tuple(_return(row, office) for row in decided if row["outcome"] == Outcome.RETURNED)
    return Rounds((*reviews, *corrections), returns, len(decided))


def _corrected(found: Sequence[Any]) -> Iterator[tuple[datetime, Any]]:
    """Every round that followed on a return of the same node, with the moment of that return."""
    for before, row in pairwise(found):
        returned = before["decided_at"] and before["outcome"] == Outcome.RETURNED
        if returned and before["node_id"] == row["node_id"]:
            yield before["decided_at"], row


def _return(row: Any, office: Office) -> Return:
    return Return(
        node=row["node__number"],
        title=row["node__title"],
        division=row["node__lead_division__name"],
        opinion=row["opinion"],
        on=office.day(row["decided_at"]),
        submission=row["pk"],
        rules=tuple(str(one.get("rule", "")) for one in row["warnings"]),
    )


class Clock:
    """Counts the office's working hours between two moments."""

    def __init__(self, office: Office, calendar: WorkingDays) -> None:
        self.zone, self.calendar = office.zone, calendar

    def hours(self, since: datetime, until: datetime) -> float:
        return working_hours(self.calendar, since.astimezone(self.zone), until.astimezone(self.zone))


def sign_offs(user: User, nodes: Collection[int], office: Office, calendar: WorkingDays) -> list[Wait]:
    """The signatures on requests about these nodes that the user may see, by the post that gave them."""
    requests = DeferralRequest.objects.visible_to(user).filter(node__in=nodes)
    given = (
        Decision.objects.filter(
            office=office, sign_off__request__in=requests, sign_off__opened_at__isnull=False
        )
        .select_related("post__division", "sign_off")
        .order_by("post__position", "id")
    )
    clock = Clock(office, calendar)
    return [
        Wait(Step.SIGN_OFF, str(one.post), clock.hours(one.sign_off.opened_at, one.at))
        for one in given
        if one.sign_off.opened_at
    ]
