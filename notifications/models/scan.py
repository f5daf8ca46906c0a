"""Which days were scanned for reminders."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from workflow.models import Office


class ReminderScan(models.Model):
    """That an office's reminders of a day were written, and how many."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    rows = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["office", "-day"]
        constraints = [models.UniqueConstraint(fields=["office", "day"], name="one_scan_a_day")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
