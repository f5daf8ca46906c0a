"""What is done to an account's second factor goes into the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset

from workflow import audit
from workflow.models import User

ACTS = {
    authenticator_added: "user.second_factor_added",
    authenticator_removed: "user.second_factor_removed",
    authenticator_reset: "user.recovery_codes_renewed",
}


def connect() -> None:
    """Listen, once, when the application is ready."""
    for signal, act in ACTS.items():
        signal.connect(_recorder(act), weak=False, dispatch_uid=act)


def _recorder(act: str) -> Any:
    def record(*, user: User, authenticator: Authenticator, **_facts: Any) -> None:
        audit.record(user, act, user, data={"type": str(authenticator.type)})

    return record
