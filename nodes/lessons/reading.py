"""An office's years as the lessons look at them: read in a few statements, however many years there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from nodes.catalogue_changes import CARRIED_FROM
from nodes.lessons.calibration import YEARS
from nodes.lessons.courses import Course, Round
from nodes.lessons.works import Work, origin_of
from nodes.models import Cycle, DeadlineChange, EvidenceSubmission, WorkNode
from workflow.models import AuditEntry, Office

COLUMNS = (
    "cycle__year", "number", "title", "lead_division_id", "lead_division__name", "state",
    "baseline_deadline", "current_deadline", "current_submission__completed_on", "returns",
    "planned_start", f"attributes__{CARRIED_FROM}", "pk",
)  # fmt: skip


def years_before(year: int) -> range:
    """The years that lessons for `year` look back at."""
    return range(year - YEARS, year)


def works(office: Office, years: Collection[int]) -> dict[int, list[Work]]:
    """The nodes of those years by number, for each year that the office has; one statement."""
    found = WorkNode.objects.filter(office=office, cycle__year__in=years)
    by_year: dict[int, list[Work]] = {}
    for row in found.order_by("cycle__year", "number").values_list(*COLUMNS):
        by_year.setdefault(row[0], []).append(_work(row))
    return by_year


def _work(row: Sequence[Any]) -> Work:
    *facts, origin, pk = row
    return Work(*facts, origin_of(origin), pk)  # type: ignore[call-arg]


def courses(office: Office, by_year: Mapping[int, Sequence[Work]]) -> dict[int, list[Course]]:
    """The same with what happened to each node and when; three statements."""
    nodes = WorkNode.objects.filter(office=office, cycle__year__in=by_year)
    started, rounds, changes = _started(office, nodes), _rounds(office, nodes), _changes(office, nodes)
    return {
        year: [
            Course(
                work,
                started.get(work.pk),
                tuple(rounds.get(work.pk, ())),
                tuple(changes.get(work.pk, ())),
            )
            for work in found
        ]
        for year, found in by_year.items()
    }


def _started(office: Office, nodes: QuerySet[WorkNode]) -> dict[int, date]:
    begun = AuditEntry.objects.filter(
        subject_type="worknode", subject_id__in=nodes.values("pk"), action="node.started"
    )
    moments: Iterable[tuple[int, datetime]] = begun.order_by("-at").values_list("subject_id", "at")
    return {pk: office.day(at) for pk, at in moments}


def _rounds(office: Office, nodes: QuerySet[WorkNode]) -> dict[int, list[Round]]:
    found = EvidenceSubmission.objects.filter(node__in=nodes).order_by("node_id", "round")
    rounds: dict[int, list[Round]] = {}
    for pk, submitted, outcome, decided in found.values_list(
        "node_id", "submitted_at", "outcome", "decided_at"
    ):
        decided_on = office.day(decided) if decided else None
        rounds.setdefault(pk, []).append(Round(office.day(submitted), outcome, decided_on))
    return rounds


def _changes(office: Office, nodes: QuerySet[WorkNode]) -> dict[int, list[tuple[date, date | None]]]:
    found = DeadlineChange.objects.filter(node__in=nodes).order_by("changed_at", "id")
    changes: dict[int, list[tuple[date, date | None]]] = {}
    for pk, changed, new in found.values_list("node_id", "changed_at", "new"):
        changes.setdefault(pk, []).append((office.day(changed), new))
    return changes


def begun_years(office: Office, before: int) -> list[int]:
    """The office's years before `before` that lessons look back at and that are no drafts."""
    known = Cycle.objects.filter(office=office, year__in=years_before(before))
    return list(known.exclude(status=Cycle.Status.DRAFT).order_by("year").values_list("year", flat=True))


def submitted_on(office: Office, nodes: Collection[int]) -> list[date]:
    """The days on which evidence was handed in for these nodes (ids), a day for each round."""
    found = EvidenceSubmission.objects.filter(office=office, node__in=nodes)
    return [office.day(at) for at in found.values_list("submitted_at", flat=True)]
