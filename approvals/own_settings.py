"""What has to be set for approvals: how a year is scored."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import SchemeVersion
from workflow import settings_pages
from workflow.models import Office
from workflow.settings_pages import SettingsPage


def _scheme(office: Office) -> str:
    newest = (
        SchemeVersion.objects.filter(office=office)
        .select_related("cycle")
        .order_by("-cycle__year", "-number")
        .first()
    )
    if newest is None:
        return _("the standard scheme")
    return _("%(year)d, version %(number)d") % {"year": newest.cycle.year, "number": newest.number}


def register() -> None:
    settings_pages.add(
        SettingsPage(
            "settings-scoring", 65, gettext_lazy("Scoring scheme"),
            gettext_lazy("What nodes are worth, what lateness costs, bonus, deductions, grades, appeals."),
            "approvals.change_scoring", _scheme,
        )
    )  # fmt: skip
