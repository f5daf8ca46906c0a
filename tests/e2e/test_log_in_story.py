"""Coming in by the browser: two steps, a passkey, and one's own page."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page

from tests.builders import person


def code_for(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def test_from_setting_up_the_app_to_logging_in_with_it(visit):
    xinwen1 = visit("xinwen1").opens("/profile/").sees("未启用").presses("设置")
    xinwen1.sees("验证器应用").presses("设置验证器应用").sees("确认身份")
    xinwen1.fills("密码", "春江潮水连海平").presses("确认").sees("扫描下图")
    secret = xinwen1.do(lambda page: page.locator(".secret").inner_text())
    xinwen1.fills("六位验证码", "000000").presses("设置").sees("验证码不正确")
    secret = xinwen1.do(lambda page: page.locator(".secret").inner_text())
    xinwen1.fills("六位验证码", code_for(secret)).presses("设置").sees("共 10 个，剩余 10 个")
    xinwen1.opens("/profile/").sees("已启用")

    again = visit().logs_in("xinwen1").sees("两步验证")
    again.fills("六位验证码或恢复码", "123").presses("继续").sees("验证码不正确")
    again.fills("六位验证码或恢复码", code_for(secret, 1)).presses("继续").is_at("/")


def passkeys(page: Page) -> None:
    """Plug in a device that confirms whoever asks it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_from_adding_a_passkey_to_logging_in_with_it_alone(visit, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    xinwen1 = visit("xinwen1")
    xinwen1.do(passkeys)
    xinwen1.opens("/profile/second-factor/passkeys/add/").fills("密码", "春江潮水连海平").presses("确认")
    xinwen1.fills("通行密钥的名称", "办公电脑").ticks("可不输入密码，单独用它登录").presses("添加通行密钥")
    xinwen1.sees("恢复码")
    xinwen1.opens("/profile/second-factor/").sees("办公电脑")
    xinwen1.do(lambda page: page.context.clear_cookies())
    xinwen1.opens("/login/").presses("用通行密钥登录")
    xinwen1.is_at("/").opens("/profile/").sees("xinwen1")


def test_without_a_device_the_page_says_what_is_the_matter(visit, settings):
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    stranger = visit()
    stranger.opens("/login/").does_not_see("未使用通行密钥")
    stranger.do(
        lambda page: page.evaluate(
            "document.dispatchEvent(new CustomEvent('allauth.error',"
            " {cancelable: true, detail: {exception: {name: 'NotAllowedError'}}}))"
        )
    )
    stranger.sees("未使用通行密钥")


def test_without_javascript_one_logs_in_all_the_same(visit):
    visit(javascript=False).logs_in("xinwen1").is_at("/").opens("/profile/").sees("新闻文化处经办人")


def test_who_guesses_is_told_how_long_to_wait(visit):
    guesser = visit()
    for _ in range(5):
        guesser.logs_in("xinwen1", "guess").sees("用户名或密码不正确")
    guesser.logs_in("xinwen1").sees("失败次数过多，请 5 分钟后再试")


def test_ones_own_page(visit):
    xinwen1 = visit("xinwen1").opens("/profile/").sees("新闻文化处经办人")
    xinwen1.do(lambda page: page.get_by_label("与我有关的动态").first.uncheck())
    xinwen1.presses("保存设置").sees("设置已保存")
    assert not person("xinwen1").notification_preference.email_news
    xinwen1.presses("深色")
    assert xinwen1.do(lambda page: page.locator("html").get_attribute("data-theme")) == "dark"
    xinwen1.presses("English").sees("Profile").presses("简体中文").sees("个人设置")


@pytest.mark.parametrize("path", ["/profile/", "/profile/second-factor/", "/profile/password/"])
def test_on_a_narrow_phone_nothing_hangs_over(visit, path):
    assert not visit("xinwen1", size=(360, 740)).opens(path).scrolls_sideways()
