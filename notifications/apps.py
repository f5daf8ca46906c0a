"""The notifications' Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import moving_digests, own_settings, placeholders, subscriptions
        from workflow import policy_checks

        policy_checks.register(placeholders.check_templates)
        subscriptions.connect()
        moving_digests.connect()
        own_settings.register()
