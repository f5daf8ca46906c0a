"""Settings of log-in, passwords, second factor and single sign-on (every variable: docs/configuration.md)."""

from __future__ import annotations

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()

AUTH_USER_MODEL = "workflow.User"
AUTHENTICATION_BACKENDS = ["rules.permissions.ObjectPermissionBackend", "workflow.auth.OfficeBackend"]
# Two offices may both have a "zhang": a username is unique within its office; OfficeBackend tells them apart.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
     "OPTIONS": {"user_attributes": ("username", "name", "email")}},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "config.accounts.passwords.MixedOrLong"},
]  # fmt: skip

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "login"

ACCOUNT_ADAPTER = "config.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60  # seconds
ACCOUNT_FORMS = {
    "login": "config.accounts.forms.LogIn",
    "reauthenticate": "config.accounts.forms.Reauthenticate",
    "change_password": "config.accounts.forms.ChangePassword",
    "reset_password": "config.accounts.forms.ResetPassword",
    "reset_password_from_key": "config.accounts.forms.ResetPasswordFromKey",
}
LOCKED_OUT_MINUTES = 5
ACCOUNT_RATE_LIMITS = {
    # A whole office comes from one address at nine in the morning: what succeeds is not counted.
    "login": None,
    "login_failed": f"100/{LOCKED_OUT_MINUTES}m/ip,5/{LOCKED_OUT_MINUTES}m/key",
}

MFA_ADAPTER = "config.accounts.second_factor.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = env.bool("DEBUG", default=False)  # http://localhost
MFA_TOTP_TOLERANCE = 1  # half a minute of a clock that is wrong
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "config.accounts.forms.Authenticate",
    "reauthenticate": "config.accounts.forms.ReauthenticateByCode",
    "activate_totp": "config.accounts.forms.ActivateTotp",
    "add_webauthn": "config.accounts.forms.AddPasskey",
    "authenticate_webauthn": "config.accounts.forms.AuthenticateByPasskey",
    "login_webauthn": "config.accounts.forms.LogInByPasskey",
    "reauthenticate_webauthn": "config.accounts.forms.ReauthenticateByPasskey",
}
REQUIRE_SECOND_FACTOR = frozenset(env.list("REQUIRE_SECOND_FACTOR", default=[]))

SOCIALACCOUNT_ADAPTER = "config.accounts.single_sign_on.SingleSignOnAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another site (Content-Security-Policy)
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
OIDC_OFFICE = env.str("OIDC_OFFICE", default="")
OIDC_OFFICE_CLAIM = env.str("OIDC_OFFICE_CLAIM", default="")
OIDC_USERNAME_CLAIM = env.str("OIDC_USERNAME_CLAIM", default="preferred_username")
if server := env.str("OIDC_SERVER_URL", default=""):
    if not (OIDC_OFFICE or OIDC_OFFICE_CLAIM):
        raise ImproperlyConfigured("OIDC_SERVER_URL needs OIDC_OFFICE or OIDC_OFFICE_CLAIM")
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env.str("OIDC_NAME", default="OpenID Connect"),
                "client_id": env.str("OIDC_CLIENT_ID"),
                "secret": env.str("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": server},
            }
        ],
    }
