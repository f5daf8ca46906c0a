"""What the engine itself has to set: people, posts, delegations, routing, the calendar; and the trail."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from workflow import settings_pages
from workflow.models import CalendarDay, Delegation, Office, RoutingRule
from workflow.settings_pages import SettingsPage


def _people(office: Office) -> str:
    count = office.users.filter(is_active=True).count()
    return ngettext("%(count)d person", "%(count)d people", count) % {"count": count}


def _posts(office: Office) -> str:
    count = office.posts.count()
    return ngettext("%(count)d post", "%(count)d posts", count) % {"count": count}


def _delegations(office: Office) -> str:
    today = office.day(timezone.now())
    count = Delegation.objects.filter(post__office=office, revoked_at=None).in_force(today).count()
    return _("%(count)d in force today") % {"count": count}


def _routing(office: Office) -> str:
    count = RoutingRule.objects.filter(office=office).count()
    return ngettext("%(count)d rule", "%(count)d rules", count) % {"count": count}


def _calendar(office: Office) -> str:
    count = CalendarDay.objects.filter(office=office).count()
    return _("%(count)d days of the office's own") % {"count": count}


def register() -> None:
    settings_pages.add(
        SettingsPage(
            "settings-people", 30, gettext_lazy("People"),
            gettext_lazy("Who has an account, and which posts they hold."),
            "workflow.manage_people", _people,
        ),
        SettingsPage(
            "settings-posts", 40, gettext_lazy("Posts"),
            gettext_lazy("The seats of the office, who held them and who holds them now."),
            "workflow.manage_people", _posts,
        ),
        SettingsPage(
            "settings-delegations", 50, gettext_lazy("Delegations"),
            gettext_lazy("Who signs for whom, and during which days."),
            "workflow.manage_people", _delegations,
        ),
        SettingsPage(
            "settings-routing", 60, gettext_lazy("Sign-off routing"),
            gettext_lazy("Who signs a deferral, by its new date, its length and how often there was one."),
            "workflow.manage_settings", _routing,
        ),
        SettingsPage(
            "settings-calendar", 80, gettext_lazy("Working days"),
            gettext_lazy("Days off and make-up working days; reminders count working days."),
            "workflow.manage_settings", _calendar,
        ),
        SettingsPage(
            "audit", 90, pgettext_lazy("place", "Audit"),
            gettext_lazy("Who did what and when; nothing there can be changed or deleted."),
            "",
        ),
    )  # fmt: skip
