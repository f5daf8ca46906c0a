"""That nothing is to be sent to some place for a while."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.notification import Notification


class Hold(models.Model):
    """One row for a place that is down or asked to be left alone, however many messages wait for it.

    `destination` names the place (`notifications.holds`). Nothing is sent there until `until`; `code` and
    `said` are the other side's own words. After that one message at a time, the `probe`, goes to see how it
    is, so far `tries` of them; when one is answered, the hold is gone.
    """

    destination = models.CharField(max_length=80, primary_key=True)
    since = models.DateTimeField()
    until = models.DateTimeField()
    code = models.CharField(max_length=40, blank=True)
    said = models.TextField(blank=True)
    tries = models.PositiveIntegerField(default=0)
    probe = models.ForeignKey(
        Notification, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+"
    )

    class Meta:
        verbose_name = _("hold")

    def __str__(self) -> str:
        return f"{self.destination} {self.until:%Y-%m-%d %H:%M}"
