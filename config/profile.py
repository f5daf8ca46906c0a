"""A person's own page, and how they want to see the site."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from config.web import THEME_COOKIE
from workflow.models import User

A_YEAR = 365 * 24 * 60 * 60  # seconds


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    return render(request, "profile.html")


@require_POST
@login_not_required
def theme(request: HttpRequest) -> HttpResponse:
    """Keep the appearance that was chosen, in the account and on this device."""
    chosen = request.POST.get("theme", "")
    if chosen not in User.Theme.values:
        chosen = ""
    if isinstance(request.user, User):
        User.objects.filter(pk=request.user.pk).update(theme=chosen)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    response = redirect(back if safe else "/")
    response.set_cookie(THEME_COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="Lax")
    return response
