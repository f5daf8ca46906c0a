"""Every write of the engine."""

from __future__ import annotations

from workflow.services.appointing import appoint
from workflow.services.delegating import delegate, revoke_delegation

__all__ = ["appoint", "delegate", "revoke_delegation"]
