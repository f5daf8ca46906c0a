"""What an office types to set a channel up, and what is kept and shown of it."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from cryptography.fernet import Fernet

from notifications.channels.kinds import KINDS, clean, masked
from notifications.models import Channel, ChannelKind
from notifications.secrets import seal, unseal
from tests import vendors
from workflow.refusals import Invalid

WECOM = f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={vendors.WECOM_KEY}"
DINGTALK = f"https://oapi.dingtalk.com/robot/send?access_token={vendors.DINGTALK_TOKEN}"
LARK = f"https://open.larksuite.com/open-apis/bot/v2/hook/{vendors.FEISHU_TOKEN}"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def errors(kind: str, **values: str) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as refused:
        clean(kind, values)
    return refused.value.errors


def test_every_kind_that_an_office_sets_up_is_described():
    assert set(KINDS) == set(ChannelKind.values) - {"in_app", "email"}


@pytest.mark.parametrize("typed", [WECOM, f" {WECOM}\n", vendors.WECOM_KEY, f"key={vendors.WECOM_KEY}"])
def test_a_key_is_found_in_a_pasted_address(typed: str):
    public, secrets = clean("wecom_robot", {"key": typed})
    assert secrets == {"key": vendors.WECOM_KEY}
    assert set(public) == {"mark"}
    assert vendors.WECOM_KEY not in public["mark"]


def test_a_dingtalk_address_and_its_signing_secret():
    typed = {"token": DINGTALK, "secret": vendors.DINGTALK_SECRET, "keyword": "节点"}
    public, secrets = clean("dingtalk_robot", typed)
    assert secrets == {"token": vendors.DINGTALK_TOKEN, "secret": vendors.DINGTALK_SECRET}
    assert public["keyword"] == "节点"


def test_lark_is_told_from_feishu_by_its_address():
    assert clean("feishu_robot", {"token": LARK, "platform": "feishu"})[0]["platform"] == "lark"
    assert clean("feishu_robot", {"token": vendors.FEISHU_TOKEN})[0]["platform"] == "feishu"


@pytest.mark.parametrize(
    ("kind", "values", "wrong"),
    [
        (
            "wecom_robot",
            {"key": WECOM.replace(".com", ".com.evil.example")},
            "key",
        ),
        ("wecom_robot", {"key": "https://[broken"}, "key"),
        ("wecom_robot", {"key": "too short"}, "key"),
        ("wecom_robot", {}, "key"),
        ("wecom_app", {"corp_id": "ww12345678", "agent_id": "x", "secret": "s" * 20}, "agent_id"),
        ("dingtalk_robot", {"token": DINGTALK, "secret": "not one of theirs"}, "secret"),
        ("feishu_robot", {"token": LARK, "secret": "a b"}, "secret"),
        ("feishu_robot", {"token": "https://evil.example/open-apis/bot/v2/hook/" + "a" * 20}, "token"),
        ("webhook", {"url": "https://127.0.0.1/", "secret": "s" * 16}, "url"),
        ("webhook", {"url": "http://8.8.8.8/", "secret": "s" * 16}, "url"),
        ("webhook", {"url": "https://8.8.8.8/", "secret": "short"}, "secret"),
        ("apprise", {"url": "mailto://user:pw@example.com"}, "url"),
        ("apprise", {"url": "json://127.0.0.1/"}, "url"),
        ("apprise", {"url": "jsons://10.0.0.1/"}, "url"),
        ("apprise", {"url": "jsons://8.8.8.8/?template=/etc/passwd"}, "url"),
        ("apprise", {"url": "jsons://8.8.8.8/?verify=no"}, "url"),
        ("apprise", {"url": f"{SLACK}?template=file:///etc/passwd"}, "url"),
        ("apprise", {"url": "file:///etc/passwd"}, "url"),
        ("apprise", {"url": "slack://"}, "url"),
        ("apprise", {"url": "nonsense"}, "url"),
    ],
)
def test_what_does_not_pass_is_said_beside_its_field(kind: str, values: dict[str, str], wrong: str):
    assert list(errors(kind, **values)) == [wrong]


@pytest.mark.parametrize(
    "url",
    [
        "wecombot://key",
        "wechat://a:b@1/@u",
        "dingtalk://t",
        "feishu://t",
        "lark://t",
        "wecom://t",
        WECOM,
        LARK,
    ],
)
def test_messengers_with_a_kind_of_their_own_are_not_taken_to_apprise(url: str):
    assert "kinds of their own" in errors("apprise", url=url)["url"][0]


@pytest.mark.parametrize(
    "url", [SLACK, "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", "ntfys://8.8.8.8/t"]
)
def test_services_of_others_are_taken(url: str):
    assert clean("apprise", {"url": url})[1] == {"url": url}


def test_a_chinese_address_is_kept_as_machines_write_it(settings):
    settings.OUTGOING_ALLOWED = ["xn--fsqu00a.xn--fiqs8s", "127.0.0.0/8"]
    with patch("socket.getaddrinfo", return_value=[(2, 1, 6, "", ("8.8.8.8", 443))]):
        secrets = clean("webhook", {"url": "https://例子.中国/接收?a=1", "secret": "s" * 16})[1]
    assert secrets["url"] == "https://xn--fsqu00a.xn--fiqs8s/%E6%8E%A5%E6%94%B6?a=1"


def test_a_secret_left_empty_stays():
    known = {"token": vendors.DINGTALK_TOKEN, "secret": vendors.DINGTALK_SECRET}
    public, secrets = clean("dingtalk_robot", {"keyword": "节点"}, known)
    assert secrets == known
    assert public["mark"] == clean("dingtalk_robot", {"token": DINGTALK})[0]["mark"]


def test_two_robots_have_two_marks():
    other = vendors.WECOM_KEY.replace("693a", "793a")
    assert clean("wecom_robot", {"key": WECOM})[0] != clean("wecom_robot", {"key": other})[0]


def test_only_the_end_of_a_secret_is_shown():
    channel = Channel(
        kind="wecom_app",
        settings={"corp_id": "ww12345678", "agent_id": "1000002"},
        secrets=seal({"secret": vendors.CORP_SECRET}),
    )
    shown = masked("wecom_app", channel)
    assert shown == {"corp_id": "ww12345678", "agent_id": "1000002", "secret": "••••lmno"}


def test_of_a_short_secret_nothing_is_shown():
    channel = Channel(
        kind="feishu_robot", settings={}, secrets=seal({"token": "t" * 20, "secret": "abcdefg"})
    )
    assert masked("feishu_robot", channel)["secret"] == "••••"


def test_a_secret_under_a_lost_key_can_still_be_listed(settings):
    channel = Channel(kind="wecom_robot", settings={}, secrets=seal({"key": vendors.WECOM_KEY}))
    settings.SECRETS_KEYS = [Fernet.generate_key().decode()]
    assert masked("wecom_robot", channel) == {"key": "••••"}
    with pytest.raises(Invalid):
        unseal(channel.secrets)
