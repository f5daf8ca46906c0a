"""Opening and closing a year."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from nodes.models import Cycle
from workflow import audit
from workflow.models import Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, WrongState

YEARS = range(2000, 2101)
# A closed year may be opened again, for what comes to light late; nothing goes back to a draft.
NEXT = {
    Cycle.Status.OPEN: {Cycle.Status.DRAFT, Cycle.Status.CLOSED},
    Cycle.Status.CLOSED: {Cycle.Status.OPEN},
}


def create_cycle(*, actor: User | None, office: Office, year: int, at: datetime | None = None) -> Cycle:
    """A year in draft: its catalogue can be imported, its nodes wait.

    Raises NotAllowed, Invalid for a year out of reach, WrongState when the office has it already.
    """
    with transaction.atomic():
        if actor:
            require(actor, "nodes.manage_catalogue", office, at=at)
        if year not in YEARS:
            raise Invalid({"year": [_("%(year)d is not a year of ours.") % {"year": year}]})
        cycle, is_new = Cycle.objects.get_or_create(office=office, year=year)
        if not is_new:
            raise WrongState(
                _("%(office)s has the year %(year)d already.") % {"office": office, "year": year}
            )
        audit.record(actor, "cycle.created", cycle, at=at, to_state=cycle.status)
    return cycle


def open_cycle(*, actor: User | None, cycle: Cycle, at: datetime | None = None) -> Cycle:
    """Let work begin, or go on in a closed year. Raises NotAllowed, WrongState when it is open."""
    return _move(actor, cycle, Cycle.Status.OPEN, at)


def close_cycle(*, actor: User | None, cycle: Cycle, at: datetime | None = None) -> Cycle:
    """End the year: its nodes stay as they are. Raises NotAllowed, WrongState unless it is open."""
    return _move(actor, cycle, Cycle.Status.CLOSED, at)


def locked(cycle: Cycle) -> Cycle:
    """The year as it stands, which nobody else opens, closes or rolls over meanwhile."""
    found = Cycle.objects.select_for_update(no_key=True, of=("self",)).select_related("office")
    return found.get(pk=cycle.pk)


@transaction.atomic
def _move(actor: User | None, cycle: Cycle, to: Cycle.Status, at: datetime | None) -> Cycle:
    cycle = locked(cycle)
    if actor:
        require(actor, "nodes.manage_catalogue", cycle, at=at)
    before = Cycle.Status(cycle.status)
    if before not in NEXT[to]:
        message = _("The year %(year)d is “%(status)s”.")
        raise WrongState(message % {"year": cycle.year, "status": cycle.get_status_display()})
    cycle.status = to
    cycle.save(update_fields=["status"])
    audit.record(actor, f"cycle.{to}", cycle, at=at, from_state=before, to_state=to)
    return cycle
