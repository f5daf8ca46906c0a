"""The approvals' Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    verbose_name = "Reviews and deferrals"

    def ready(self) -> None:
        from approvals import files, own_settings, subscriptions
        from workflow import previews

        subscriptions.connect()
        own_settings.register()
        previews.register(files.may_see)
