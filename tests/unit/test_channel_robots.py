"""Robots and the WeCom application, against a server that answers as their vendors document."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from notifications.channels import opened, outgoing, wecom_app
from notifications.channels.protocol import Message, Outcome, Person, Result
from notifications.models import Channel
from notifications.secrets import seal
from tests import vendors as known
from tests.vendors import Vendors, open_vendors

LI = Person("李四", mobile="13800138000", wecom="lisi", feishu="ou_84aad35d084aa403a838cf73ee18467")
LINK = "https://jiedian.example/nodes/59/"
HOSTILE = '戏剧节 @all @所有人 **粗** <b>x</b> <at user_id="all">全体</at> {{7*7}} \u202etxt.exe'
KINDS = ("wecom_robot", "wecom_app", "dingtalk_robot", "feishu_robot")
PLACES = dict(zip(KINDS, ("wecom", "wecom_app", "dingtalk", "feishu"), strict=True))
CODES = {"feishu_robot": ("code", "msg")}


@pytest.fixture
def vendors(settings) -> Iterator[Vendors]:
    wecom_app._tokens.clear()
    with open_vendors() as vendors:
        settings.OUTGOING_ALLOWED = vendors.allowed
        settings.VENDORS = vendors.addresses
        yield vendors


def channel(vendors: Vendors, kind: str, **changed: str) -> Channel:
    public, secrets = vendors.particulars(kind)
    public = {**public, **{name: value for name, value in changed.items() if name in public}}
    secrets = {**secrets, **{name: value for name, value in changed.items() if name in secrets}}
    return Channel(pk=1, kind=kind, settings=public, secrets=seal(secrets))


def message(text: str = "节点59《戏剧节》今天到期。", *people: Person, **facts: Any) -> Message:
    return Message("<1@jiedian>", "节点59", text, people or (LI,), **{"link": LINK, **facts})


def tell(vendors: Vendors, kind: str, *messages: Message, **changed: str) -> Outcome:
    adapter = opened(channel(vendors, kind, **changed))
    try:
        return [adapter.send(one) for one in messages or [message()]][-1]
    finally:
        adapter.close()


@pytest.mark.parametrize("kind", KINDS)
def test_a_message_is_taken(vendors: Vendors, kind: str):
    outcome = tell(vendors, kind)
    assert (outcome.result, outcome.vendor_code) == (Result.OK, "0")
    (arrived,) = vendors.of(PLACES[kind], taken=True)
    assert "戏剧节" in arrived.text


def test_wecom_names_people_by_account_or_else_by_number(vendors: Vendors):
    wang = Person("王五", mobile="139 0013 9000")
    tell(vendors, "wecom_robot", message("x", LI, wang, LI))
    assert vendors.arrivals[0].said == {
        "msgtype": "text",
        "text": {
            "content": f"x\n{LINK}",
            "mentioned_list": ["lisi"],
            "mentioned_mobile_list": ["13900139000"],
        },
    }


def test_dingtalk_has_the_numbers_in_the_words_too(vendors: Vendors):
    tell(vendors, "dingtalk_robot", message("x"))
    assert vendors.arrivals[0].said == {
        "msgtype": "text",
        "text": {"content": f"x\n{LINK}\n@13800138000"},
        "at": {"atMobiles": ["13800138000"], "atUserIds": [], "isAtAll": False},
    }


def test_dingtalks_signature_is_encoded_exactly_once(vendors: Vendors):
    tell(vendors, "dingtalk_robot")
    query = vendors.arrivals[0].raw_query
    assert "%25" not in query
    (sign,) = parse_qs(query)["sign"]
    assert sign.endswith("=")
    assert len(parse_qs(query)["timestamp"][0]) == 13


def test_feishu_signs_in_the_body_and_calls_by_tag(vendors: Vendors):
    tell(vendors, "feishu_robot", message("x"))
    (arrived,) = vendors.arrivals
    assert set(arrived.said) == {"msg_type", "content", "timestamp", "sign"}
    assert len(arrived.said["timestamp"]) == 10
    tag = '<at user_id="ou_84aad35d084aa403a838cf73ee18467">李四</at>'
    assert arrived.said["content"] == {"text": f"x\n{LINK}\n{tag}"}
    assert arrived.raw_query == ""


def test_a_robot_that_wants_a_keyword_gets_it(vendors: Vendors):
    tell(vendors, "dingtalk_robot", message("x"), keyword="节点")
    tell(vendors, "feishu_robot", message("节点 x"), keyword="节点")
    assert "节点" in vendors.of("dingtalk")[0].text
    assert vendors.of("feishu")[0].text.count("节点") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_words_call_nobody_and_stay_words(vendors: Vendors, kind: str):
    nobody = Person("@all", mobile="@all", wecom="zhaoliu", feishu="all")
    outcome = tell(vendors, kind, message(HOSTILE, nobody))
    assert outcome.result == Result.OK
    arrived = vendors.of(PLACES[kind])[0]
    assert "@all @所有人 **粗** ＜b＞x＜/b＞" in arrived.text
    assert "{{7*7}}" in arrived.text
    assert "\u202e" not in arrived.text
    assert "<" not in arrived.text
    said = json.dumps({**arrived.said, "text": "", "content": "", "textcard": ""})
    assert "@all" not in said
    assert arrived.said.get("at", {}).get("isAtAll", False) is False
    assert "@all" not in str(arrived.said.get("text", {}).get("mentioned_list", ""))
    assert "@all" not in str(arrived.said.get("text", {}).get("mentioned_mobile_list", ""))


@pytest.mark.parametrize(
    ("kind", "most"), [("wecom_robot", 2048), ("dingtalk_robot", 20000), ("feishu_robot", 20480)]
)
def test_a_long_message_is_cut_at_a_character_and_keeps_its_link(vendors: Vendors, kind: str, most: int):
    outcome = tell(vendors, kind, message('"' * 4000 + "节\n" * 5000))
    assert outcome.result == Result.OK
    arrived = vendors.of(PLACES[kind])[0]
    assert f"…\n{LINK}" in arrived.text
    assert len(arrived.text.encode() if kind == "wecom_robot" else arrived.raw) <= most


FINAL, WAIT, AGAIN = Result.PERMANENT, Result.RETRY_AFTER, Result.TRANSIENT


@pytest.mark.parametrize(
    ("kind", "code", "words", "result", "seconds"),
    [
        ("wecom_robot", 93000, "invalid webhook url", FINAL, 0),
        ("wecom_robot", 40008, "invalid message type", FINAL, 0),
        ("wecom_robot", 40058, "invalid Request Parameter", FINAL, 0),
        ("wecom_robot", 45009, "api freq out of limit", WAIT, 60),
        ("wecom_robot", -1, "system busy", AGAIN, 0),
        ("wecom_robot", 99999, "nobody knows", AGAIN, 0),
        ("wecom_app", 81013, "user & party & tag all invalid", FINAL, 0),
        ("wecom_app", 82001, "All touser & totag & toparty are invalid", FINAL, 0),
        ("wecom_app", 60020, "not allow to access from your ip", FINAL, 0),
        ("wecom_app", 45009, "api freq out of limit", WAIT, 60),
        ("dingtalk_robot", 310000, "keywords not in content", FINAL, 0),
        ("dingtalk_robot", 310000, "sign not match", FINAL, 0),
        ("dingtalk_robot", 130101, "send too fast, exceed 20 times per minute", WAIT, 600),
        ("dingtalk_robot", 90030, "webhook over limit", WAIT, 600),
        ("dingtalk_robot", 300001, "token is not exist", FINAL, 0),
        ("dingtalk_robot", -1, "系统繁忙", AGAIN, 0),
        ("feishu_robot", 9499, "Bad Request", FINAL, 0),
        ("feishu_robot", 19001, "param invalid", FINAL, 0),
        ("feishu_robot", 19021, "sign match fail", FINAL, 0),
        ("feishu_robot", 19022, "Ip Not Allowed", FINAL, 0),
        ("feishu_robot", 19024, "Key Words Not Found", FINAL, 0),
        ("feishu_robot", 11232, "frequency limited", WAIT, 60),
    ],
)
def test_an_error_in_a_200_is_a_failure(
    vendors: Vendors, kind: str, code: int, words: str, result: str, seconds: float
):
    name, said = CODES.get(kind, ("errcode", "errmsg"))
    vendors.answer(PLACES[kind], {name: code, said: words})
    outcome = tell(vendors, kind)
    assert outcome == Outcome(result, str(code), words, seconds=seconds)
    assert outcome.is_the_channels == (result == WAIT)


@pytest.mark.parametrize("status", [400, 429])
def test_feishus_gateway_says_how_long_to_wait(vendors: Vendors, status: int):
    body = {"code": 99991400, "msg": "request trigger frequency limit"}
    vendors.answer("feishu", body, status, x_ogw_ratelimit_reset="17")
    outcome = tell(vendors, "feishu_robot")
    assert (outcome.result, outcome.vendor_code, outcome.seconds) == (WAIT, "99991400", 17)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("status", "headers", "result", "down", "seconds"),
    [
        (429, {"Retry_After": "30"}, WAIT, False, 30),
        (429, {}, WAIT, False, 60),
        (429, {"Retry_After": "999999999"}, WAIT, False, 3600),
        (500, {}, AGAIN, True, 0),
        (502, {}, AGAIN, True, 0),
        (404, {}, FINAL, False, 0),
        (302, {"Location": "http://127.0.0.1:1/"}, FINAL, False, 0),
        (200, {}, AGAIN, False, 0),
    ],
)
def test_an_answer_that_is_none_of_theirs(
    vendors: Vendors, kind: str, status: int, headers: dict[str, str], result: str, down: bool, seconds: float
):
    vendors.answer(PLACES[kind], "<html>gateway</html>", status, **headers)
    outcome = tell(vendors, kind)
    assert (outcome.result, outcome.down, outcome.seconds) == (result, down, seconds)


@pytest.mark.parametrize(
    "body",
    [
        '{"errcode": "0"}',
        '{"errcode": null}',
        '{"errcode": false, "code": false}',
        "[]",
        "0",
        "",
        '{"code": 0.0}',
        "\\xff",
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_says_nothing_is_no_success(vendors: Vendors, kind: str, body: str):
    vendors.answer(PLACES[kind], body)
    assert tell(vendors, kind).result == AGAIN


@pytest.mark.parametrize("kind", KINDS)
def test_silence_is_the_channels(vendors: Vendors, kind: str, monkeypatch):
    monkeypatch.setitem(outgoing.TIMES, "read", 0.2)
    vendors.gates[PLACES[kind]].clear()
    outcome = tell(vendors, kind)
    assert (outcome.result, outcome.vendor_code, outcome.down) == (AGAIN, "timeout", True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_vendor_inside_the_house_is_not_called(vendors: Vendors, kind: str, settings):
    settings.OUTGOING_ALLOWED = []
    outcome = tell(vendors, kind)
    assert (outcome.result, outcome.vendor_code) == (FINAL, "address")
    assert vendors.arrivals == []


@pytest.mark.parametrize("kind", KINDS)
def test_without_its_key_a_channel_waits(vendors: Vendors, kind: str, settings):
    adapter = opened(channel(vendors, kind))
    settings.SECRETS_KEYS = []
    outcome = adapter.send(message())
    assert (outcome.result, outcome.vendor_code, outcome.down) == (AGAIN, "secrets", True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_channel_that_lacks_something_says_so(vendors: Vendors, kind: str):
    outcome = opened(Channel(pk=1, kind=kind, settings={}, secrets=seal({"x": "y"}))).send(message())
    assert (outcome.result, outcome.vendor_code) == (FINAL, "unusable")


@pytest.mark.parametrize("kind", KINDS)
def test_no_answer_gives_away_a_secret(vendors: Vendors, kind: str, caplog):
    name, said = CODES.get(kind, ("errcode", "errmsg"))
    secrets = vendors.particulars(kind)[1]
    hidden = [*secrets.values(), *(["token-1-of-the-application"] * (kind == "wecom_app"))]
    echo = f"{' '.join(hidden)} key=whatever123"
    vendors.answer(PLACES[kind], {name: 12345, said: f"you said {echo}"})
    adapter = opened(channel(vendors, kind))
    with caplog.at_level(0):
        outcome = adapter.send(message())
    shown = f"{outcome!r} {adapter!r} {caplog.text}"
    for secret in (*hidden, "whatever123"):
        assert secret not in shown
    assert "you said" in outcome.vendor_message


def test_dingtalk_and_wecom_throttle_as_they_do(vendors: Vendors):
    outcomes = {kind: tell(vendors, kind, *[message()] * 21) for kind in ("wecom_robot", "dingtalk_robot")}
    assert [outcome.vendor_code for outcome in outcomes.values()] == ["45009", "130101"]
    assert vendors.most_in("wecom", 60) == 21
    assert len(vendors.of("wecom", taken=True)) == 20


def test_a_clock_that_is_off_is_told(vendors: Vendors):
    vendors.clock_off = 4000
    assert tell(vendors, "dingtalk_robot").vendor_message == "invalid timestamp"
    assert tell(vendors, "feishu_robot").vendor_code == "19021"


@pytest.mark.parametrize(
    ("kind", "changed", "code"),
    [
        ("wecom_robot", {"key": "wrong-wrong-wrong"}, "93000"),
        ("wecom_app", {"secret": "wrong-wrong-wrong"}, "40001"),
        ("wecom_app", {"corp_id": "wrong"}, "40013"),
        ("dingtalk_robot", {"token": "wrong"}, "300001"),
        ("dingtalk_robot", {"secret": "SECwrong"}, "310000"),
        ("feishu_robot", {"token": "wrong"}, "19001"),
        ("feishu_robot", {"secret": "wrong"}, "19021"),
    ],
)
def test_a_wrong_key_is_final(vendors: Vendors, kind: str, changed: dict[str, str], code: str):
    outcome = tell(vendors, kind, **changed)
    assert (outcome.result, outcome.vendor_code) == (FINAL, code)


class TestTheApplication:
    """What only the WeCom application does."""

    def test_it_sends_a_card_to_one_person(self, vendors: Vendors):
        outcome = tell(vendors, "wecom_app", message("今天到期"))
        (arrived,) = vendors.of("wecom_app")
        assert arrived.said == {
            "touser": "lisi",
            "agentid": 1000002,
            "msgtype": "textcard",
            "textcard": {"title": "节点59", "description": "今天到期", "url": LINK},
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
        }
        assert outcome.provider_id.startswith("msg")

    def test_what_fits_no_card_is_text(self, vendors: Vendors):
        tell(vendors, "wecom_app", message("节" * 400))
        (arrived,) = vendors.of("wecom_app")
        assert arrived.said["msgtype"] == "text"
        assert LINK in arrived.text

    def test_one_token_serves_many_messages(self, vendors: Vendors):
        tell(vendors, "wecom_app", *[message()] * 3)
        tell(vendors, "wecom_app")
        assert len(vendors.of("token")) == 1
        assert len(vendors.of("wecom_app", taken=True)) == 4

    @pytest.mark.parametrize("code", [40014, 42001])
    def test_a_token_that_ran_out_is_fetched_anew(self, vendors: Vendors, code: int):
        tell(vendors, "wecom_app")
        vendors.answer("wecom_app", {"errcode": code, "errmsg": "access_token expired"})
        assert tell(vendors, "wecom_app").result == Result.OK
        assert len(vendors.of("token")) == 2

    def test_a_token_that_is_never_good_is_not_asked_for_for_ever(self, vendors: Vendors):
        vendors.answer("wecom_app", {"errcode": 40014, "errmsg": "invalid access_token"}, times=5)
        outcome = tell(vendors, "wecom_app")
        assert (outcome.result, outcome.vendor_code) == (AGAIN, "40014")
        assert len(vendors.of("wecom_app")) == 2

    def test_ok_with_an_unknown_person_is_a_failure(self, vendors: Vendors):
        vendors.unknown_people.add("lisi")
        outcome = tell(vendors, "wecom_app")
        assert outcome == Outcome.permanent("invaliduser", "not delivered to lisi")

    def test_whoever_has_no_account_is_not_asked_for(self, vendors: Vendors):
        outcome = tell(vendors, "wecom_app", message("x", Person("王五", wecom="@all")))
        assert (outcome.result, outcome.vendor_code) == (FINAL, "no address")
        assert vendors.arrivals == []

    def test_a_token_that_does_not_come_is_told(self, vendors: Vendors):
        vendors.answer("token", {"errcode": 45009, "errmsg": "api freq out of limit"})
        assert tell(vendors, "wecom_app").result == WAIT
        vendors.answer("token", {"errcode": 0, "errmsg": "ok"})
        assert tell(vendors, "wecom_app").result == AGAIN

    def test_all_its_calls_for_a_message_share_one_time(self, vendors: Vendors, monkeypatch):
        monkeypatch.setattr(outgoing, "LONGEST", 0.3)
        vendors.gates["wecom_app"].clear()
        began = time.monotonic()
        assert tell(vendors, "wecom_app").vendor_code == "timeout"
        assert time.monotonic() - began < 5

    def test_another_secret_has_another_token(self, vendors: Vendors):
        tell(vendors, "wecom_app")
        assert tell(vendors, "wecom_app", secret="another-secret-of-theirs").vendor_code == "40001"
        assert known.CORP_SECRET not in str(wecom_app._tokens)
