"""The reminder policies an office had, one after another."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from workflow.models.office import Office, User


class PolicyVersion(models.Model):
    """The `number`-th policy of the office, counted from 1, as `workflow.policy.ReminderPolicy` writes it.

    The one with the highest number is in force; `made_by` is null for what a file brought.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="policy_versions")
    number = models.PositiveIntegerField()
    policy = models.JSONField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["office", "-number"]
        verbose_name = _("version of the reminder policy")
        constraints = [models.UniqueConstraint(fields=["office", "number"], name="policy_version_once")]

    def __str__(self) -> str:
        return str(self.number)
