"""allauth's pages, where ours differ from them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from requests import RequestException

from config.accounts.second_factor import must_have_one

log = logging.getLogger(__name__)

View = Callable[..., HttpResponseBase]


class LogIn(account.LoginView):
    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(**facts) | {
            "reset_offered": settings.PASSWORD_RESET_OFFERED,
            "providers": [(app["name"], _address(app, self.request)) for app in _providers()],
        }


def _providers() -> list[dict[str, Any]]:
    return settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", [])


def _address(provider: dict[str, Any], request: HttpRequest) -> str:
    address = reverse("openid_connect_login", args=[provider["provider_id"]])
    then = request.GET.get("next")
    return f"{address}?{urlencode({'next': then})}" if then else address


class SecondFactor(mfa.IndexView):
    def get_context_data(self, **facts: Any) -> dict[str, Any]:
        return super().get_context_data(**facts) | {"required": must_have_one(self.request.user)}


def where_mail_goes_out(view: View) -> View:
    """A page that needs a mail server: without one there is no such page."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.PASSWORD_RESET_OFFERED:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def with_password(view: View) -> View:
    """A page for those who have a password here; who comes through an identity provider has none."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.has_usable_password():  # type: ignore[union-attr]
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def that_asks_the_provider(view: View) -> View:
    """A page that needs the identity provider; when it is away, or answers nonsense, the page says so."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (RequestException, OAuth2Error, KeyError, ValueError):
            log.exception("the identity provider did not answer as it should")
            return render(request, "socialaccount/authentication_error.html", status=401)

    return guarded
