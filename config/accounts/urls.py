"""Addresses of log-in and second factor: those of allauth that are wanted, and no others."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.contrib.auth.decorators import login_not_required
from django.urls import path, re_path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView

from config.accounts.views import (
    LogIn,
    SecondFactor,
    that_asks_the_provider,
    where_mail_goes_out,
    with_password,
)

log_in = LogIn.as_view()
log_out = require_POST(account.logout)

# Each under allauth's own name, and log-in and log-out also under Django's.
urlpatterns = [
    path("login/", log_in, name="login"),
    path("login/", log_in, name="account_login"),
    path("logout/", log_out, name="logout"),
    path("logout/", log_out, name="account_logout"),
    path("login/code/", mfa.authenticate, name="mfa_authenticate"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/failed/", login_not_required(social.login_error), name="socialaccount_login_error"),
    path("login/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("login/with/<str:provider_id>/", that_asks_the_provider(oidc.login), name="openid_connect_login"),
    path(
        "login/with/<str:provider_id>/back/",
        that_asks_the_provider(oidc.callback),
        name="openid_connect_callback",
    ),
    path("password/reset/", where_mail_goes_out(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/sent/",
        where_mail_goes_out(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        where_mail_goes_out(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        where_mail_goes_out(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("profile/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("profile/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("profile/confirm/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("profile/password/", with_password(account.password_change), name="account_change_password"),
    path("profile/second-factor/", SecondFactor.as_view(), name="mfa_index"),
    path("profile/second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("profile/second-factor/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("profile/second-factor/passkeys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path(
        "profile/second-factor/passkeys/",
        RedirectView.as_view(pattern_name="mfa_index"),
        name="mfa_list_webauthn",
    ),
    path(
        "profile/second-factor/passkeys/<int:pk>/remove/",
        webauthn.remove_webauthn,
        name="mfa_remove_webauthn",
    ),
    path("profile/second-factor/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "profile/second-factor/codes/new/",
        recovery.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "profile/second-factor/codes/download/",
        recovery.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
