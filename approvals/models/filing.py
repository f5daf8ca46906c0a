"""Handing a signed annual summary in to the office that oversees: each round, and what both sides say."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from approvals.models.summary import AnnualSummary, SummarySignOff
from workflow.models import Office, User


class SummaryFiling(models.Model):
    """The `number`-th time (from 1) that a summary was handed in: the very file that was signed.

    `office` is the one that receives, whose paper it is from then on; it receives or returns it, once. One
    that was returned is opened again, signed anew and handed in as the next round: every round stays.
    """

    class State(models.TextChoices):
        SENT = "sent", pgettext_lazy("filing", "to be received")
        RECEIVED = "received", pgettext_lazy("filing", "received")
        RETURNED = "returned", pgettext_lazy("filing", "returned")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    summary = models.ForeignKey(AnnualSummary, on_delete=models.PROTECT, related_name="filings")
    number = models.PositiveIntegerField()
    sign_off = models.OneToOneField(SummarySignOff, on_delete=models.PROTECT, related_name="filing")
    sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.SENT)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.TextField(_("opinion"), blank=True)

    class Meta:
        ordering = ["summary", "number"]
        verbose_name = _("summary handed in")
        constraints = [
            models.UniqueConstraint(fields=["summary", "number"], name="filing_number_once"),
            models.UniqueConstraint(fields=["summary"], condition=Q(state="sent"), name="one_waiting_filing"),
            models.CheckConstraint(
                condition=Q(state="sent", decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="decided_filing_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.summary.office} · {self.summary} · {self.number}"


class FilingComment(models.Model):
    """Something that one of the two offices said about a round; both read it, nobody changes it."""

    filing = models.ForeignKey(SummaryFiling, on_delete=models.PROTECT, related_name="comments")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"))
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("comment on a summary handed in")

    def __str__(self) -> str:
        return f"{self.filing} · {self.author}"
