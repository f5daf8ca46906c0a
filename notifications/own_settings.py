"""What has to be set about reminders."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflow import settings_pages
from workflow.models import Office
from workflow.selectors import reminder_policy
from workflow.settings_pages import SettingsPage


def _state(office: Office) -> str:
    policy = reminder_policy(office)
    before = "、".join(str(n) for n in policy.working_days_before)
    sent = _("sent at %(time)s") % {"time": f"{policy.send_at:%H:%M}"}
    if not before:
        return sent
    return "，".join([_("%(days)s working days before the deadline") % {"days": before}, sent])


def register() -> None:
    settings_pages.add(
        SettingsPage(
            "settings-reminders", 70, gettext_lazy("Reminders"),
            gettext_lazy("When handlers, heads and leaders are told of what is due, overdue or waiting."),
            "workflow.manage_settings", _state,
        )
    )  # fmt: skip
