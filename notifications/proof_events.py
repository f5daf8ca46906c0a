"""What an office's own rules had to tell of what happened in a month, read from the audit trail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from nodes.conditions import ABOUT, meets
from nodes.models import WorkNode
from notifications.proof_due import Due, told_of
from notifications.proof_posts import PostsThen
from notifications.timing import Slot
from workflow.models import AuditEntry, Office
from workflow.policy import Rule
from workflow.selectors import policy_at

ACTS = {
    "node.started": "started",
    "evidence.submitted": "submitted",
    "evidence.withdrawn": "withdrawn",
    "evidence.returned": "returned",
    "evidence.approved": "approved",
    "node.reopened": "reopened",
    "node.deferred": "deferred",
    "node.resumed": "resumed",
}


def due_by_events(office: Office, days: Sequence[date], now: datetime, posts: PostsThen) -> Iterator[Due]:
    """Who was to be told what by rules about events on `days`, in the order in which it happened.

    Rules count as they were when it was written down, conditions and people as in the rest of the proof;
    whoever did it was not to be told.
    """
    told = [(entry, rules) for entry in _acts(office, days, now) if (rules := _rules(office, entry))]
    nodes = (
        WorkNode.objects.select_related("cycle", *ABOUT)
        .prefetch_related("supporting_divisions", "watches__user")
        .in_bulk({entry.subject_id for entry, _rules in told})
    )
    for entry, rules in told:
        node, day = nodes[entry.subject_id], office.day(entry.at)
        slots = [
            Slot(day, f"rule:{rule.id}:{rule.on}", audience, rule)
            for rule in rules
            if meets(node, rule.only)
            for audience in rule.to
        ]
        for due in told_of(day, node, slots, posts, entry.at):
            if due.user_id is None or due.user_id != entry.actor_id:
                yield replace(due, at=entry.at, written_at=entry.recorded_at)


def _acts(office: Office, days: Sequence[date], now: datetime) -> list[AuditEntry]:
    if not days:
        return []
    since = datetime.combine(days[0], time(), office.zone)
    until = datetime.combine(days[-1] + timedelta(days=1), time(), office.zone)
    found = AuditEntry.objects.filter(office=office, subject_type="worknode", action__in=ACTS)
    return list(found.filter(at__gte=since, at__lt=until, at__lte=now).order_by("at", "id"))


def _rules(office: Office, entry: AuditEntry) -> list[Rule]:
    known = policy_at(office, entry.recorded_at).rules
    return [rule for rule in known if rule.enabled and rule.on == ACTS[entry.action]]
