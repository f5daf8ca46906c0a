"""What happens to work nodes, for whoever wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from nodes.models import Comment, EvidenceSubmission, WorkNode
from workflow.models import User


@dataclass(frozen=True)
class NodeEvent:
    """Something happened to `node` (as it stands after it) at the aware moment `at`."""

    node: WorkNode
    actor: User
    at: datetime


@dataclass(frozen=True)
class EvidenceEvent(NodeEvent):
    """Something happened to one of the node's submissions."""

    submission: EvidenceSubmission


class WorkStarted(NodeEvent):
    """Work began."""


class NodeReopened(NodeEvent):
    """An approved node went back to work."""


class NodeDeferred(NodeEvent):
    """An approved deferral came into force."""


class NodeResumed(NodeEvent):
    """A deferred node was taken up again."""


class EvidenceSubmitted(EvidenceEvent):
    """Evidence waits for review."""


class EvidenceWithdrawn(EvidenceEvent):
    """Evidence was taken back before a decision."""


class EvidenceReturned(EvidenceEvent):
    """The reviewer sent evidence back."""


class EvidenceApproved(EvidenceEvent):
    """The reviewer accepted evidence: the node is done."""


@dataclass(frozen=True)
class Commented(NodeEvent):
    """Somebody said something about the node; `mentioned` are the ids of those whom they called by name."""

    comment: Comment
    mentioned: tuple[int, ...]
