"""The light of a node: derived from its state, its dates and the day, never stored."""

from __future__ import annotations

from datetime import date

from django.db.models import Case, CharField, F, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from nodes.models import State, WorkNode
from workflow.calendar import WorkingDays

DUE_SOON_WORKING_DAYS = 5


class Light(TextChoices):
    NOT_STARTED = "not_started", _("not started")
    ON_TRACK = "on_track", _("on track")
    DUE_SOON = "due_soon", _("due soon")
    OVERDUE = "overdue", _("overdue")
    DONE_ON_TIME = "done_on_time", _("done on time")
    DONE_LATE = "done_late", _("done late")
    SUSPENDED = "suspended", _("suspended")


DONE = (Light.DONE_ON_TIME, Light.DONE_LATE)
LATE = (Light.OVERDUE, Light.DONE_LATE)


def with_light(nodes: QuerySet[WorkNode], today: date, calendar: WorkingDays) -> QuerySet[WorkNode]:
    """`nodes` annotated with `light` as seen on the inclusive day `today` in the office.

    What waits for review counts by the day of completion it states: a slow review makes nobody late.
    """
    soon = calendar.after(today, DUE_SOON_WORKING_DAYS)
    return nodes.annotate(
        light=Case(
            When(Q(state=State.APPROVED, completed_on__gt=F("current_deadline")), Value(Light.DONE_LATE)),
            When(state=State.APPROVED, then=Value(Light.DONE_ON_TIME)),
            When(state=State.DEFERRED, then=Value(Light.SUSPENDED)),
            When(
                Q(
                    state=State.EVIDENCE_SUBMITTED,
                    current_submission__completed_on__lte=F("current_deadline"),
                ),
                Value(Light.ON_TRACK),
            ),
            When(Q(state=State.EVIDENCE_SUBMITTED) | Q(current_deadline__lt=today), Value(Light.OVERDUE)),
            When(current_deadline__lte=soon, then=Value(Light.DUE_SOON)),
            When(state=State.PLANNED, then=Value(Light.NOT_STARTED)),
            default=Value(Light.ON_TRACK),
            output_field=CharField(),
        )
    )
