"""The assembly's Django application: base templates, static files, the log-in and the demo."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class AdministrationConfig(AdminConfig):
    default_site = "config.administration.Administration"


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Jiedian"

    def ready(self) -> None:
        from config import administration
        from config.accounts import traces

        administration.speak()
        traces.connect()
