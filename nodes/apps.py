"""The work's Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NodesConfig(AppConfig):
    name = "nodes"
    verbose_name = "Years, indicators and work nodes"

    def ready(self) -> None:
        from nodes import conditions, downloads, own_settings
        from workflow import policy_checks, previews

        own_settings.register()
        policy_checks.register(conditions.unknown_indicators)
        previews.register(downloads.may_see)
