"""Typed refusals: what a service says when an act cannot be done, and who is told what."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.core.exceptions import NON_FIELD_ERRORS


class Refusal(Exception):
    """An act was refused; `str()` is one clear sentence for the person who tried.

    `status` is the HTTP status that the web answers with, the same for whatever derives from a refusal.
    """

    status: ClassVar[int]


class NotAllowed(Refusal):
    """The actor may see the object but not do this to it."""

    status = 403


class NotFound(Refusal):
    """The object does not exist for this actor: missing, another office's, or out of sight."""

    status = 404


class WrongState(Refusal):
    """The object's state forbids the act."""

    status = 409


class Conflict(WrongState):
    """Somebody else acted first.

    Parameters
    ----------
    decided_by, decided_at, outcome
        Who acted, when (aware) and how it was decided; shown to the one who came second.
    """

    def __init__(
        self, message: str, *, decided_by: Any = None, decided_at: datetime | None = None, outcome: str = ""
    ) -> None:
        super().__init__(message)
        self.decided_by = decided_by
        self.decided_at = decided_at
        self.outcome = outcome


class Invalid(Refusal):
    """The input does not pass; `errors` maps a field's name to its messages."""

    status = 422

    def __init__(self, errors: dict[str, list[str]] | str) -> None:
        self.errors = {NON_FIELD_ERRORS: [errors]} if isinstance(errors, str) else errors
        super().__init__("; ".join(self.lines()))

    def lines(self) -> list[str]:
        """One line a message, with its field in front where it has one."""
        return [
            message if field in ("", NON_FIELD_ERRORS) else f"{field}: {message}"
            for field, messages in self.errors.items()
            for message in messages
        ]
