"""Log-in through an identity provider: a small one that runs beside the test."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.asymmetric import rsa

from tests import builders
from tests.builders import person
from workflow.models import Office, User

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
CLIENT, SECRET = "jiedian", "between us"


class Provider(ThreadingHTTPServer):
    """Answers as an OpenID provider does; `claims` is who is at its keyboard."""

    daemon_threads = True
    claims: dict[str, Any]
    other_claims: dict[str, Any]
    audience = CLIENT
    lives = 60  # seconds
    asked: list[str]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.claims, self.other_claims, self.asked = {}, {}, []

    def id_token(self) -> str:
        now = int(time.time())
        facts = {"iss": self.url, "aud": self.audience, "iat": now, "exp": now + self.lives}
        return jwt.encode(facts | self.claims, KEY, algorithm="RS256", headers={"kid": "1"})


class Answers(BaseHTTPRequestHandler):
    server: Provider

    def log_message(self, *_arguments: Any) -> None:
        pass

    def do_GET(self) -> None:
        url = self.server.url
        if self.path == "/.well-known/openid-configuration":
            names = {
                "authorization_endpoint": "authorize",
                "token_endpoint": "token",
                "userinfo_endpoint": "userinfo",
                "jwks_uri": "keys",
            }
            self.answer({"issuer": url} | {name: f"{url}/{path}" for name, path in names.items()})
        elif self.path == "/userinfo":
            self.answer(self.server.claims | self.server.other_claims)
        else:
            self.answer({"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.asked.append(body)
        self.answer({"access_token": "a", "token_type": "Bearer", "id_token": self.server.id_token()})

    def answer(self, facts: dict[str, Any]) -> None:
        body = json.dumps(facts).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    server = Provider()
    Thread(target=server.serve_forever, daemon=True).start()
    settings.OIDC_OFFICE, settings.OIDC_OFFICE_CLAIM = "jx-fao", ""
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": "省政务统一认证",
                    "client_id": CLIENT,
                    "secret": SECRET,
                    "settings": {"server_url": server.url},
                }
            ],
        }
    }
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def comes_through(client, office: Office, provider: Provider) -> Callable[..., Any]:
    """Somebody whom the provider knows by these claims goes there and comes back."""

    def come(sub: str = "4711", *, to: str = "", **claims: Any) -> Any:
        provider.claims = {"sub": sub} | claims
        away = client.get("/login/with/oidc/", {"next": to} if to else {})
        sent = parse_qs(urlsplit(away.headers["Location"]).query)
        return client.get("/login/with/oidc/back/", {"code": "c", "state": sent["state"][0]})

    return come


def is_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def test_where_it_is_not_set_up_there_is_no_trace_of_it(client, office):
    assert "/login/with/" not in client.get("/login/").content.decode()
    assert client.get("/login/with/oidc/").status_code == 404
    assert client.get("/login/with/oidc/back/?code=c&state=s").status_code == 404


def test_the_way_there_is_on_the_log_in_page(client, office, provider):
    page = client.get("/login/?next=/nodes/?year=2021").content.decode()
    assert "通过省政务统一认证登录" in page
    assert 'href="/login/with/oidc/?next=%2Fnodes%2F' in page
    away = client.get("/login/with/oidc/").headers["Location"]
    sent = parse_qs(urlsplit(away).query)
    assert away.startswith(f"{provider.url}/authorize?")
    assert sent["client_id"] == [CLIENT]
    assert sent["code_challenge_method"] == ["S256"]
    assert sent["redirect_uri"] == ["http://testserver/login/with/oidc/back/"]
    assert SECRET not in away


def test_somebody_the_office_knows_comes_in(client, comes_through):
    answer = comes_through(preferred_username="xinwen1", to="/nodes/")
    assert answer.headers["Location"] == "/nodes/"
    assert client.session["_auth_user_id"] == str(person("xinwen1").pk)


def test_from_then_on_the_providers_own_id_counts(client, comes_through):
    comes_through(preferred_username="xinwen1")
    client.post("/logout/")
    comes_through(preferred_username="mishu1")
    assert client.session["_auth_user_id"] == str(person("xinwen1").pk)
    assert SocialAccount.objects.count() == 1


def test_a_name_given_to_somebody_else_there_opens_nothing(client, comes_through):
    comes_through(preferred_username="xinwen1")
    client.post("/logout/")
    assert comes_through("4712", preferred_username="xinwen1").status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"preferred_username": "nobody"},
        {"preferred_username": "xinwen1@jx-fao"},
        {"preferred_username": ""},
        {"preferred_username": ["xinwen1"]},
        {"email": "xinwen1@waiban.example", "email_verified": False},
        {"email": "xinwen1@waiban.example", "email_verified": True},
        {},
    ],
)
def test_whom_the_office_does_not_know_is_refused_kindly_and_not_created(client, comes_through, claims):
    before = User.objects.count()
    answer = comes_through(**claims)
    assert answer.status_code == 403
    assert "请联系管理员" in answer.content.decode()
    assert not is_in(client)
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_a_closed_account_stays_closed(client, comes_through):
    comes_through(preferred_username="xinwen1")
    client.post("/logout/")
    User.objects.filter(username="xinwen1").update(is_active=False)
    assert comes_through(preferred_username="xinwen1").headers["Location"] == "/login/"
    assert not is_in(client)
    User.objects.filter(username="mishu1").update(is_active=False)
    assert comes_through("4713", preferred_username="mishu1").status_code == 403


def test_the_office_may_come_as_a_claim(client, comes_through, settings):
    builders.office("gd-fao")
    settings.OIDC_OFFICE, settings.OIDC_OFFICE_CLAIM = "", "org"
    comes_through(preferred_username="xinwen1", org="gd-fao")
    theirs = User.objects.get(office__code="gd-fao", username="xinwen1")
    assert client.session["_auth_user_id"] == str(theirs.pk)


def test_without_the_claim_of_an_office_nobody_comes_in(client, comes_through, settings):
    settings.OIDC_OFFICE, settings.OIDC_OFFICE_CLAIM = "", "org"
    assert comes_through(preferred_username="xinwen1").status_code == 403


def test_a_token_for_somebody_else_or_too_old_is_refused(client, comes_through, provider):
    provider.audience = "another-site"
    assert comes_through(preferred_username="xinwen1").status_code == 401
    provider.audience, provider.lives = CLIENT, -3600
    answer = comes_through(preferred_username="xinwen1")
    assert answer.status_code == 401
    assert "统一身份认证登录未成功" in answer.content.decode()
    assert not is_in(client)


def test_user_info_about_another_than_the_token_is_refused(client, comes_through, provider):
    provider.other_claims = {"sub": "someone else"}
    assert comes_through(preferred_username="xinwen1").status_code == 403
    assert not is_in(client)


def test_an_answer_that_was_not_asked_for_is_refused(client, office, provider):
    provider.claims = {"sub": "4711", "preferred_username": "xinwen1"}
    assert client.get("/login/with/oidc/back/?code=c&state=made-up").status_code == 401
    assert not is_in(client)
    assert provider.asked == []


def test_nobody_ties_another_identity_to_an_account(client, office, provider):
    client.force_login(person("xinwen1"))
    provider.claims = {"sub": "evil", "preferred_username": "mishu1"}
    away = client.get("/login/with/oidc/", {"process": "connect"})
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    assert client.get("/login/with/oidc/back/", {"code": "c", "state": state}).status_code == 403
    assert not SocialAccount.objects.exists()


def test_who_changes_their_mind_there_is_told_so(client, office, provider):
    away = client.get("/login/with/oidc/")
    state = parse_qs(urlsplit(away.headers["Location"]).query)["state"][0]
    answer = client.get("/login/with/oidc/back/", {"error": "access_denied", "state": state}, follow=True)
    assert "已取消" in answer.content.decode()


def test_a_provider_that_is_away_is_told_about(client, office, provider, caplog):
    provider.shutdown()
    provider.server_close()
    answer = client.get("/login/with/oidc/")
    assert answer.status_code == 401
    assert "未成功" in answer.content.decode()


def test_a_second_factor_is_asked_for_after_it_too(client, comes_through):
    TOTP.activate(person("xinwen1"), generate_totp_secret())
    assert comes_through(preferred_username="xinwen1").headers["Location"] == "/login/code/"
    assert not is_in(client)
