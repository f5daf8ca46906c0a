"""A robot set up in the browser: it refuses, its administrator mends it, it speaks."""

from __future__ import annotations

from tests import vendors as known
from tests.vendors import open_vendors


def test_a_robot_is_set_up_tried_mended_and_heard(office, visit, settings):
    with open_vendors() as vendors:
        settings.OUTGOING_ALLOWED, settings.VENDORS = vendors.allowed, vendors.addresses
        vendors.answer("dingtalk", {"errcode": 310000, "errmsg": "keywords not in content"})
        admin = visit("admin").opens("/settings/channels/").sees("尚未设置机器人或应用")
        admin.presses("新增渠道").presses("钉钉群机器人").presses("保存").sees("尚未保存")
        admin.fills("渠道名称", "新闻处钉钉群")
        admin.fills("Webhook 地址", f"{vendors.url}/robot/send?access_token={known.DINGTALK_TOKEN}")
        admin.fills("加签密钥", known.DINGTALK_SECRET)
        admin.presses("保存").sees("渠道已新增", "末四位 1234", "尚未发送过测试消息")
        admin.presses("发送测试消息", times=2)
        admin.sees("测试消息未送达", "310000", "keywords not in content", "机器人的安全设置")
        admin.fills("关键词", "督办").presses("保存").sees("渠道已修改")
        admin.presses("发送测试消息").sees("测试消息已被接收", "ok")
        admin.opens("/settings/channels/").sees("新闻处钉钉群", "正常")
        assert not admin.scrolls_sideways()
        heard = vendors.of("dingtalk")
        assert len(heard) == 2
        assert "督办" in heard[-1].said["text"]["content"]
