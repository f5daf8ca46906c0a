"""Reads that several rooms need."""

from __future__ import annotations

from datetime import datetime

from django.db import connection
from django.db.models import Sum
from django.utils.translation import gettext as _

from workflow.calendar import WorkingDays
from workflow.models import AuditEntry, Office, PolicyVersion
from workflow.policy import ReminderPolicy
from workflow.refusals import NotFound

NEWEST = 20  # more entries than are written while one act is under way

CALENDAR = """
    SELECT day, is_workday FROM workflow_calendarday WHERE office_id IS NULL OR office_id = %s
    ORDER BY office_id NULLS FIRST
"""


def office_by_code(code: str) -> Office:
    """The office with this code. Raises NotFound."""
    office = Office.objects.filter(code=code).first()
    if office is None:
        raise NotFound(_("There is no office “%(code)s”.") % {"code": code})
    return office


def working_days(office: Office) -> WorkingDays:
    """The office's working-day calendar: its own days over the platform's over the published ones.

    Kept on the instance, which lives for one request or one task.
    """
    if "_working_days" not in office.__dict__:
        with connection.cursor() as cursor:
            cursor.execute(CALENDAR, [office.pk])
            office.__dict__["_working_days"] = WorkingDays(dict(cursor.fetchall()))
    return office.__dict__["_working_days"]


def reminder_policy(office: Office) -> ReminderPolicy:
    """The office's reminder policy, with the defaults where it is silent; kept on the instance."""
    if "_policy" not in office.__dict__:
        office.__dict__["_policy"] = ReminderPolicy.model_validate(office.reminder_policy)
    return office.__dict__["_policy"]


def policy_at(office: Office, at: datetime) -> ReminderPolicy:
    """The reminder policy that held at the moment `at`, the first known for what was before it.

    Kept on the instance: a question more for the list of versions, and one for each that is old.
    """
    versions = _policy_versions(office)
    number = next((number for number, made_at in versions if made_at <= at), None)
    number = number or (versions[-1][0] if versions else None)
    if number is None or number == versions[0][0]:
        return reminder_policy(office)
    kept: dict[int, ReminderPolicy] = office.__dict__.setdefault("_former_policies", {})
    if number not in kept:
        found = PolicyVersion.objects.get(office=office, number=number)
        kept[number] = ReminderPolicy.model_validate(found.policy)
    return kept[number]


def _policy_versions(office: Office) -> list[tuple[int, datetime]]:
    """Number and moment of the office's policies, the newest first."""
    if "_policy_versions" not in office.__dict__:
        found = PolicyVersion.objects.filter(office=office).order_by("-number")
        office.__dict__["_policy_versions"] = list(found.values_list("number", "made_at"))
    return office.__dict__["_policy_versions"]


def forget_policy(office: Office) -> None:
    """The policy was changed: what is kept of it on the instance is not right any more."""
    for kept in ("_policy", "_policy_versions"):
        office.__dict__.pop(kept, None)


def newest_entries(office: Office) -> int:
    """The sum of the newest entries' ids: whatever changes in an office, this grows.

    The newest id alone would not: of two entries the one with the smaller id may be committed later.
    """
    newest = AuditEntry.objects.filter(office=office).order_by("-id")[:NEWEST]
    return int(newest.aggregate(ids=Sum("pk"))["ids"] or 0)
