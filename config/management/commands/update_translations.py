"""Bring the Chinese catalogue up to the code; new strings come in empty."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Bring config/locale/zh_Hans up to the code and its templates; new strings come in empty"
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        from config import translations  # needs Babel, which only development brings

        translations.update()
        self.stdout.write("\n".join(translations.problems()) or "translations complete")
