"""allauth's forms in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from struct import error as StructError
from typing import Any

from allauth.account import forms as account
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import InvalidSignature
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

CODE = _("Six-digit code or recovery code")
POLICY = _(
    "At least 10 characters, and three of these: lower case, upper case, digits, other signs. "
    "With 16 characters or more, any will do."
)


class Plain:
    """No text inside empty fields: it vanishes while one types, and reads like something typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            said = WORDS.get((type(self).__name__, name), WORDS.get(("", name)))
            if said:
                field.label = said
            field.help_text = HELP.get(name, "")


WORDS = {
    ("", "login"): _("Username"),
    ("", "password"): _("Password"),
    ("", "oldpassword"): _("Present password"),
    ("", "password1"): _("New password"),
    ("", "password2"): _("New password again"),
    ("", "email"): _("E-mail address"),
    ("", "code"): CODE,
    ("ActivateTotp", "code"): _("Six-digit code"),
    ("", "name"): _("Name of the passkey"),
    ("", "passwordless"): _("Also log in with it alone, without a password"),
}
HELP = {
    "password1": POLICY,
    "name": _("So that you can tell several apart, for instance “office computer” or “phone”."),
}


class LogIn(Plain, account.LoginForm):
    pass


class Reauthenticate(Plain, account.ReauthenticateForm):
    pass


class ChangePassword(Plain, account.ChangePasswordForm):
    pass


class ResetPassword(Plain, account.ResetPasswordForm):
    pass


class ResetPasswordFromKey(Plain, account.ResetPasswordKeyForm):
    pass


class Authenticate(Plain, mfa.AuthenticateForm):
    pass


class ReauthenticateByCode(Plain, mfa.ReauthenticateForm):
    pass


class ActivateTotp(Plain, totp.ActivateTOTPForm):
    pass


# What a credential that is damaged or forged makes of the libraries that read it.
UNREADABLE = (KeyError, AttributeError, TypeError, ValueError, StructError, InvalidSignature)


class Passkey:
    """A passkey's answer, which is refused in words whatever is wrong with it."""

    def clean_credential(self) -> Any:
        with _refused_in_words():
            return super().clean_credential()  # type: ignore[misc]


class LogInByPasskey(Passkey, webauthn.LoginWebAuthnForm):
    pass


class AuthenticateByPasskey(Passkey, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateByPasskey(Passkey, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskey(Plain, webauthn.AddWebAuthnForm):
    name = forms.CharField(required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        with _refused_in_words():
            return super().clean()


@contextmanager
def _refused_in_words() -> Iterator[None]:
    try:
        yield
    except ValidationError:
        raise
    except UNREADABLE as error:
        raise get_adapter().validation_error("incorrect_code") from error
