"""What a test changes in the workers that it starts, as their environment says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date

from notifications import delivery, rates
from notifications.channels.protocol import Message
from notifications.models import ChannelKind, Notification

# The title of a node of which no message can be made; how many times as quick a minute passes for robots.
UNSPEAKABLE, HURRY = "UNSPEAKABLE", "HURRY"


def as_asked() -> None:
    if title := os.environ.get(UNSPEAKABLE):
        cannot_say(title)
    if times := os.environ.get(HURRY):
        hurry(float(times))


def cannot_say(title: str) -> None:
    compose = delivery.compose

    def composed(rows: Sequence[Notification], on: date) -> Message:
        if any(row.node.title == title for row in rows):
            raise ZeroDivisionError(title)
        return compose(rows, on)

    delivery.compose = composed


def hurry(times: float) -> None:
    """The minute in which WeCom and DingTalk count passes so much faster, and all that goes with it."""
    for kind in (ChannelKind.WECOM_ROBOT, ChannelKind.DINGTALK_ROBOT):
        rates.LIMITS[kind] = tuple(rates.Limit(one.count, one.seconds / times) for one in rates.LIMITS[kind])
    rates.MARGIN /= times
    delivery.SHORT_WAIT /= times
