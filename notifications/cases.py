"""The case that an urgent message is about: who asks, why, until when."""

from __future__ import annotations

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.ledger import URGENT
from notifications.models import Notification
from notifications.plain_words import literal
from workflow.models import AuditEntry

LONGEST_REASON = 300
Fact = tuple[str, str]


def facts_of(row: Notification) -> list[Fact]:
    """What a reader needs to decide, each with its label; at most two queries."""
    node = row.node
    found: list[Fact] = [(_("Lead division"), literal(node.lead_division))]
    if node.current_deadline:
        found.append((_("Deadline"), date_format(node.current_deadline, "Y-m-d")))
    if row.request_id:
        found += _asked(row)
    if row.rule in URGENT and (entry := _what_happened(row)):
        found += _said(row, entry)
    return found


def _asked(row: Notification) -> list[Fact]:
    request = row.request
    assert request is not None
    proposed = date_format(request.new_due, "Y-m-d") if request.new_due else _("no day named")
    return [
        (_("Asked by"), literal(request.applicant)),
        (_("Proposed date"), proposed),
        (_("Reason"), _cut(request.justification)),
    ]


def _what_happened(row: Notification) -> AuditEntry | None:
    """What the trail has of the moment of which the row tells."""
    about = Q(subject_type="worknode", subject_id=row.node_id)
    if row.request_id:
        about |= Q(subject_type="deferralrequest", subject_id=row.request_id)
    entries = AuditEntry.objects.filter(about, office=row.office_id, at=row.happened_at)
    return entries.exclude(actor=None).select_related("actor").last()


def _said(row: Notification, entry: AuditEntry) -> list[Fact]:
    if row.rule.endswith("by_hand") or row.rule == "work_urged":
        return [(_("Urged by"), literal(entry.actor))]
    if row.rule.startswith("sign_off"):
        return []
    found = [(_("Returned by"), literal(entry.actor))]
    return [*found, (_("Opinion"), _cut(entry.reason))] if entry.reason else found


def _cut(text: str) -> str:
    plain = literal(text)
    return plain if len(plain) <= LONGEST_REASON else f"{plain[:LONGEST_REASON]}…"
