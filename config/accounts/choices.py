"""How a person wants to see the site: kept in the account, and by cookie on the device."""

from __future__ import annotations

from django.conf import settings
from django.http.response import HttpResponseBase

THEME_COOKIE = "jiedian_theme"
A_YEAR = 365 * 24 * 60 * 60  # seconds


def remember(response: HttpResponseBase, **choices: str) -> None:
    """Let the device know what the account says; what the account leaves open stays as the device has it."""
    names = {"language": settings.LANGUAGE_COOKIE_NAME, "theme": THEME_COOKIE}
    for name, chosen in choices.items():
        if chosen:
            keep(response, names[name], chosen)


def keep(response: HttpResponseBase, cookie: str, chosen: str) -> None:
    response.set_cookie(
        cookie,
        chosen,
        max_age=A_YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
