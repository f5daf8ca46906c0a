"""Changing a year's scoring scheme: every change is a new version, and an old one can be brought back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.models import SchemeVersion
from approvals.scores.collecting import scheme_of
from approvals.scores.scheme import Scheme
from approvals.scores.scheme_checks import scheme_errors
from nodes.models import Cycle
from workflow import audit
from workflow.clock import moment
from workflow.models import User
from workflow.permissions import require
from workflow.refusals import Conflict, Invalid, NotFound


@transaction.atomic
def set_scheme(
    *, actor: User, cycle_id: int, scheme: Scheme, why: str, seen: int, at: datetime | None = None
) -> SchemeVersion:
    """Let `scheme` hold for the year from now on, as a new version.

    `seen` is the number of the year's own newest version when the page was opened, 0 for none. Raises
    NotAllowed, Invalid with the words beside their fields, Conflict when somebody else was faster.
    """
    cycle = locked_year(cycle_id, actor)
    require(actor, "approvals.change_scoring", cycle, at=at)
    errors = scheme_errors(scheme)
    if not why.strip():
        errors["why"] = [_("Say why: it stands in the history.")]
    if errors:
        raise Invalid(errors)
    return _new_version(actor, cycle, scheme, why.strip(), seen, None, at)


@transaction.atomic
def restore_scheme(
    *, actor: User, cycle_id: int, number: int, why: str, seen: int, at: datetime | None = None
) -> SchemeVersion:
    """Bring the `number`-th version back, as a new one. Raises as `set_scheme` does, and NotFound."""
    cycle = locked_year(cycle_id, actor)
    require(actor, "approvals.change_scoring", cycle, at=at)
    if not why.strip():
        raise Invalid({"why": [_("Say why: it stands in the history.")]})
    old = SchemeVersion.objects.filter(cycle=cycle, number=number).first()
    if old is None:
        raise NotFound(_("There is no such version."))
    return _new_version(actor, cycle, Scheme.model_validate(old.scheme), why.strip(), seen, number, at)


def _new_version(
    actor: User,
    cycle: Cycle,
    scheme: Scheme,
    why: str,
    seen: int,
    restored: int | None,
    at: datetime | None,
) -> SchemeVersion:
    in_force = scheme_of(cycle)
    newest = in_force.own_number(cycle)
    if newest != seen:
        raise _overtaken(in_force.version, cycle)
    if scheme == in_force.scheme:
        raise Invalid(_("Nothing is different: the scheme in force says the same."))
    made = SchemeVersion.objects.create(
        office=cycle.office,
        cycle=cycle,
        number=newest + 1,
        scheme=scheme.model_dump(mode="json"),
        why=why,
        restored=restored,
        made_by=actor,
        made_at=moment(at),
    )
    action = "score.scheme_changed" if restored is None else "score.scheme_restored"
    facts = {"year": cycle.year, "number": made.number, "restored": restored}
    audit.record(actor, action, made, at=at, reason=why, data=facts)
    return made


def _overtaken(newest: SchemeVersion | None, cycle: Cycle) -> Conflict:
    if newest is None:
        return Conflict(_("This was changed after you opened the page; look at it as it is now."))
    facts = {"person": newest.made_by, "at": cycle.office.minute(newest.made_at)}
    message = _("%(person)s changed this at %(at)s, after you opened the page; look at it as it is now.")
    return Conflict(message % facts, decided_by=newest.made_by, decided_at=newest.made_at)


def locked_year(cycle_id: int, actor: User) -> Cycle:
    """The year, its row locked. Raises NotFound, also for another office's."""
    mine = Cycle.objects.select_related("office").select_for_update(of=("self",), no_key=True)
    cycle = mine.filter(pk=cycle_id, office=actor.office_id).first()
    if cycle is None:
        raise NotFound(_("There is no such year."))
    return cycle
