"""The work's Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NodesConfig(AppConfig):
    name = "nodes"
    verbose_name = "Years, indicators and work nodes"

    def ready(self) -> None:
        from nodes import downloads, own_settings
        from workflow import previews

        own_settings.register()
        previews.register(downloads.may_see)
