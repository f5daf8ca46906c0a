"""The work node: five states and the transitions between them, declared where the state lives."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMModelMixin, transition

from nodes.models.cycle import Cycle, Indicator
from workflow.models import Division, Office, User

if TYPE_CHECKING:
    from nodes.models.evidence import EvidenceSubmission


class State(models.TextChoices):
    """Where a node stands. Lights (overdue, done late …) are derived, see `nodes.light`."""

    PLANNED = "planned", _("planned")
    IN_PROGRESS = "in_progress", _("in progress")
    EVIDENCE_SUBMITTED = "evidence_submitted", _("evidence submitted")
    APPROVED = "approved", _("approved")
    DEFERRED = "deferred", _("deferred")


# Every act begins here: written out, it costs a third of what composing it anew would. The lock leaves
# others free to name the node by foreign key, as a timer that fires does when it commits.
LOCKED = """
    SELECT n.*, c.year AS cycle_year, c.status AS cycle_status
    FROM nodes_worknode n JOIN nodes_cycle c ON c.id = n.cycle_id
    WHERE n.id = %s AND n.office_id = %s
    FOR NO KEY UPDATE OF n
"""


class WorkNodeQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> WorkNodeQuerySet:
        """The catalogue is shared within an office: everybody there may look at progress."""
        return self.filter(office=user.office_id) if user.office_id else self.none()

    def locked(self, node_id: int, office: Office | None) -> WorkNode | None:
        """The office's node, its row locked until the transaction ends; None when it has no such node."""
        found: Iterable[Any] = self.raw(LOCKED, [node_id, office.pk if office else None])
        for node in found:
            node.office = office
            node.cycle = Cycle(
                pk=node.cycle_id, office=office, year=node.cycle_year, status=node.cycle_status
            )
            return node
        return None


class WorkNode(FSMModelMixin, models.Model):
    """One dated piece of an office's yearly plan, owned by a division.

    `baseline_deadline` is what was promised and never changes once work began; `current_deadline` moves
    by an approved deferral, is null when that left the date open, and is then named when work resumes.
    Both are inclusive days.
    `version` counts state changes; a trigger refuses one that does not advance it, that the table below
    does not know, or that leaves no audit entry.
    """

    # The unique number within the cycle and the open deadlines within the office serve as their indexes.
    office = models.ForeignKey(Office, on_delete=models.PROTECT, db_index=False, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, db_index=False, related_name="nodes")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="nodes")
    number = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=300)
    lead_division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="nodes")
    supporting_divisions = models.ManyToManyField(Division, blank=True, related_name="supported_nodes")
    planned_start = models.DateField(null=True, blank=True)
    baseline_deadline = models.DateField(_("baseline deadline"))
    current_deadline = models.DateField(_("current deadline"), null=True, blank=True)
    evidence_required = models.TextField(_("evidence asked for"), blank=True)
    attributes = models.JSONField(default=dict, blank=True)

    state = FSMField(_("state"), default=State.PLANNED, choices=State.choices, protected=True)
    version = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(_("times returned"), default=0)
    completed_on = models.DateField(_("completed on"), null=True, blank=True)
    current_submission = models.ForeignKey(
        "nodes.EvidenceSubmission",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
    )

    objects = WorkNodeQuerySet.as_manager()

    class Meta:
        ordering = ["cycle", "number"]
        verbose_name = _("work node")
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="node_number_once")]
        indexes = [
            models.Index(
                fields=["office", "current_deadline"],
                condition=models.Q(state__in=[State.PLANNED, State.IN_PROGRESS]),
                name="node_open_deadline",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @transition(state, source=State.PLANNED, target=State.IN_PROGRESS)
    def start(self) -> None:
        """Work begins."""

    @transition(state, source=State.IN_PROGRESS, target=State.EVIDENCE_SUBMITTED)
    def submit_evidence(self, submission: EvidenceSubmission) -> None:
        self.current_submission = submission

    @transition(state, source=State.EVIDENCE_SUBMITTED, target=State.IN_PROGRESS)
    def withdraw_evidence(self) -> None:
        self.current_submission = None

    @transition(state, source=State.EVIDENCE_SUBMITTED, target=State.IN_PROGRESS)
    def return_evidence(self) -> None:
        self.returns += 1
        self.current_submission = None

    @transition(state, source=State.EVIDENCE_SUBMITTED, target=State.APPROVED)
    def approve_evidence(self, completed_on: date) -> None:
        self.completed_on = completed_on

    @transition(state, source=[State.PLANNED, State.IN_PROGRESS], target=State.DEFERRED)
    def defer(self, new_due: date | None) -> None:
        self.current_deadline = new_due

    @transition(state, source=State.DEFERRED, target=State.IN_PROGRESS)
    def resume(self, deadline: date) -> None:
        self.current_deadline = deadline

    @transition(state, source=State.APPROVED, target=State.IN_PROGRESS)
    def reopen(self) -> None:
        self.completed_on = None
        self.current_submission = None


class DeadlineChange(models.Model):
    """One link in the chain of a node's deadlines: an approved request, or the date named on resuming."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(WorkNode, on_delete=models.PROTECT, related_name="deadline_changes")
    previous = models.DateField(null=True)
    new = models.DateField(null=True)
    reason = models.TextField(blank=True)
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["changed_at", "id"]
        verbose_name = _("deadline change")

    def __str__(self) -> str:
        return f"{self.previous or '—'} → {self.new or '—'}"
