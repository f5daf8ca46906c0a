"""The assembly's Django application: base templates, static files, the log-in and the demo."""

from __future__ import annotations

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Jiedian"
