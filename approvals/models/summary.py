"""The annual summary as people work on it: its versions, what was said about them, and its sign-offs."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, FSMModelMixin, transition
from viewflow.workflow.models import Process

from nodes.models import Cycle
from workflow import people
from workflow.models import Attachment, Office, Post, User


class SummaryState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("summary", "being written")
    AT_SIGN_OFF = "at_sign_off", pgettext_lazy("summary", "waiting for sign-off")
    SIGNED = "signed", pgettext_lazy("summary", "signed")


class SummaryForm(models.TextChoices):
    LETTER = "letter", pgettext_lazy("form of document", "letter")
    REPORT = "report", pgettext_lazy("form of document", "report")


class SummaryQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> SummaryQuerySet:
        """Overseers see the office's; everybody else of it the signed ones."""
        mine = self.filter(office=user.office_id) if user.office_id else self.none()
        return mine if people.oversees(user) else mine.filter(state=SummaryState.SIGNED)


class AnnualSummary(FSMModelMixin, models.Model):
    """The summary of one office's year.

    `number` is the document's in the year of `issued_on`; both are named when the sign-off is asked for.
    `signatory` is who is printed as the one who issues a report. What was signed hangs at `signed`.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="summary")
    state = FSMField(_("state"), default=SummaryState.DRAFT, choices=SummaryState.choices, protected=True)
    form = models.CharField(
        _("form of document"), max_length=10, choices=SummaryForm.choices, default=SummaryForm.LETTER
    )
    number = models.PositiveIntegerField(_("document number"), null=True, blank=True)
    number_year = models.PositiveIntegerField(null=True, blank=True)
    issued_on = models.DateField(_("date of issue"), null=True, blank=True)
    signatory = models.CharField(_("signatory"), max_length=100, blank=True)
    signed = models.ForeignKey(
        "approvals.SummarySignOff", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SummaryQuerySet.as_manager()

    class Meta:
        ordering = ["-cycle__year"]
        verbose_name = _("annual summary")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number_year", "number"], name="summary_number_once_a_year"
            )
        ]

    def __str__(self) -> str:
        return str(_("Annual summary %(year)d") % {"year": self.cycle.year})

    @transition(state, source=SummaryState.DRAFT, target=SummaryState.AT_SIGN_OFF)
    def ask(self) -> None:
        """It waits for the head of the unit."""

    @transition(state, source=SummaryState.AT_SIGN_OFF, target=SummaryState.DRAFT)
    def give_back(self) -> None:
        """It was returned or taken back, and is written on."""

    @transition(state, source=SummaryState.AT_SIGN_OFF, target=SummaryState.SIGNED)
    def freeze(self, sign_off: SummarySignOff) -> None:
        self.signed = sign_off

    @transition(state, source=SummaryState.SIGNED, target=SummaryState.DRAFT)
    def reopen(self) -> None:
        self.signed = None


class SummaryVersion(models.Model):
    """What the summary said at one time; it is never changed.

    `body` is as `approvals.summary.keeping` has it; `cut_off` is the moment up to which the record counts.
    """

    summary = models.ForeignKey(AnnualSummary, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.JSONField()
    cut_off = models.DateTimeField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(_("what changed"), max_length=200, blank=True)

    class Meta:
        ordering = ["summary", "number"]
        verbose_name = _("version of a summary")
        constraints = [models.UniqueConstraint(fields=["summary", "number"], name="summary_version_once")]

    def __str__(self) -> str:
        return f"{self.summary} · {self.number}"


class SummaryComment(models.Model):
    """Something said about one block (by its key) of a version, or an answer to it; settled by hand."""

    summary = models.ForeignKey(AnnualSummary, on_delete=models.PROTECT, related_name="comments")
    version = models.ForeignKey(SummaryVersion, on_delete=models.PROTECT, related_name="comments")
    block = models.CharField(max_length=100)
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="answered_by")
    text = models.TextField(_("comment"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("comment on a summary")

    def __str__(self) -> str:
        return f"{self.summary} · {self.block}"


class SummarySignOff(models.Model):
    """One round of asking the head of the unit, and what became of it.

    An approved one keeps the very `file` that was signed and its hash: whatever is written later, this stays.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", pgettext_lazy("summary", "waiting for sign-off")
        APPROVED = "approved", pgettext_lazy("summary", "signed")
        RETURNED = "returned", pgettext_lazy("summary", "returned")
        WITHDRAWN = "withdrawn", pgettext_lazy("summary", "taken back")

    summary = models.ForeignKey(AnnualSummary, on_delete=models.PROTECT, related_name="sign_offs")
    version = models.ForeignKey(SummaryVersion, on_delete=models.PROTECT, related_name="+")
    process = models.OneToOneField(Process, on_delete=models.PROTECT, null=True, related_name="summary_round")
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    opinion = models.TextField(_("opinion"), blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    file = models.ForeignKey(Attachment, on_delete=models.PROTECT, null=True, related_name="+")
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["summary", "asked_at", "id"]
        verbose_name = _("sign-off of a summary")
        constraints = [
            models.UniqueConstraint(
                fields=["summary"], condition=Q(outcome="pending"), name="one_pending_summary_sign_off"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="approved") | (Q(file__isnull=False) & ~Q(sha256="")),
                name="signed_summary_has_its_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summary} · {self.get_outcome_display()}"

    @property
    def parties(self) -> frozenset[int]:
        """Ids of those who ask: the hand, and whom it stood in for. None of them signs."""
        return frozenset(pk for pk in (self.asked_by_id, self.asked_for_id) if pk is not None)


class SummaryProcess(Process):
    """The run of a summary's sign-off; `sign_off` is its round."""

    sign_off: Any = None

    class Meta:
        proxy = True
