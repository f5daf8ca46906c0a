"""The notifications' Django application."""

from __future__ import annotations

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = "Notifications"

    def ready(self) -> None:
        from notifications import own_settings, subscriptions

        subscriptions.connect()
        own_settings.register()
