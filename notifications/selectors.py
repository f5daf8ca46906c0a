"""Reads on the ledger."""

from __future__ import annotations

from django.db.models import BigIntegerField, Case, Exists, OuterRef, QuerySet, When
from django.db.models.functions import Cast

from approvals.models import Decision
from nodes.models import EvidenceSubmission
from notifications.models import Channel, Notification
from workflow.models import User

# Notices that ask for something; the slot of each is the id of what waits.
ASKS_FOR_REVIEW = ("evidence_submitted", "review_urged", "review_escalated")
ASKS_FOR_SIGN_OFF = ("sign_off_opened", "sign_off_to_record", "sign_off_urged", "sign_off_escalated")


def unread(user: User) -> QuerySet[Notification]:
    """What `user` has not read and still should, newest first: a question that was answered is no news."""
    reviewed = EvidenceSubmission.objects.filter(pk=OuterRef("for_review")).exclude(outcome="pending")
    signed = Decision.objects.filter(sign_off=OuterRef("for_sign_off"))
    return (
        Notification.objects.filter(recipient=user, channel=Channel.IN_APP, read_at=None)
        .annotate(for_review=_asked(ASKS_FOR_REVIEW), for_sign_off=_asked(ASKS_FOR_SIGN_OFF))
        .exclude(Exists(reviewed))
        .exclude(Exists(signed))
        .select_related("node__cycle", "node__lead_division", "request", "office")
        .order_by("-happened_at", "-id")
    )


def _asked(rules: tuple[str, ...]) -> Cast:
    """The id of what a notice under one of `rules` asks about, null for any other."""
    return Cast(Case(When(rule__in=rules, then="slot")), BigIntegerField())
