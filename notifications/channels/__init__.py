"""The ways out: one small module a kind of channel, all of them behind `protocol.Adapter`."""

from __future__ import annotations

from collections.abc import Callable

from notifications.channels.dingtalk_robot import DingTalkRobot
from notifications.channels.email import Email
from notifications.channels.feishu_robot import FeishuRobot
from notifications.channels.protocol import Adapter
from notifications.channels.webhook import Webhook
from notifications.channels.wecom_app import WeComApp
from notifications.channels.wecom_robot import WeComRobot
from notifications.models import Channel, ChannelKind, Notification


def _apprise(channel: Channel) -> Adapter:
    from notifications.channels.apprise_url import AppriseUrl  # it takes half a second to load

    return AppriseUrl(channel)


# How each kind is opened that an office sets up.
OPENED: dict[str, Callable[[Channel], Adapter]] = {
    ChannelKind.WECOM_ROBOT: WeComRobot,
    ChannelKind.WECOM_APP: WeComApp,
    ChannelKind.DINGTALK_ROBOT: DingTalkRobot,
    ChannelKind.FEISHU_ROBOT: FeishuRobot,
    ChannelKind.WEBHOOK: Webhook,
    ChannelKind.APPRISE: _apprise,
}


def adapter_for(row: Notification) -> Adapter:
    """The channel that `row` goes through, open."""
    if row.channel == ChannelKind.EMAIL:
        return Email()
    assert row.via is not None
    return opened(row.via)


def opened(channel: Channel) -> Adapter:
    """`channel`, open; whatever is wrong with it, sending says."""
    return OPENED[channel.kind](channel)
