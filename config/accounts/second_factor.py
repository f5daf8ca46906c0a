"""The second factor: how it is called and kept, and who must have one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.encoding import force_bytes
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.accounts.adapter import AccountAdapter
from workflow import people
from workflow.models import PostKind, User

# Where somebody who still lacks one may go: to get one, to read on in their language, and out.
OPEN = frozenset({"mfa_index", "account_reauthenticate", "logout", "account_logout", "set_language", "theme"})
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": AccountAdapter.error_messages["incorrect_code"],
        "cannot_delete_authenticator": gettext_lazy(
            "Your posts require a second factor: this is the only one you have."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Recovery codes need a second factor first."),
    }

    def _get_user_identifier(self, user: Any) -> str:
        return user.full_username

    def _get_site_name(self) -> str:
        return _("Jiedian")

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)d") % {"number": count + 1}

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS)
        return not must_have_one(authenticator.user) or others.exclude(pk=authenticator.pk).exists()


def _cipher() -> MultiFernet:
    """Under the secret key, or one that was in use before: a stolen table alone opens nothing."""
    keys = [force_bytes(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"second factor:" + key).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


def must_have_one(user: Any) -> bool:
    """Whether one of the user's posts is among those of REQUIRE_SECOND_FACTOR."""
    if not settings.REQUIRE_SECOND_FACTOR or not isinstance(user, User):
        return False
    kinds = people.roles(user) | ({str(PostKind.ADMINISTRATOR)} if user.is_staff else set())
    return not kinds.isdisjoint(settings.REQUIRE_SECOND_FACTOR)


def has_one(user: Any) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


class SecondFactorMiddleware:
    """Whoever must have a second factor and has none gets one first."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.respond(request)

    def process_view(self, request: HttpRequest, view: Any, *_arguments: Any) -> HttpResponseBase | None:
        if not settings.REQUIRE_SECOND_FACTOR or not getattr(view, "login_required", True):
            return None
        if _is_open(request) or _used_one(request) or not must_have_one(request.user):
            return None
        if has_one(request.user):
            return None
        messages.warning(request, _("Your posts require a second factor. Please set one up first."))
        return redirect("mfa_index")


def _is_open(request: HttpRequest) -> bool:
    name = (request.resolver_match.url_name if request.resolver_match else "") or ""
    return name in OPEN or name.startswith("mfa_")


def _used_one(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)  # type: ignore[arg-type]
    return any(record["method"] == "mfa" for record in records)
