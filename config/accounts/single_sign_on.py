"""Log-in through an identity provider (OpenID Connect): people the office knows, and nobody else."""

from __future__ import annotations

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse

from workflow.models import User

PROVIDER = "oidc"


class SingleSignOnAdapter(DefaultSocialAccountAdapter):
    """The first time, a person is recognised by office and username, from then on by the provider's own id.

    An e-mail address says nothing here: providers let people choose it. Nobody is ever created, and an
    account that somebody else at the provider already uses is not given to a second one.
    """

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") != AuthProcess.LOGIN or not _is_consistent(sociallogin):
            raise _refusal(request)
        if sociallogin.is_existing:
            return
        user = _recognised(_claims(sociallogin))
        if user is None or SocialAccount.objects.filter(user=user, provider=PROVIDER).exists():
            raise _refusal(request)
        sociallogin.connect(request, user)


def _recognised(claims: dict[str, Any]) -> User | None:
    """The active user of the office whom the claims name."""
    office = settings.OIDC_OFFICE or claims.get(settings.OIDC_OFFICE_CLAIM)
    username = claims.get(settings.OIDC_USERNAME_CLAIM)
    if not (isinstance(office, str) and isinstance(username, str) and office and username):
        return None
    return User.objects.filter(is_active=True, office__code=office, username=username).first()


def _claims(sociallogin: SocialLogin) -> dict[str, Any]:
    data = sociallogin.account.extra_data
    return data.get("id_token", {}) | data.get("userinfo", {})


def _is_consistent(sociallogin: SocialLogin) -> bool:
    """Whether the id token and the user info are about one person, as the standard wants it checked."""
    data = sociallogin.account.extra_data
    return len({part["sub"] for part in data.values() if isinstance(part, dict) and "sub" in part}) == 1


def _refusal(request: HttpRequest) -> ImmediateHttpResponse:
    facts = {"way_back": reverse("account_login")}
    return ImmediateHttpResponse(render(request, "socialaccount/signup.html", facts, status=403))
