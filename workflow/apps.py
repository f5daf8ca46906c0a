"""The engine's Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
    verbose_name = "People, routing and audit"

    def ready(self) -> None:
        from workflow import own_settings

        own_settings.register()
