"""What happened to a node and its requests, line by line: acts, words, files and new deadlines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, Value
from django.urls import reverse

from approvals import words
from approvals.models import Decision, DeferralRequest, ScoreAppeal
from nodes.addresses import node_url
from nodes.mentions import pieces
from nodes.models import DeadlineChange, EvidenceSubmission, WorkNode
from workflow import audit
from workflow.models import AuditEntry

COMMENT = "node.commented"


@dataclass(frozen=True)
class FileLink:
    """A file that came with what happened, and where to get it."""

    url: str
    name: str
    size: int


@dataclass(frozen=True)
class Happening:
    """One line of a timeline.

    `reason` is what was said, where the reader may know it, and `called` the names called in it; `shift` is
    the deadline's change that it brought.
    """

    at: datetime
    who: str
    what: str
    reason: str
    tone: str
    called: tuple[str, ...] = ()
    files: Sequence[FileLink] = ()
    shift: DeadlineChange | None = None

    @property
    def pieces(self) -> list[tuple[str, str]]:
        """What was said, cut where somebody is called by name."""
        return list(pieces(self.reason, self.called))


def entries_about(node: WorkNode, requests: Iterable[DeferralRequest]) -> list[AuditEntry]:
    """What the audit trail holds about the node and these requests of it, the newest first."""
    about = Q(subject_type="worknode", subject_id=node.pk)
    about |= Q(subject_type="deferralrequest", subject_id__in=[request.pk for request in requests])
    found = AuditEntry.objects.filter(about).select_related("actor", "on_behalf_of")
    return list(found.order_by("-at", "-id"))


def timeline(
    node: WorkNode,
    entries: Iterable[AuditEntry],
    *,
    concerned: bool,
    rounds: Iterable[EvidenceSubmission] = (),
    shifts: Iterable[DeadlineChange] = (),
) -> list[Happening]:
    """`entries` as a reader sees them, with the files of these `rounds` and the deadlines they moved.

    Who is not `concerned` sees what became of the node, without the words and files that were exchanged.
    """
    kept = [entry for entry in entries if concerned or entry.action != COMMENT]
    files = _files(node, kept, rounds) if concerned else {}
    moved = {shift.changed_at: shift for shift in shifts}
    told = []
    for entry in reversed(kept):  # of several at one moment the first has moved the deadline
        shift = moved.pop(entry.at, None) if entry.action in ("node.deferred", "node.resumed") else None
        told.append(replace(happening(entry, concerned), files=files.get(_key(entry), ()), shift=shift))
    return told[::-1]


def trail_of(request: DeferralRequest | ScoreAppeal) -> list[Happening]:
    """What happened to a request or an appeal, the newest first."""
    return [happening(entry, True) for entry in audit.trail(request).order_by("-at", "-id")]


def happening(entry: AuditEntry, concerned: bool) -> Happening:
    """An entry in words; the reason of a deferral is told where it was asked for."""
    reason = entry.reason if concerned and entry.action != "node.deferred" else ""
    called = tuple(entry.data.get("called", ())) if entry.action == COMMENT else ()
    return Happening(entry.at, words.who(entry), words.sentence(entry), reason, words.tone(entry), called)


# Files, by what an entry says they came with


def _key(entry: AuditEntry) -> tuple[str, Any]:
    if entry.action == "evidence.submitted":
        return entry.action, entry.data.get("round")
    if entry.action == "deferral.recorded":
        return entry.action, entry.at
    return entry.action, entry.subject_id


def _files(
    node: WorkNode, entries: Sequence[AuditEntry], rounds: Iterable[EvidenceSubmission]
) -> dict[tuple[str, Any], list[FileLink]]:
    found: dict[tuple[str, Any], list[FileLink]] = {}
    for submission in rounds:
        found["evidence.submitted", submission.round] = [
            FileLink(node_url(node, "node-evidence-file", submission.round, one.pk), one.name, one.file.size)
            for one in submission.files.all()
        ]
    requests = {entry.subject_id for entry in entries if entry.action == "deferral.requested"}
    for request, at, pk, name, size in _papers(requests) if requests else ():
        key = ("deferral.recorded", at) if at else ("deferral.requested", request)
        link = FileLink(reverse("deferral-file", args=[request, pk]), name, size)
        found.setdefault(key, []).append(link)
    return found


def _papers(requests: Iterable[int]) -> Iterable[tuple[Any, ...]]:
    """Files of requests (with no moment) and scans of signatures on them (with the moment of recording)."""
    asked = DeferralRequest.attachments.through.objects.filter(deferralrequest__in=requests)
    signed = Decision.scans.through.objects.filter(decision__sign_off__request__in=requests)
    file = ("attachment_id", "attachment__name", "attachment__file__size")
    nothing = Value(None, output_field=Decision._meta.get_field("at"))
    return asked.values_list("deferralrequest_id", nothing, *file).union(
        signed.values_list("decision__sign_off__request_id", "decision__at", *file), all=True
    )
