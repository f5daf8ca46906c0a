"""The bare counterparts: a node and an audit row as wide as ours, with nothing around them."""

from __future__ import annotations

from django.db import models
from django_fsm import FSMField, FSMModelMixin, transition


class BareNode(FSMModelMixin, models.Model):
    """As wide as a work node."""

    office_id = models.BigIntegerField(db_index=True)
    cycle_id = models.BigIntegerField(db_index=True)
    indicator_id = models.BigIntegerField(db_index=True)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    lead_division_id = models.BigIntegerField(db_index=True)
    planned_start = models.DateField(null=True)
    baseline_deadline = models.DateField()
    current_deadline = models.DateField(null=True)
    evidence_required = models.TextField(blank=True)
    attributes = models.JSONField(default=dict)
    state = FSMField(default="planned", protected=True)
    version = models.PositiveIntegerField(default=0)
    returns = models.PositiveIntegerField(default=0)
    completed_on = models.DateField(null=True)

    class Meta:
        app_label = "bench"

    def __str__(self) -> str:
        return self.title

    @transition(state, source="planned", target="in_progress")
    def start(self) -> None:
        pass


class BareAudit(models.Model):
    """As wide as an audit entry."""

    office_id = models.BigIntegerField(db_index=True)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    actor_id = models.BigIntegerField(db_index=True)
    on_behalf_of_id = models.BigIntegerField(null=True, db_index=True)
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject = models.CharField(max_length=320)
    from_state = models.CharField(max_length=30)
    to_state = models.CharField(max_length=30)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "bench"
        indexes = [models.Index(fields=["subject_type", "subject_id", "at"], name="bare_audit_of_subject")]

    def __str__(self) -> str:
        return self.action
