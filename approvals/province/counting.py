"""The year of every overseen office in numbers, counted by the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from nodes.models import Cycle
from workflow.models import Office, User

# As `nodes.figures` counts one year, for all of them: a day is that of the office's own clock. A year that
# is still drafted is the office's own business.
COUNTED = """
    SELECT o.id, o.code, o.name, c.id IS NOT NULL,
        count(n.id),
        count(*) FILTER (WHERE n.state = 'approved'
            AND NOT coalesce(n.completed_on > n.current_deadline, false)),
        count(*) FILTER (WHERE n.state = 'approved' AND n.completed_on > n.current_deadline),
        count(*) FILTER (WHERE n.state = 'deferred'),
        count(*) FILTER (WHERE n.state NOT IN ('approved', 'deferred') AND CASE
            WHEN n.state = 'evidence_submitted' AND s.completed_on IS NOT NULL
            THEN s.completed_on > n.current_deadline
            ELSE n.current_deadline < (%(now)s AT TIME ZONE o.time_zone)::date END),
        count(*) FILTER (WHERE n.returns > 0)
    FROM workflow_office o
    LEFT JOIN nodes_cycle c ON c.office_id = o.id AND c.year = %(year)s AND c.status <> 'draft'
    LEFT JOIN nodes_worknode n ON n.cycle_id = c.id
    LEFT JOIN nodes_evidencesubmission s ON s.id = n.current_submission_id AND n.state = 'evidence_submitted'
    WHERE o.overseen_by_id = %(overseer)s
    GROUP BY o.id, c.id
    ORDER BY o.name, o.code
"""
# What was said last: the newest publication of scores and how many appeals changed it since, the summary and
# the newest round of handing it in.
SAID = """
    SELECT c.office_id, p.score, p.grade, coalesce(a.upheld, 0), m.state, f.state
    FROM nodes_cycle c
    JOIN workflow_office o ON o.id = c.office_id
    LEFT JOIN LATERAL (
        SELECT id, content #>> '{results,office,0}' AS score, content #>> '{results,office,1}' AS grade
        FROM approvals_publishedscores WHERE cycle_id = c.id ORDER BY number DESC LIMIT 1
    ) p ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS upheld FROM approvals_scoreappeal
        WHERE publication_id = p.id AND status = 'upheld'
    ) a ON true
    LEFT JOIN approvals_annualsummary m ON m.cycle_id = c.id
    LEFT JOIN LATERAL (
        SELECT state FROM approvals_summaryfiling
        WHERE summary_id = m.id AND office_id = %(overseer)s ORDER BY number DESC LIMIT 1
    ) f ON true
    WHERE o.overseen_by_id = %(overseer)s AND c.year = %(year)s AND c.status <> 'draft'
      AND (%(office)s::bigint IS NULL OR o.id = %(office)s)
"""


@dataclass(frozen=True)
class Counts:
    """An office's nodes: on_time + late + deferred + not_done is their number; overdue are not done."""

    nodes: int
    on_time: int
    late: int
    deferred: int
    overdue: int
    returned: int

    @property
    def not_done(self) -> int:
        return self.nodes - self.on_time - self.late - self.deferred

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.nodes + other.nodes,
            self.on_time + other.on_time,
            self.late + other.late,
            self.deferred + other.deferred,
            self.overdue + other.overdue,
            self.returned + other.returned,
        )


NOTHING = Counts(0, 0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Said:
    """What an office said of its year: its published score, with `upheld` appeals since, and its summary's
    state and that of its newest round with the overseeing office (empty: there is none)."""

    score: str = ""
    grade: str = ""
    upheld: int = 0
    summary: str = ""
    filing: str = ""


SILENT = Said()


@dataclass(frozen=True)
class OfficeYear:
    """An overseen office in a year; `begun` says whether it has opened that year."""

    code: str
    name: str
    begun: bool
    counts: Counts
    said: Said


def years(user: User) -> list[int]:
    """The years that any of the overseen offices has opened, the newest first."""
    found = Cycle.objects.filter(office__overseen_by=user.office_id).exclude(status=Cycle.Status.DRAFT)
    return list(found.order_by("-year").values_list("year", flat=True).distinct())


def offices(overseer: Office, year: int, now: datetime | None = None) -> list[OfficeYear]:
    """Every office that `overseer` oversees in `year`, by name: two statements, however many there are."""
    facts: dict[str, Any] = {"overseer": overseer.pk, "year": year, "now": now or timezone.now()}
    told = said(overseer, year)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, facts)
        return [
            OfficeYear(code, name, begun, Counts(*counts), told.get(pk, SILENT))
            for pk, code, name, begun, *counts in cursor.fetchall()
        ]


def said(overseer: Office, year: int, office: Office | None = None) -> dict[int, Said]:
    """By office id, what each overseen office (or `office` alone) said of `year`; one statement."""
    facts: dict[str, Any] = {"overseer": overseer.pk, "year": year, "office": office.pk if office else None}
    with connection.cursor() as cursor:
        cursor.execute(SAID, facts)
        return {pk: _said(*rest) for pk, *rest in cursor.fetchall()}


def _said(score: str | None, grade: str | None, upheld: int, summary: str | None, filing: str | None) -> Said:
    return Said(score or "", grade or "", upheld, summary or "", filing or "")
