"""Fail when a string that people may see has no Chinese."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "List strings without a Chinese translation, or with other placeholders in it (exit 1)"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        from config import translations  # needs Babel, which only development brings

        if found := translations.problems():
            raise CommandError("\n".join(found))
        self.stdout.write("translations complete")
