"""Which events of a year were applied already."""

from __future__ import annotations

from django.db import models

from nodes.models import Cycle


class ReplayedEvent(models.Model):
    """One applied event: its content's SHA-256 (hex), and whether it is the first, second … like it."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    occurrence = models.PositiveIntegerField()
    applied_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cycle", "digest", "occurrence"], name="event_replayed_once")
        ]

    def __str__(self) -> str:
        return self.digest[:12]
