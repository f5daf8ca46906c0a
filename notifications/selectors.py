"""Reads on the ledger."""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, Exists, OuterRef, Q, QuerySet, When
from django.db.models.functions import Cast

from approvals.models import DeferralRequest, SignOff
from nodes.models import Cycle, DeadlineChange, EvidenceSubmission, State
from notifications.models import Channel, Notification
from notifications.timing import REMINDERS
from workflow.models import User

# Notices that ask for something; the slot of each is the id of what waits.
ASKS_FOR_REVIEW = ("evidence_submitted", "review_urged", "review_escalated")
ASKS_FOR_SIGN_OFF = (
    "sign_off_opened",
    "sign_off_to_record",
    "sign_off_urged",
    "sign_off_to_record_urged",
    "sign_off_escalated",
    "sign_off_to_record_escalated",
)
REMINDER = rf"^({'|'.join(REMINDERS)})(_\d+)?$"


def standing(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Those of `rows` that events have not overtaken.

    A question stands until it is answered or its evidence or request is settled; a reminder while its node
    is open and due when it was; what only tells of something always does.
    """
    review = EvidenceSubmission.objects.filter(
        pk=OuterRef("for_review"), outcome=EvidenceSubmission.Outcome.PENDING
    )
    sign_off = SignOff.objects.filter(
        pk=OuterRef("for_sign_off"), decision=None, request__status=DeferralRequest.Status.PENDING
    )
    moved = DeadlineChange.objects.filter(node=OuterRef("node"), changed_at__gt=OuterRef("happened_at"))
    open_node = Q(node__state__in=[State.PLANNED, State.IN_PROGRESS], node__cycle__status=Cycle.Status.OPEN)
    return rows.annotate(for_review=_asked(ASKS_FOR_REVIEW), for_sign_off=_asked(ASKS_FOR_SIGN_OFF)).filter(
        Q(for_review=None) | Exists(review),
        Q(for_sign_off=None) | Exists(sign_off),
        ~Q(rule__regex=REMINDER) | open_node & ~Exists(moved),
    )


def unread(user: User) -> QuerySet[Notification]:
    """What `user` has not read and still should, newest first: what no longer stands is no news."""
    mine = Notification.objects.filter(recipient=user, channel=Channel.IN_APP, read_at=None)
    return (
        standing(mine)
        .select_related("node__cycle", "node__lead_division", "request", "office")
        .order_by("-happened_at", "-id")
    )


def _asked(rules: tuple[str, ...]) -> Cast:
    """The id of what a notice under one of `rules` asks about, null for any other."""
    return Cast(Case(When(rule__in=rules, then="slot")), BigIntegerField())
