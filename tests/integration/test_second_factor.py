"""A second step after the password: an app's codes, recovery codes, and for whom it is required."""

from __future__ import annotations

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.builders import person
from workflow.models import AuditEntry, Office, User

FORGED = json.dumps(
    {
        "id": "AAAA",
        "rawId": "AAAA",
        "type": "public-key",
        "response": {
            "clientDataJSON": "e30",
            "authenticatorData": "AA",
            "signature": "AA",
            "userHandle": "MQ",
        },
    }
)
PASSWORD = "Spring-tide-2021"


@pytest.fixture(autouse=True)
def passwords(office: Office) -> None:
    for user in office.users.all():
        user.set_password(PASSWORD)
        user.save()


def log_in(client, name: str):
    return client.post("/login/", {"login": name, "password": PASSWORD})


def confirm(client):
    return client.post("/profile/confirm/", {"password": PASSWORD})


def code_for(secret: str, steps: int = 0) -> str:
    """What the app shows now, or that many half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.fixture
def secret(client, django_capture_on_commit_callbacks) -> str:
    """xinwen1 has set up an app with this secret, and is logged in."""
    log_in(client, "xinwen1")
    confirm(client)
    page = client.get("/profile/second-factor/app/").content.decode()
    found = re.search(r'class="secret">(\w+)<', page)[1]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/profile/second-factor/app/", {"code": code_for(found)})
    assert answer.headers["Location"] == "/profile/second-factor/codes/"
    return found


def is_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def recovery_codes(client) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", client.get("/profile/second-factor/codes/").content.decode())


def test_from_then_on_the_password_alone_opens_nothing(client, secret):
    client.post("/logout/")
    assert log_in(client, "xinwen1").headers["Location"] == "/login/code/"
    assert not is_in(client)
    client.post("/login/code/", {"code": "000000"})
    assert not is_in(client)
    client.post("/login/code/", {"code": code_for(secret, 1)})
    assert is_in(client)


def test_a_code_works_once(client, secret):
    client.post("/logout/")
    code = code_for(secret, 1)
    log_in(client, "xinwen1")
    client.post("/login/code/", {"code": code})
    client.post("/logout/")
    log_in(client, "xinwen1")
    page = client.post("/login/code/", {"code": code}).content.decode()
    assert "验证码不正确，或已使用过" in page
    assert not is_in(client)


def test_codes_are_not_guessed(client, secret):
    client.post("/logout/")
    log_in(client, "xinwen1")
    for _ in range(5):
        client.post("/login/code/", {"code": "000000"})
    assert "失败次数过多" in client.post("/login/code/", {"code": code_for(secret, 1)}).content.decode()


def test_a_recovery_code_lets_in_once(client, secret):
    codes = recovery_codes(client)
    assert len(codes) == 10
    for _ in range(2):
        client.post("/logout/")
        log_in(client, "xinwen1")
        client.post("/login/code/", {"code": codes[0]})
    assert not is_in(client)
    client.post("/login/code/", {"code": codes[1]})
    assert is_in(client)


def test_new_recovery_codes_make_the_old_ones_worthless(client, secret, django_capture_on_commit_callbacks):
    old = recovery_codes(client)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/profile/second-factor/codes/new/")
    assert not set(old) & set(recovery_codes(client))
    download = client.get("/profile/second-factor/codes/download/")
    assert "attachment" in download.headers["Content-Disposition"]
    assert AuditEntry.objects.filter(action="user.recovery_codes_renewed").exists()


def test_who_comes_back_later_must_say_who_they_are_first(client, secret, settings):
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
    for path in ("app/remove/", "codes/new/", "passkeys/add/"):
        answer = client.get(f"/profile/second-factor/{path}")
        assert answer.headers["Location"].startswith("/profile/confirm/"), path
    assert recovery_codes(client) == []


def test_a_wrong_password_confirms_nothing(client, office):
    log_in(client, "xinwen1")
    page = client.post("/profile/confirm/", {"password": "guess"})
    assert "密码不正确" in page.content.decode()
    assert client.get("/profile/second-factor/app/").headers["Location"].startswith("/profile/confirm/")


def test_secrets_are_not_readable_in_the_table(secret):
    kept = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    assert secret not in str(kept.data)
    seeds = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert seeds.data["seed"].startswith("gAAAA")


def test_after_a_change_of_the_secret_key_the_codes_still_work(client, secret, settings):
    client.post("/logout/")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another" * 10
    log_in(client, "xinwen1")
    client.post("/login/code/", {"code": code_for(secret, 1)})
    assert is_in(client)


def test_removing_the_app_removes_the_step_and_is_recorded(client, secret):
    client.post("/profile/second-factor/app/remove/")
    client.post("/logout/")
    log_in(client, "xinwen1")
    assert is_in(client)
    acts = AuditEntry.objects.filter(subject_type="user").values_list("action", flat=True)
    assert {"user.second_factor_added", "user.second_factor_removed"} <= set(acts)
    assert secret not in str(list(AuditEntry.objects.values_list("data", flat=True)))


def test_nobody_touches_the_passkey_of_another(client, secret):
    theirs = Authenticator.objects.create(user=person("mishu1"), type="webauthn", data={"name": "钥匙"})
    assert client.get(f"/profile/second-factor/passkeys/{theirs.pk}/remove/").status_code == 404
    assert client.post(f"/profile/second-factor/passkeys/{theirs.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize("credential", ["", "{}", "[]", "null", '{"id": 1}', '"x"', FORGED])
def test_a_passkey_that_is_none_lets_nobody_in(client, credential):
    asked = client.get("/login/passkey/", headers={"accept": "application/json"})
    assert asked.json()["request_options"]["publicKey"]["userVerification"] == "required"
    answer = client.post("/login/passkey/", {"credential": credential})
    assert answer.headers["Location"] == "/login/"
    assert not is_in(client)


# For whom it is required


@pytest.fixture
def required(settings) -> None:
    settings.REQUIRE_SECOND_FACTOR = frozenset({"administrator", "leader_in_charge"})


@pytest.mark.parametrize("who", ["fuzhuren2", "admin"])
def test_who_must_have_one_gets_it_first(client, required, who):
    log_in(client, who)
    for path in ("/", "/nodes/", "/profile/"):
        assert client.get(path).headers["Location"] == "/profile/second-factor/", path
    page = client.get("/profile/second-factor/").content.decode()
    assert "您的岗位要求两步验证" in page
    confirm(client)
    assert client.get("/profile/second-factor/app/").status_code == 200
    client.post("/logout/")
    assert client.get("/login/").status_code == 200


def test_others_need_none(client, required):
    log_in(client, "xinwen1")
    assert is_in(client)


def test_who_has_one_works_on_and_keeps_it(client, required, secret):
    User.objects.filter(username="xinwen1").update(is_staff=True)
    assert is_in(client)
    page = client.post("/profile/second-factor/app/remove/").content.decode()
    assert "不能移除" in page
    assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).exists()
    client.post("/logout/")
    log_in(client, "xinwen1")
    client.post("/login/code/", {"code": code_for(secret, 1)})
    assert is_in(client)
