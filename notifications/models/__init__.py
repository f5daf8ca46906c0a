"""The ledger of everything that was, is or will be told to somebody."""

from __future__ import annotations

from notifications.models.address import Address, Feed
from notifications.models.alarm import Alarm
from notifications.models.attempt import Attempt
from notifications.models.channel import PERSONAL, Channel, ChannelKind
from notifications.models.heartbeat import Heartbeat
from notifications.models.hold import Hold
from notifications.models.notification import Notification
from notifications.models.preference import Preference
from notifications.models.scan import ReminderScan

__all__ = [
    "PERSONAL",
    "Address",
    "Alarm",
    "Attempt",
    "Channel",
    "ChannelKind",
    "Feed",
    "Heartbeat",
    "Hold",
    "Notification",
    "Preference",
    "ReminderScan",
]
