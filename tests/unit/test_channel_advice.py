"""A failure is told in plain Chinese, with what to do about it."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from notifications.channels import advice as book
from notifications.channels.advice import advice
from notifications.channels.dingtalk_robot import DingTalkRobot
from notifications.channels.feishu_robot import FeishuRobot
from notifications.channels.kinds import KINDS
from notifications.channels.wecom_app import WeComApp
from notifications.channels.wecom_robot import WeComRobot

ROBOTS = {
    "wecom_robot": WeComRobot,
    "wecom_app": WeComApp,
    "dingtalk_robot": DingTalkRobot,
    "feishu_robot": FeishuRobot,
}
# What the messengers' own screens call these in any language.
NAMES = re.compile(r"AgentId|Secret|access_token|SECRETS_KEY|OUTGOING_ALLOWED|HTTP|https://|IP|Apprise|SEC\b")

HTTP = ("401", "404", "413", "422", "429", "500")


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def test_a_missing_keyword_says_which_to_add():
    reason, todo = advice("dingtalk_robot", "310000", "keywords not in content")
    assert "关键词" in reason
    assert "“节点”" in todo


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("sign not match", "签名"),
        ("description:机器人发送签名不匹配；solution:请确认签名和生成签名的时间戳", "签名"),
        ("description:机器人发送签名过期;solution:签名生成时间和发送时间请保持在 timestampms 以内", "时钟"),
        ("invalid timestamp", "时钟"),
        ("description:关键词不匹配;solution:请联系群管理员查看此机器人的关键词", "关键词"),
        ("description:来源IP不匹配", "服务器"),
        ("something new", "安全设置"),
    ],
)
def test_dingtalk_has_one_code_for_all_its_security_settings(said: str, word: str):
    assert word in advice("dingtalk_robot", "310000", said)[0]


@pytest.mark.parametrize(("kind", "robot"), ROBOTS.items())
def test_every_code_that_is_acted_on_is_explained(kind: str, robot: type):
    for code in {*robot.FINAL, *robot.WAIT}:
        reason, _todo = advice(kind, str(code), "vendor's words")
        assert "vendor's words" not in reason, code


def test_everything_is_said_in_chinese():
    tables = [book.COMMON, book.MAIL, book.WECOM, book.DINGTALK, book.FEISHU, book.SERVICES]
    found = [words for table in tables for one in table.values() for words in one]
    found += [words for _said, one in book.DINGTALK_SECURITY for words in one]
    found += [words for code in ("571", "471") for words in advice("email", code)]
    found += [
        words for code in ("401", "404", "413", "422", "429", "500") for words in advice("webhook", code)
    ]
    for words in map(str, found):
        plain = NAMES.sub("", words)
        assert re.search("[一-鿿]", plain), words


def test_the_form_is_in_chinese():
    for kind in KINDS.values():
        for words in (
            kind.guide,
            *[field.label for field in kind.fields],
            *[f.help for f in kind.fields if f.help],
        ):
            assert re.search("[一-鿿]", str(words)) or NAMES.fullmatch(str(words)), words


def test_a_mail_that_nobody_takes():
    assert "信箱" in advice("email", "550", "no such user")[0]
    assert advice("email", "450")[1] == advice("email", "421")[1]


def test_an_unknown_code_is_told_as_it_is():
    assert (
        "12345 some\\u202ething".replace("\\u202e", "")
        in advice("feishu_robot", "12345", "some\u202ething")[0]
    )
    assert advice("webhook", "", "")[0]
