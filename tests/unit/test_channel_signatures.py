"""Signatures as `openssl dgst -sha256 -mac HMAC` computes them on the command line."""

from __future__ import annotations

from notifications.channels import dingtalk_robot, feishu_robot, webhook


def test_dingtalk_signs_milliseconds_and_secret_with_the_secret():
    signed = dingtalk_robot.signature("SECtest0123456789", 1577262236757)
    assert signed == "1cH8bTJdNVztw7nIxpGmy+mbTpcLWoiheQmoBl7Ms6Q="


def test_feishu_signs_nothing_with_seconds_and_secret():
    assert feishu_robot.signature("demo", 1599360473) == "l1N0gAcBjdwBvGm1xMjOF0XSyaLRpR7tuO5dHfhAYc8="


def test_a_webhook_signs_its_time_and_its_body():
    signed = webhook.signature("hook-secret-16chars", 1700000000, b'{"a":1}')
    assert signed == "sha256=a2f43d50ebc1ec52f2c218411154ae103bf673d0287005c21ca2b336c42f8fa7"
