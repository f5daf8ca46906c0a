"""The ledger of everything that was, is or will be told to somebody."""

from __future__ import annotations

from notifications.models.notification import Channel, Notification
from notifications.models.preference import Preference
from notifications.models.scan import ReminderScan

__all__ = ["Channel", "Notification", "Preference", "ReminderScan"]
