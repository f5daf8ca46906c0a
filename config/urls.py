"""Addresses."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import health, inbox, metrics, profile, pulse, search

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("", include("config.accounts.urls")),
    path("language/", profile.language, name="set_language"),
    path("admin/", admin.site.urls),
    path("", inbox.inbox, name="inbox"),
    path("notices/read/", inbox.notices_read, name="notices-read"),
    path("notices/<int:notice_id>/", inbox.notice, name="notice"),
    path("profile/", profile.profile, name="profile"),
    path("profile/email/", profile.email, name="profile-email"),
    path("profile/notices/", profile.notices, name="profile-notices"),
    path("profile/addresses/", profile.addresses, name="profile-addresses"),
    path("profile/theme/", profile.theme, name="theme"),
    path("search/", search.search, name="search"),
    path("pulse/", pulse.pulse, name="pulse"),
    path("", include("notifications.urls")),
    path("", include("approvals.urls")),
    path("", include("nodes.urls")),
    path("", include("workflow.urls")),
]
