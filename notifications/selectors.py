"""Reads on the ledger."""

from __future__ import annotations

from django.db.models import (
    BigIntegerField,
    Case,
    Exists,
    Func,
    OuterRef,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from approvals.models import DeferralRequest, SignOff
from nodes.light import DUE_SOON_WORKING_DAYS
from nodes.models import Cycle, DeadlineChange, EvidenceSubmission, State
from notifications.models import ChannelKind, Notification
from notifications.timing import REMINDER
from workflow import people
from workflow.models import Office, PostKind, User
from workflow.selectors import reminder_policy, working_days

# Notices that ask for something; the slot of each is the id of what waits, for what can be asked again
# with a colon and the how manieth time.
ASKS_FOR_REVIEW = ("evidence_submitted", "review_urged", "review_escalated", "review_urged_by_hand")
ASKS_FOR_SIGN_OFF = (
    "sign_off_opened",
    "sign_off_to_record",
    "sign_off_urged",
    "sign_off_to_record_urged",
    "sign_off_escalated",
    "sign_off_to_record_escalated",
    "sign_off_urged_by_hand",
    "sign_off_to_record_urged_by_hand",
)
ASKS_FOR_WORK = ("work_urged",)
# Those of them that go to nobody but who can give the signature.
ASKS_TO_SIGN = ("sign_off_opened", "sign_off_to_record")
ABOUT = ("node__cycle", "node__lead_division", "request", "office")


def standing(rows: QuerySet[Notification]) -> QuerySet[Notification]:
    """Those of `rows` that events have not overtaken.

    A question stands until it is answered or its evidence or request is settled; a reminder while its node
    is open and due when it was; what only tells of something always does. Nothing goes through a channel that
    is switched off, nor to somebody whose account is closed.
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
        ~(Q(rule__regex=REMINDER) | Q(rule__in=ASKS_FOR_WORK)) | open_node & ~Exists(moved),
        Q(via=None) | Q(via__is_active=True),
        recipient__is_active=True,
    )


def unread(user: User) -> QuerySet[Notification]:
    """What `user` has not read and still should, newest first: what no longer stands is no news."""
    mine = Notification.objects.filter(recipient=user, channel=ChannelKind.IN_APP, read_at=None)
    return standing(mine).select_related(*ABOUT).order_by("-happened_at", "-id")


def news(user: User) -> QuerySet[Notification]:
    """What `user` has not read and what only tells, the newest first: nothing that the inbox lists itself.

    Those are the questions that wait for the user's own answer, and the nodes of the user's divisions that
    are due soon, overdue or returned.
    """
    return unread(user).exclude(_waits_for(user) | _presses(user))


def _waits_for(user: User) -> Q:
    """Questions to this very reader; of what waits too long, those above hear who are not asked."""
    asked = Notification.objects.filter(
        recipient=user, channel=ChannelKind.IN_APP, rule__in=ASKS_TO_SIGN, slot=OuterRef("slot")
    )
    reviews = PostKind.PERFORMANCE_OFFICE in people.roles(user)
    return Q(rule__in=ASKS_FOR_REVIEW if reviews else ()) | Q(Exists(asked), rule__in=ASKS_FOR_SIGN_OFF)


def _presses(user: User) -> Q:
    """Reminders and returns of nodes that press the user's own divisions, in the usual words."""
    divisions, office = people.divisions_of(user), user.office
    if not divisions or office is None:
        return Q(pk__in=())
    soon = working_days(office).after(office.day(timezone.now()), DUE_SOON_WORKING_DAYS)
    due = Q(rule__regex=REMINDER, node__current_deadline__lte=soon) & ~Q(rule__in=_with_words(office))
    returned = Q(rule="evidence_returned", node__state=State.IN_PROGRESS)
    return (due | returned) & Q(node__lead_division__in=divisions)


def _with_words(office: Office) -> list[str]:
    """The rules of the ledger that say in the office's own words what no list says by itself."""
    return [f"rule:{one.id}" for one in reminder_policy(office).rules if one.is_timed and one.template]


def read(user: User) -> QuerySet[Notification]:
    """What `user` has read, the newest first."""
    mine = Notification.objects.filter(recipient=user, channel=ChannelKind.IN_APP, read_at__isnull=False)
    return mine.select_related(*ABOUT).order_by("-happened_at", "-id")


def _asked(rules: tuple[str, ...]) -> Cast:
    """The id of what a notice under one of `rules` asks about, null for any other."""
    waits = Func("slot", Value(":"), Value(1), function="split_part", output_field=TextField())
    return Cast(Case(When(rule__in=rules, then=waits)), BigIntegerField())
