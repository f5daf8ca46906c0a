"""Telling of what happens to nodes under an office's own rules, to whom nobody else tells of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from approvals.events import DeferralSettled
from approvals.models import DeferralRequest
from nodes import audience
from nodes import events as nodes
from nodes.conditions import meets
from nodes.models import WorkNode
from notifications.ledger import EVERYWHERE, tell
from workflow import events
from workflow.policy import Rule
from workflow.selectors import reminder_policy

_EVENTS: dict[type[nodes.NodeEvent], str] = {
    nodes.WorkStarted: "started",
    nodes.EvidenceSubmitted: "submitted",
    nodes.EvidenceWithdrawn: "withdrawn",
    nodes.EvidenceReturned: "returned",
    nodes.EvidenceApproved: "approved",
    nodes.NodeReopened: "reopened",
    nodes.NodeResumed: "resumed",
}


def connect() -> None:
    """Subscribe, once, after those who tell under the standard rules."""
    for event, name in _EVENTS.items():
        events.subscribe(event, _about(name))
    events.subscribe(DeferralSettled, _deferred)


def _about(name: str) -> Callable[[nodes.NodeEvent], None]:
    def handler(event: nodes.NodeEvent) -> None:
        _tell(name, event.node, event.actor.pk, event.at)

    return handler


def _deferred(event: DeferralSettled) -> None:
    """A deferral is told of when all of it is done, as the standard rules do."""
    if event.request.status == DeferralRequest.Status.APPROVED:
        _tell("deferred", event.request.node, event.actor.pk, event.at)


def _tell(name: str, node: WorkNode, actor_id: int, at: datetime) -> None:
    """Under each rule on this event that the node meets; on each channel the last rule speaks first, and
    so alone. Without such a rule nothing is asked."""
    rules = [one for one in reminder_policy(node.office).rules if one.enabled and one.on == name]
    for rule in reversed(rules):
        if meets(node, rule.only):
            _tell_under(rule, node, actor_id, at)


def _tell_under(rule: Rule, node: WorkNode, actor_id: int, at: datetime) -> None:
    watching = audience.watchers(node) if "watchers" in rule.to else []
    tell(
        f"rule:{rule.id}:{rule.on}",
        node,
        slot=at.isoformat(),
        at=at,
        audiences=[whom for whom in rule.to if whom != "watchers"],
        users=[user.pk for user in watching],
        actor_id=actor_id,
        channels=rule.channels or EVERYWHERE,
        others=True,
    )
