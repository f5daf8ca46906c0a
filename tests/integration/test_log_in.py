"""Coming in: by name within the office, not too often, with a password worth the name."""

from __future__ import annotations

import re
import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import NoReverseMatch, get_resolver, reverse

from tests import builders
from workflow.models import AuditEntry, Office, User

PASSWORD = "Spring-tide-2021"
OTHER = "Autumn-moon-2022"
WRONG = "用户名或密码不正确"


@pytest.fixture
def office(office: Office) -> Office:
    give_password(office)
    return office


def give_password(office: Office, password: str = PASSWORD) -> None:
    for user in office.users.all():
        user.set_password(password)
        user.save()


def log_in(client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/login/", {"login": name, "password": password, **more})


def is_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def said(response) -> str:
    return re.sub(r"<[^>]+>", " ", response.content.decode())


def test_a_person_logs_in_and_goes_where_they_wanted(client, office):
    assert client.get("/deferrals/").headers["Location"] == "/login/?next=/deferrals/"
    assert 'name="next" value="/deferrals/"' in client.get("/login/?next=/deferrals/").content.decode()
    assert log_in(client, "xinwen1", next="/deferrals/").headers["Location"] == "/deferrals/"
    assert is_in(client)
    assert client.get("/login/").headers["Location"] == "/"


def test_nobody_is_sent_to_another_site(client, office):
    assert log_in(client, "xinwen1", next="https://evil.example/").headers["Location"] == "/"


def test_an_unknown_name_a_wrong_password_and_a_closed_account_hear_the_same(client, office):
    User.objects.filter(username="mishu1").update(is_active=False)
    heard = {said(log_in(client, *who)) for who in (("nobody",), ("xinwen1", "wrong"), ("mishu1",))}
    heard = {re.sub(r"\s+", " ", text) for text in heard}
    assert len(heard) == 1
    assert WRONG in heard.pop()
    assert not is_in(client)


def test_somebody_whose_account_is_closed_is_out_at_once(client, office):
    log_in(client, "xinwen1")
    User.objects.filter(username="xinwen1").update(is_active=False)
    assert not is_in(client)


def test_two_offices_share_a_name_and_the_code_tells_them_apart(client, office):
    give_password(builders.office("gd-fao"))
    assert WRONG in said(log_in(client, "xinwen1"))
    log_in(client, "xinwen1@gd-fao")
    assert "个人设置" in said(client.get("/profile/"))
    assert client.session["_auth_user_id"] == str(
        User.objects.get(office__code="gd-fao", username="xinwen1").pk
    )


def test_five_failures_and_the_door_is_shut_for_that_name_from_there(client, office):
    for _ in range(5):
        assert WRONG in said(log_in(client, "xinwen1", "guess"))
    shut = said(log_in(client, "xinwen1"))
    assert "失败次数过多，请 5 分钟后再试" in shut
    assert not is_in(client)
    log_in(client, "mishu1")
    assert is_in(client)


def test_a_stranger_elsewhere_does_not_lock_a_person_out(client, office):
    for _ in range(6):
        client.post("/login/", {"login": "xinwen1", "password": "guess"}, REMOTE_ADDR="203.0.113.9")
    log_in(client, "xinwen1")
    assert is_in(client)


def test_an_address_of_many_failures_is_shut_for_every_name(client, office, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "3/5m/ip,5/5m/key"}
    for number in range(3):
        log_in(client, f"name{number}")
    assert "失败次数过多" in said(log_in(client, "xinwen1"))


def test_those_who_succeed_are_not_counted(client, office):
    for _ in range(7):
        log_in(client, "xinwen1")
        assert is_in(client)
        client.post("/logout/")


def test_failures_are_counted_where_every_process_sees_them(client, office):
    log_in(client, "xinwen1", "guess")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM jiedian_cache WHERE cache_key LIKE '%%login_failed%%'")
        assert cursor.fetchone()[0] > 0
    assert type(cache._connections[cache._alias]).__name__ == "DatabaseCache"


def test_a_name_is_not_guessed_by_the_clock(client, office, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    give_password(office)

    def seconds(name: str) -> float:
        began = time.perf_counter()
        log_in(client, name, "guess")
        return time.perf_counter() - began

    known, unknown = min(seconds("xinwen1") for _ in range(2)), min(seconds("nobody") for _ in range(2))
    assert 0.4 < known / unknown < 2.5


def test_only_a_post_logs_out(client, office):
    log_in(client, "xinwen1")
    assert client.get("/logout/").status_code == 405
    assert is_in(client)
    client.post("/logout/")
    assert not is_in(client)


def test_what_was_typed_survives_being_logged_out(client, office):
    response = client.post("/nodes/59/defer/", {"justification": "疫情原因，无法如期举行。"})
    assert response.status_code == 401
    assert "疫情原因，无法如期举行。" in response.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "account_signup", "account_email", "account_set_password", "account_inactive",
        "account_confirm_email", "account_request_login_code", "socialaccount_signup",
        "socialaccount_connections", "mfa_edit_webauthn", "mfa_trust", "mfa_signup_webauthn",
    ],
)  # fmt: skip
def test_what_allauth_offers_and_we_do_not_want_does_not_exist(name):
    assert name not in get_resolver().reverse_dict
    with pytest.raises(NoReverseMatch):
        reverse(name)


# Passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Short-1", "too_short"),
        ("lowercase-only-", "too_plain"),
        ("1234567890123456789", "entirely_numeric"),
        ("1q2w3e4r5t", "too_common"),
        ("Xinwen1-xinwen1", "username_inside"),
    ],
)
def test_weak_passwords_are_refused(office, password, why):
    user = User.objects.get(username="xinwen1")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert any(why in one.code for one in refused.value.error_list)


@pytest.mark.parametrize("password", [PASSWORD, "correct horse battery", "春江潮水连海平Ab1", "aB3-aB3-aB3"])
def test_good_passwords_pass(office, password):
    validate_password(password, User.objects.get(username="xinwen1"))


def test_a_password_is_changed_by_who_knows_the_old_one(client, office):
    log_in(client, "xinwen1")
    page = client.post("/profile/password/", {"oldpassword": "wrong", "password1": OTHER, "password2": OTHER})
    assert "当前密码不正确" in said(page)
    page = client.post(
        "/profile/password/", {"oldpassword": PASSWORD, "password1": "weak", "password2": "weak"}
    )
    assert "10 个字符" in said(page)
    elsewhere = type(client)()
    log_in(elsewhere, "xinwen1")
    client.post("/profile/password/", {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER})
    assert is_in(client)
    assert not is_in(elsewhere)
    assert User.objects.get(username="xinwen1").check_password(OTHER)
    entry = AuditEntry.objects.get(action="user.password_changed")
    assert (entry.actor.username, OTHER in str(entry.data)) == ("xinwen1", False)


# A password that was forgotten


@pytest.fixture
def with_mail(settings) -> None:
    settings.PASSWORD_RESET_OFFERED = True


def letters(count: int) -> list:
    """The letters that went out, which happens in a thread."""
    deadline = time.monotonic() + 5
    while len(mail.outbox) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return mail.outbox


def test_without_a_mail_server_nobody_is_offered_a_letter(client, office):
    assert "请联系管理员重设" in said(client.get("/login/"))
    assert client.get("/password/reset/").status_code == 404


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, office, with_mail):
    page = client.post("/password/reset/", {"email": "XINWEN1@waiban.example"}, follow=True)
    [letter] = letters(1)
    assert letter.to[0].lower() == "xinwen1@waiban.example"
    assert letter.subject == "[节点] 重设密码"
    link = re.search(r"http://testserver(/password/reset/\S+)", letter.body)
    assert link
    assert "请打开以下链接" in letter.body
    asked = client.get(link[1], follow=True)
    address = asked.request["PATH_INFO"]
    done = client.post(address, {"password1": OTHER, "password2": OTHER}, follow=True)
    assert "密码已更改" in said(done)
    assert "已失效" in said(type(client)().get(link[1], follow=True))
    log_in(client, "xinwen1", OTHER)
    assert is_in(client)
    assert page.status_code == 200


def test_who_asks_is_not_told_whether_there_is_an_account(client, office, with_mail):
    User.objects.filter(username="mishu1").update(is_active=False)
    pages = {
        re.sub(r"\s+", " ", said(client.post("/password/reset/", {"email": email}, follow=True)))
        for email in ("xinwen1@waiban.example", "nobody@waiban.example", "mishu1@waiban.example")
    }
    assert len(pages) == 1
    assert [letter.to[0] for letter in letters(1)] == ["xinwen1@waiban.example"]


def test_who_has_no_password_here_gets_no_letter(client, office, with_mail):
    user = User.objects.get(username="xinwen1")
    user.set_unusable_password()
    user.save()
    client.post("/password/reset/", {"email": user.email}, follow=True)
    assert mail.outbox == []
