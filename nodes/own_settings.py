"""What has to be set for the work itself: the year and its catalogue."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from nodes.models import Cycle
from workflow import settings_pages
from workflow.models import Office
from workflow.settings_pages import SettingsPage


def _years(office: Office) -> str:
    """The open years, else the newest."""
    years = list(Cycle.objects.filter(office=office).order_by("-year"))
    shown = [year for year in years if year.status == Cycle.Status.OPEN] or years[:1]
    said = [
        _("%(year)d is “%(status)s”") % {"year": one.year, "status": one.get_status_display()}
        for one in shown
    ]
    return "，".join(said) or _("no year yet")


def _catalogue(office: Office) -> str:
    newest = Cycle.objects.filter(office=office).annotate(count=Count("nodes")).order_by("-year").first()
    if newest is None:
        return ""
    words = ngettext("%(count)d node in %(year)d", "%(count)d nodes in %(year)d", newest.count)
    return words % {"count": newest.count, "year": newest.year}


def register() -> None:
    settings_pages.add(
        SettingsPage(
            "settings-year", 10, gettext_lazy("Year"),
            gettext_lazy("Draft, open and close years, and roll over to the next one."),
            "nodes.manage_catalogue", _years,
        ),
        SettingsPage(
            "settings-import", 20, gettext_lazy("Import of the catalogue"),
            gettext_lazy("Bring in the year's nodes from a workbook, looking at every change first."),
            "nodes.manage_catalogue", _catalogue,
        ),
        SettingsPage(
            "statements", 25, gettext_lazy("Model statements"),
            gettext_lazy("How statements of each kind of work begin, and good ones to go by."),
            "nodes.word_statements",
        ),
    )  # fmt: skip
