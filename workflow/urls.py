"""Addresses of the settings of an office and of its audit trail."""

from __future__ import annotations

from django.urls import path

from workflow.views import settings

urlpatterns = [
    path("settings/", settings.overview, name="settings"),
    path("settings/delegations/", settings.overview, name="settings-delegations"),
    path("audit/", settings.overview, name="audit"),
]
