"""Keeping an eye on a node (关注), or no longer: a person's own choice, which leaves no audit entry."""

from __future__ import annotations

from datetime import datetime

from nodes.models import Watch, WorkNode
from workflow.clock import moment
from workflow.models import User


def watch(*, actor: User, node: WorkNode, at: datetime | None = None) -> None:
    """Let `actor`, who sees the node, be told of whatever happens to it; once is enough."""
    Watch.objects.get_or_create(node=node, user=actor, defaults={"since": moment(at)})


def unwatch(*, actor: User, node: WorkNode) -> None:
    """Tell `actor` no longer what happens to the node beyond what concerns them."""
    Watch.objects.filter(node=node, user=actor).delete()
