"""Putting an office under another one's eyes, or ending that."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from workflow import audit, events
from workflow.models import Office
from workflow.refusals import Invalid

FIELD = "office.overseen_by"
NOBODY = "—"


@dataclass(frozen=True)
class OverseerChanges:
    """`office` is about to be overseen by another office than `before`; a subscriber may veto."""

    office: Office
    before: Office | None


@transaction.atomic
def set_overseer(office: Office, code: str | None) -> bool:
    """Let the office called `code` oversee `office` from now on, or none; return whether that is new.

    Raises Invalid for a code that no office has, for its own, and for what would be more than one level:
    who is overseen oversees nobody. Recorded in the trails of both.
    """
    known = {one.code: one for one in _locked(office, code)}
    office.overseen_by_id = known[office.code].overseen_by_id
    if code is not None and code not in known:
        raise Invalid({FIELD: [_("There is no office “%(code)s”.") % {"code": code}]})
    overseer = known[code] if code is not None else None
    before = office.overseen_by
    if overseer == before:
        return False
    if overseer is not None:
        _check_one_level(office, overseer)
    events.publish(OverseerChanges(office, before))
    office.overseen_by = overseer
    office.save(update_fields=["overseen_by"])
    _record(office, before, overseer)
    return True


def _locked(office: Office, code: str | None) -> list[Office]:
    """Both rows, locked in one order: two imports at once cannot make a loop."""
    found = Office.objects.select_for_update(of=("self",), no_key=True)
    return list(found.filter(code__in=[office.code, *([code] if code else [])]).order_by("pk"))


def _check_one_level(office: Office, overseer: Office) -> None:
    if overseer == office:
        raise Invalid({FIELD: [_("An office does not oversee itself.")]})
    if overseer.overseen_by_id is not None:
        facts = {"office": overseer}
        raise Invalid({FIELD: [_("“%(office)s” is overseen itself, so it oversees nobody.") % facts]})
    if office.overseen.exists():
        facts = {"office": office}
        raise Invalid({FIELD: [_("“%(office)s” oversees others, so nobody oversees it.") % facts]})


def _record(office: Office, before: Office | None, after: Office | None) -> None:
    facts = {"from": str(before or NOBODY), "to": str(after or NOBODY), "office": str(office)}
    audit.record(None, "organisation.overseer_changed", office, data=facts)
    for other in filter(None, (before, after)):
        audit.record(None, "organisation.overseen_changed", other, data=facts)
