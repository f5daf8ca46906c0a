"""Days whose working-day status an office or the platform sets by hand."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.models.office import Office


class CalendarDay(models.Model):
    """One day's status, ahead of the published calendar; without an office it holds for all."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    day = models.DateField()
    is_workday = models.BooleanField()
    name = models.CharField(max_length=100, blank=True)
    source = models.CharField(_("document number of the notice"), max_length=100, blank=True)

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        constraints = [
            models.UniqueConstraint(fields=["office", "day"], nulls_distinct=False, name="calendar_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
