"""Addresses."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path
from django.views.i18n import set_language

from config import health, inbox, profile, pulse, search

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", login_not_required(set_language), name="set_language"),
    path("admin/", admin.site.urls),
    path("", inbox.inbox, name="inbox"),
    path("notices/read/", inbox.notices_read, name="notices-read"),
    path("profile/", profile.profile, name="profile"),
    path("profile/theme/", profile.theme, name="theme"),
    path("search/", search.search, name="search"),
    path("pulse/", pulse.pulse, name="pulse"),
    path("", include("approvals.urls")),
    path("", include("nodes.urls")),
    path("", include("workflow.urls")),
]
