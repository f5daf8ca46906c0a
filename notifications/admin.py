"""The administrator's look at the ledger: what went out, what waits, what was given up."""

from __future__ import annotations

from django.contrib import admin

from notifications.models import Notification
from workflow.admin import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "recipient", "channel", "rule", "node", "state", "attempts", "sent_at")
    list_filter = ("office", "channel", "state")
    list_select_related = ("recipient", "node__cycle__office")
    search_fields = ("recipient__username", "recipient__name", "dedup_key", "message_id")
    date_hierarchy = "happened_at"
