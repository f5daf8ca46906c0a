"""The data of a year's work and its invariants."""

from __future__ import annotations

from nodes.models.cycle import Cycle, Indicator
from nodes.models.evidence import EvidenceSubmission
from nodes.models.proposal import DeadlineProposal
from nodes.models.saved_view import SavedView
from nodes.models.statement import ModelStatement, StatementTemplate
from nodes.models.talk import Comment, Watch
from nodes.models.unfinished import Draft, Upload
from nodes.models.work_node import DeadlineChange, State, WorkNode

__all__ = [
    "Comment",
    "Cycle",
    "DeadlineChange",
    "DeadlineProposal",
    "Draft",
    "EvidenceSubmission",
    "Indicator",
    "ModelStatement",
    "SavedView",
    "State",
    "StatementTemplate",
    "Upload",
    "Watch",
    "WorkNode",
]
