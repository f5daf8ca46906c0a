"""What a reviewer needs beside the evidence: the queue, how long it waits, what an approval will do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nodes.models import Cycle, EvidenceSubmission
from nodes.selectors import reviews_waiting, today
from workflow import people
from workflow.models import Office, PostKind, User
from workflow.permissions import allows
from workflow.selectors import reminder_policy, working_days

Outcome = EvidenceSubmission.Outcome

# What evidence is most often returned for; a click adds it to the opinion.
PHRASES = (
    gettext_lazy("The sign-in sheet is missing from the evidence."),
    gettext_lazy("The figures do not agree with the attachments."),
    gettext_lazy("The day of completion does not agree with the attachments."),
    gettext_lazy("An attachment cannot be opened."),
    gettext_lazy("The statement has blanks left in it."),
    gettext_lazy("The evidence asked for is not complete."),
)


# The queue


def queue(user: User) -> QuerySet[EvidenceSubmission]:
    """What waits for the user's review, the longest wait first, with what a list shows: nothing for who
    is not of the performance office."""
    if PostKind.PERFORMANCE_OFFICE not in people.roles(user):
        return EvidenceSubmission.objects.none()
    return reviews_waiting(user).prefetch_related(None)


@dataclass(frozen=True)
class Place:
    """Where a round stands in somebody's queue, from 1, and its neighbours' ids."""

    position: int
    total: int
    previous: int | None
    next: int | None


def place_of(user: User, submission: EvidenceSubmission) -> Place | None:
    """Where the round stands in the user's queue; None when it does not wait for them."""
    ids = list(queue(user).values_list("pk", flat=True))
    if submission.pk not in ids:
        return None
    at = ids.index(submission.pk)
    before = ids[at - 1] if at else None
    return Place(at + 1, len(ids), before, ids[at + 1] if at + 1 < len(ids) else None)


def next_after(user: User, submission: EvidenceSubmission) -> int | None:
    """The round to look at after this one: the next in the queue, from its beginning at the end."""
    waiting = list(queue(user).exclude(pk=submission.pk).values_list("submitted_at", "pk"))
    later = [pk for at, pk in waiting if (at, pk) > (submission.submitted_at, submission.pk)]
    return next(iter([*later, *(pk for _at, pk in waiting)]), None)


# How long somebody has waited


@dataclass(frozen=True)
class Wait:
    """How many working days something has waited; `tone` is "bad" when too long, "warn" when long."""

    days: int
    today: bool
    tone: str


def wait(office: Office, since: datetime) -> Wait:
    """How long something has waited since then, against the office's patience."""
    patience, day = reminder_policy(office).sign_off, today(office)
    arrived = office.day(since)
    days = working_days(office).between(arrived, day)
    if days >= patience.escalate_after_working_days:
        tone = "bad"
    else:
        tone = "warn" if days >= patience.urge_after_working_days else ""
    return Wait(days, arrived == day, tone)


# Approving several at once


@dataclass(frozen=True)
class Prospect:
    """What approving a round would do: `obstacle` says why it cannot be, empty when it can."""

    submission: EvidenceSubmission
    obstacle: str

    @property
    def deadline(self) -> date | None:
        return self.submission.node.current_deadline

    @property
    def late(self) -> bool:
        return self.deadline is not None and self.submission.completed_on > self.deadline


def prospects(user: User, submission_ids: Collection[int]) -> list[Prospect]:
    """What would happen to each of these rounds that the user can see, the longest wait first."""
    found = (
        EvidenceSubmission.objects.visible_to(user)
        .filter(pk__in=submission_ids)
        .select_related(
            "node__cycle", "node__office", "node__lead_division", "node__current_submission", "decided_by"
        )
        .order_by("submitted_at", "id")
    )
    return [Prospect(submission, _obstacle(user, submission)) for submission in found]


def _obstacle(user: User, submission: EvidenceSubmission) -> str:
    if submission.outcome != Outcome.PENDING:
        facts = {"outcome": submission.get_outcome_display(), "person": submission.decided_by or ""}
        return _("Decided meanwhile by %(person)s: %(outcome)s") % facts
    if submission.node.cycle.status != Cycle.Status.OPEN:
        return _("The year %(year)d is not open.") % {"year": submission.node.cycle.year}
    if user.pk in submission.parties:
        return _("You submitted it yourself.")
    if not allows(user, "nodes.review_evidence", submission.node):
        return _("You may not review it.")
    return ""
