"""Taking a year's evidence along as one archive."""

from __future__ import annotations

from datetime import datetime

from approvals.archive import Archive, archive_of
from approvals.figures import figures
from nodes.models import Cycle
from workflow import audit
from workflow.clock import moment
from workflow.models import AuditEntry, User
from workflow.permissions import allows, require

EXPORTED = "cycle.evidence_exported"


def export_evidence(*, actor: User, cycle: Cycle, at: datetime | None = None) -> Archive:
    """The archive of the year's evidence; the trail keeps who took it and the hash of its list.

    Raises NotAllowed unless `actor` reads all of the office, NotFound for another office's year.
    """
    require(actor, "approvals.export_evidence", cycle)
    archive = archive_of(cycle, figures(cycle), moment(at))
    audit.record(
        actor, EXPORTED, cycle, at=at,
        data={"year": cycle.year, "files": len(archive.members), "manifest": archive.manifest_sha256},
    )  # fmt: skip
    return archive


def exported_before(user: User, cycle: Cycle) -> AuditEntry | None:
    """Who took the year's evidence last, for those who may."""
    if not allows(user, "approvals.export_evidence", cycle):
        return None
    return audit.trail(cycle).filter(action=EXPORTED).last()
