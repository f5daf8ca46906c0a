"""Telling a second click of the same person from another attempt."""

from __future__ import annotations

from typing import Any

from django.db import models

from workflow import audit
from workflow.models import User


def said_before(actor: User, subject: models.Model, action: str, **facts: Any) -> bool:
    """Whether the last thing that happened to `subject` was this very act of `actor`, with these facts."""
    last = audit.trail(subject).last()
    if last is None or (last.action, last.actor_id) != (action, actor.pk):
        return False
    return facts.items() <= last.data.items()
