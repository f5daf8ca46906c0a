"""The administrator's look at the ledger: what went out, what waits, what was given up."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy

from notifications.models import Notification
from notifications.wording import sentence
from workflow.admin import ReadOnlyAdmin


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ("happened_at", "recipient", "channel", "node", "says", "state", "attempts", "sent_at")
    list_filter = ("office", "channel", "state")
    list_select_related = ("recipient", "node__cycle__office", "node__lead_division")
    search_fields = ("recipient__username", "recipient__name", "dedup_key", "message_id")
    date_hierarchy = "happened_at"

    @admin.display(description=gettext_lazy("what it says"))
    def says(self, row: Notification) -> str:
        return sentence(row)
