"""Urging by hand (催办): how often it was done, and when it may be done again.

The flows' timers urge too, as the system; those entries of the audit trail have no actor.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from approvals.models import DeferralRequest
from nodes.light import Light
from nodes.models import EvidenceSubmission, State, WorkNode
from workflow import audit
from workflow.models import AuditEntry

# After urging once, nobody urges the same again for so long.
COOL_DOWN = timedelta(hours=24)

Urgeable = WorkNode | EvidenceSubmission | DeferralRequest


@dataclass(frozen=True)
class Urgings:
    """How often something was urged by hand, and the last time, if any."""

    times: int
    last: AuditEntry | None

    @property
    def again_at(self) -> datetime | None:
        """The moment from which it may be urged again."""
        return self.last.at + COOL_DOWN if self.last else None

    def cooling(self, at: datetime) -> bool:
        """Whether it is too early at `at` to urge again."""
        return self.again_at is not None and at < self.again_at


def urgings(subject: Urgeable, entries: Iterable[AuditEntry] | None = None) -> Urgings:
    """How often `subject` was urged by hand; `entries` are those about it where the caller has them."""
    known = _recorded(subject) if entries is None else entries
    found = sorted((one for one in known if _is_about(one, subject)), key=lambda one: (one.at, one.pk))
    return Urgings(len(found), found[-1] if found else None)


def _recorded(subject: Urgeable) -> QuerySet[AuditEntry]:
    about = subject.node if isinstance(subject, EvidenceSubmission) else subject
    return audit.trail(about).filter(action=_action(subject))


def _is_about(entry: AuditEntry, subject: Urgeable) -> bool:
    """A review's urgings stand under its node; those of its round came after it was handed in."""
    if entry.action != _action(subject) or entry.actor_id is None:
        return False
    if isinstance(subject, EvidenceSubmission):
        return entry.subject_id == subject.node_id and entry.at >= subject.submitted_at
    return entry.subject_id == subject.pk


def _action(subject: Urgeable) -> str:
    if isinstance(subject, WorkNode):
        return "node.urged"
    return "evidence.urged" if isinstance(subject, EvidenceSubmission) else "deferral.urged"


def presses(state: str, light: str, *, returned: bool) -> bool:
    """Whether a node's division can be urged: its work is open, and soon due, overdue or to be mended."""
    is_open = state in (State.PLANNED, State.IN_PROGRESS)
    return is_open and (light in (Light.DUE_SOON, Light.OVERDUE) or (returned and state == State.IN_PROGRESS))
