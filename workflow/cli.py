"""What our management commands share: refusals become clear lines and exit status 1."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations

from workflow.refusals import Invalid, Refusal


class Command(BaseCommand):
    """A command that speaks English, answers refusals line by line, and leaves usage errors to argparse."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> Any:
        """From a shell, say nothing but the refusal's own lines."""
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            self.stderr.write(str(error))
            sys.exit(error.returncode)

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


def write_whole(chunks: Iterable[bytes], path: Path) -> None:
    """Put a file at `path` whole or not at all, with the folders it needs. Raises Invalid naming it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, chunks)
    except OSError as error:
        raise Invalid(f"{path}: {error.strerror}") from error


def _replace(path: Path, chunks: Iterable[bytes]) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with part.open("wb") as target:
            target.writelines(chunks)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
