"""What our management commands share: refusals become clear lines and exit status 1."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from workflow.refusals import Invalid, Refusal


class Command(BaseCommand):
    """A command that speaks English, answers refusals line by line, and leaves usage errors to argparse."""

    requires_system_checks: list[str] = []

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.act(**options)
        except Invalid as refusal:
            raise CommandError("\n".join(refusal.lines())) from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    # The work itself: called with the command's options, stops by raising a Refusal.
    act: Callable[..., None]


def read_text(path: Path) -> str:
    """The text of a UTF-8 file. Raises Invalid naming the file when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}: not UTF-8 text") from error
