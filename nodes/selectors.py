"""Reads on a year's work."""

from __future__ import annotations

from django.utils.translation import gettext as _

from nodes.models import Cycle
from workflow.models import Office
from workflow.refusals import NotFound


def cycle_of(office: Office, year: int) -> Cycle:
    """The office's cycle of `year`. Raises NotFound."""
    cycle = Cycle.objects.select_related("office").filter(office=office, year=year).first()
    if cycle is None:
        raise NotFound(_("%(office)s has no year %(year)d.") % {"office": office, "year": year})
    return cycle
