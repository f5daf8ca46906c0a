"""A deadline that earlier years spoke for, and that somebody accepted."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nodes.models.work_node import WorkNode
from workflow.models import User


class DeadlineProposal(models.Model):
    """What was proposed for a node of a drafted year and became its deadline: one a node, the last accepted.

    `previous` was the deadline before; `lead` is the percentile that spoke for it, in working days ahead of
    the promise (negative: late), and `years` those it rests on. What nobody accepted is not kept: it is
    worked out anew wherever it is shown.
    """

    node = models.OneToOneField(WorkNode, on_delete=models.CASCADE, related_name="deadline_proposal")
    suggested = models.DateField(_("suggested deadline"))
    previous = models.DateField()
    lead = models.IntegerField()
    years = models.JSONField(default=list)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ["node"]
        verbose_name = _("deadline proposal")

    def __str__(self) -> str:
        return f"{self.node} · {self.suggested}"
