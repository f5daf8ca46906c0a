"""What has to be set about reminders."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from notifications.models import Channel, Notification
from workflow import settings_pages
from workflow.models import Office
from workflow.selectors import reminder_policy
from workflow.settings_pages import SettingsPage


def _state(office: Office) -> str:
    policy = reminder_policy(office)
    before = "、".join(str(n) for n in policy.working_days_before)
    sent = _("sent at %(time)s") % {"time": f"{policy.send_at:%H:%M}"}
    said = [_("%(days)s working days before the deadline") % {"days": before}] if before else []
    own = [_("Rules of our own: %(n)s") % {"n": len(policy.rules)}] if policy.rules else []
    return "，".join([*said, sent, *own])


def _channels_state(office: Office) -> str:
    rows = list(Channel.objects.filter(office=office, is_active=True).values_list("failing_since", flat=True))
    if failing := sum(since is not None for since in rows):
        return _("%(failing)d of %(all)d fail") % {"failing": failing, "all": len(rows)}
    return ngettext("%(n)d in use", "%(n)d in use", len(rows)) % {"n": len(rows)}


def _messages_state(office: Office) -> str:
    dead = Notification.objects.filter(office=office, state=Notification.State.DEAD).count()
    return ngettext("%(n)d given up", "%(n)d given up", dead) % {"n": dead} if dead else ""


def register() -> None:
    settings_pages.add(
        SettingsPage(
            "settings-messages", 77, gettext_lazy("Messages"),
            gettext_lazy("Every message: to whom, when, how it went; and how the sending stands."),
            "workflow.manage_settings", _messages_state,
        )
    )  # fmt: skip
    settings_pages.add(
        SettingsPage(
            "settings-channels", 75, gettext_lazy("Channels"),
            gettext_lazy("The robots and applications by which people are told, and trying them."),
            "workflow.manage_settings", _channels_state,
        )
    )  # fmt: skip
    settings_pages.add(
        SettingsPage(
            "settings-reminders", 70, gettext_lazy("Reminders"),
            gettext_lazy("When handlers, heads and leaders are told of what is due, overdue or waiting."),
            "workflow.manage_settings", _state,
        )
    )  # fmt: skip
