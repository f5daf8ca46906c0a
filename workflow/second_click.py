"""A second click of the same person finds the act done, and is no error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models

from workflow import audit
from workflow.models import User
from workflow.refusals import Refusal, WrongState


def said_before(actor: User, subject: models.Model, action: str, **facts: Any) -> bool:
    """Whether the last thing that happened to `subject` was this very act of `actor`, with these facts."""
    last = audit.trail(subject).last()
    if last is None or (last.action, last.actor_id) != (action, actor.pk):
        return False
    return facts.items() <= last.data.items()


@contextmanager
def harmless_twice(
    actor: User,
    subject: models.Model,
    action: str,
    *,
    refusal: type[Refusal] = WrongState,
    **facts: Any,
) -> Iterator[None]:
    """Run the act in the block; a `refusal` passes where `said_before` tells that it is done already."""
    try:
        yield
    except refusal:
        if not said_before(actor, subject, action, **facts):
            raise
