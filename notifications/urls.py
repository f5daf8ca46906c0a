"""Addresses of what an office sets about telling people."""

from __future__ import annotations

from django.urls import path

from notifications import views_policy

urlpatterns = [path("settings/reminders/", views_policy.reminders, name="settings-reminders")]
