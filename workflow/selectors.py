"""Reads that several rooms need."""

from __future__ import annotations

from django.db import connection
from django.utils.translation import gettext as _

from workflow.calendar import WorkingDays
from workflow.models import AuditEntry, Office
from workflow.policy import ReminderPolicy
from workflow.refusals import NotFound

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


def newest_entry(office: Office) -> int:
    """The id of the office's newest audit entry, 0 without one: whatever changes in an office, this grows."""
    newest = AuditEntry.objects.filter(office=office).order_by("-id").values_list("pk", flat=True).first()
    return newest or 0
