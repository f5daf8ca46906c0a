"""Every write of the engine."""

from __future__ import annotations

from workflow.services.appointing import appoint, relieve
from workflow.services.delegating import delegate, revoke_delegation
from workflow.services.staffing import add_person, change_person, deactivate, new_password, reactivate

__all__ = [
    "add_person",
    "appoint",
    "change_person",
    "deactivate",
    "delegate",
    "new_password",
    "reactivate",
    "relieve",
    "revoke_delegation",
]
