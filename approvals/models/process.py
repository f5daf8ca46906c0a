"""What ties viewflow's processes to our rows."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from viewflow.workflow.models import Process

from nodes.models import EvidenceSubmission


class DeferralProcess(Process):
    """The run of a deferral flow; `deferral` is its request, `moment` when a timer of it fires."""

    moment: datetime | None = None

    class Meta:
        proxy = True


class EvidenceReviewProcess(Process):
    """The run of an evidence review; `review` is its submission's row, `moment` when a timer of it fires."""

    moment: datetime | None = None

    class Meta:
        proxy = True


class EvidenceReview(models.Model):
    """Which process reviews which submission."""

    submission = models.OneToOneField(EvidenceSubmission, on_delete=models.PROTECT, related_name="review")
    process = models.OneToOneField(Process, on_delete=models.PROTECT, related_name="review")

    def __str__(self) -> str:
        return str(self.submission)
