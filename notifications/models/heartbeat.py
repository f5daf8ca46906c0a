"""Signs of life of the processes that remind people."""

from __future__ import annotations

from django.db import models


class Heartbeat(models.Model):
    """When `name` was last seen: “beat”, or “worker:” and its host name."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
