"""How people of an office log in: closed to strangers, by name within the office, in our own words."""

from __future__ import annotations

import logging
from threading import Thread
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.accounts.choices import remember
from workflow import audit
from workflow.models import User

log = logging.getLogger(__name__)

# Said by the page that follows anyway.
OBVIOUS = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy("The username or the password is not right."),
        "incorrect_password": gettext_lazy("The password is not right."),
        "enter_current_password": gettext_lazy("This is not your present password."),
        "incorrect_code": gettext_lazy("The code is not right, or has been used already."),
        "invalid_password_reset": gettext_lazy("This link has been used already or is too old."),
        "rate_limited": gettext_lazy("That was too often. Please wait a minute."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code != "too_many_login_attempts":
            return super().validation_error(code, *args)
        minutes = settings.LOCKED_OUT_MINUTES
        said = ngettext(
            "Too many failed attempts. Please try again in %(minutes)d minute.",
            "Too many failed attempts. Please try again in %(minutes)d minutes.",
            minutes,
        )
        return ValidationError(said % {"minutes": minutes}, code=code)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count for a name at an address, so that nobody locks somebody else out from afar."""
        name = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{self.get_client_ip(request)}|{name}"

    def reauthenticate(self, user: Any, password: str) -> bool:
        found = self.authenticate(self.request, username=user.full_username, password=password)
        return found is not None and found.pk == user.pk

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        messages.error(request, _("This account cannot log in. Please ask your administrator."))
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        response = super().post_login(request, user, **how)
        remember(response, language=user.language, theme=user.theme)
        return response

    @transaction.atomic
    def set_password(self, user: Any, password: str) -> None:
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(user, "user.password_changed", user)

    def add_message(self, request: HttpRequest, level: int, *args: Any, **words: Any) -> None:
        template = words.get("message_template") or (args[0] if args else None)
        if template not in OBVIOUS:
            super().add_message(request, level, *args, **words)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        if user.has_usable_password():
            super().send_password_reset_mail(user, email, context)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send from a thread: the answer takes as long whether there is somebody to write to or not."""
        user = context.get("user")
        language = user.language if isinstance(user, User) else ""
        with translation.override(language or settings.LANGUAGE_CODE):
            message = self.render_mail(template_prefix, email, context)
        Thread(target=_send, args=(message,), daemon=True).start()

    def format_email_subject(self, subject: str) -> str:
        return f"[{_('Jiedian')}] {subject}"


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except OSError:  # no mail server, or it refused
        log.exception("could not send “%s”", message.subject)
