"""What happens to work nodes, for whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class NodeEvent:
    """Something happened to a node: ids only, and the aware moment."""

    node_id: int
    actor_id: int
    at: datetime


@dataclass(frozen=True)
class WorkStarted(NodeEvent):
    pass


@dataclass(frozen=True)
class EvidenceSubmitted(NodeEvent):
    submission_id: int


@dataclass(frozen=True)
class EvidenceWithdrawn(NodeEvent):
    submission_id: int


@dataclass(frozen=True)
class EvidenceReturned(NodeEvent):
    submission_id: int


@dataclass(frozen=True)
class EvidenceApproved(NodeEvent):
    submission_id: int


@dataclass(frozen=True)
class NodeReopened(NodeEvent):
    pass


@dataclass(frozen=True)
class NodeDeferred(NodeEvent):
    pass


@dataclass(frozen=True)
class NodeResumed(NodeEvent):
    pass
