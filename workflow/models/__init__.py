"""The engine's data and invariants."""

from __future__ import annotations

from workflow.models.audit import AuditEntry, AuditSeal
from workflow.models.calendar import CalendarDay
from workflow.models.files import Attachment, StoredFile
from workflow.models.office import Division, Office, User
from workflow.models.people import Appointment, Delegation, Post, PostKind
from workflow.models.policy import PolicyVersion
from workflow.models.routing import RoutingRule

__all__ = [
    "Appointment",
    "Attachment",
    "AuditEntry",
    "AuditSeal",
    "CalendarDay",
    "Delegation",
    "Division",
    "Office",
    "PolicyVersion",
    "Post",
    "PostKind",
    "RoutingRule",
    "StoredFile",
    "User",
]
