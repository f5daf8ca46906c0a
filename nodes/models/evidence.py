"""Evidence (佐证材料): what a division hands in to show that a node is done."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nodes.checks import Finding
from nodes.kinds import Kind
from nodes.models.work_node import WorkNode
from workflow import people
from workflow.models import Attachment, Office, User


class ExchangedQuerySet(models.QuerySet):
    """What is handed in for a node or said about it."""

    def visible_to(self, user: User) -> Self:
        """The lead and supporting divisions see their own; overseers see the office's."""
        if not user.office_id:
            return self.none()
        mine = self.filter(office=user.office_id)
        if people.oversees(user):
            return mine
        divisions = people.divisions_of(user)
        supported = WorkNode.supporting_divisions.through.objects.filter(division__in=divisions)
        return mine.filter(Q(node__lead_division__in=divisions) | Q(node__in=supported.values("worknode")))


class EvidenceSubmission(models.Model):
    """One round of evidence for a node and what became of it.

    `warnings` are what the text checks found and the submitter acknowledged, as a list of
    `{"rule", "quote"}`; `findings` gives them words. `details` are the facts that this `kind` of work asks
    for, by name.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", _("waiting for review")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(WorkNode, on_delete=models.PROTECT, related_name="submissions")
    round = models.PositiveIntegerField(_("round"))
    statement = models.TextField(_("statement"))
    completed_on = models.DateField(_("completed on"))
    files = models.ManyToManyField(Attachment, related_name="+")
    kind = models.CharField(_("kind of work"), max_length=10, choices=Kind.choices, default=Kind.OTHER)
    details = models.JSONField(default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField()

    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.PENDING)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    opinion = models.TextField(blank=True)

    objects = ExchangedQuerySet.as_manager()

    class Meta:
        ordering = ["node", "round"]
        verbose_name = _("evidence submission")
        constraints = [
            models.UniqueConstraint(fields=["node", "round"], name="evidence_round_once"),
            models.UniqueConstraint(
                fields=["node"], condition=Q(outcome="pending"), name="one_pending_submission_a_node"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.node} · {self.round}"

    @property
    def parties(self) -> frozenset[int]:
        """Ids of those who submitted: the hand, and whom it stood in for. None of them reviews."""
        return frozenset(pk for pk in (self.submitted_by_id, self.on_behalf_of_id) if pk is not None)

    @property
    def findings(self) -> list[Finding]:
        """The acknowledged warnings, readable."""
        return [Finding(**warning) for warning in self.warnings]
