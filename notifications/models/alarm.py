"""That something keeps people from being told, and that the administrators know."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.channel import Channel, ChannelKind
from workflow.models import Office


class Alarm(models.Model):
    """One cause on one day of the office, whoever finds it first.

    `since` is when the trouble began, `ended_at` when it was over. `told_at` and `well_told_at` are when the
    administrators were sent the one message about it and the one that all is well again.
    """

    class Cause(models.TextChoices):
        LATE = "late", _("reminders are late")
        SCAN = "scan", _("the day's reminders were not written")
        BEAT = "beat", _("the clock that starts everything stands still")
        CHANNEL = "channel", _("a channel has failed for hours")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, db_index=False, related_name="+")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    channel = models.CharField(max_length=20, choices=ChannelKind.choices, blank=True)
    via = models.ForeignKey(Channel, on_delete=models.CASCADE, null=True, db_index=False, related_name="+")
    day = models.DateField()
    since = models.DateTimeField()
    said = models.TextField(blank=True)
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    well_told_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-raised_at", "-id"]
        verbose_name = _("alarm")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "cause", "channel", "via", "day"],
                nulls_distinct=False,
                name="one_alarm_a_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["office"],
                condition=models.Q(ended_at=None) | models.Q(told_at=None) | models.Q(well_told_at=None),
                name="alarm_unsettled",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_cause_display()} {self.day:%Y-%m-%d}"
