"""The data of a year's work and its invariants."""

from __future__ import annotations

from nodes.models.cycle import Cycle, Indicator
from nodes.models.evidence import EvidenceSubmission
from nodes.models.work_node import DeadlineChange, State, WorkNode

__all__ = ["Cycle", "DeadlineChange", "EvidenceSubmission", "Indicator", "State", "WorkNode"]
