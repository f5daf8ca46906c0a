"""Routing rules: who signs a deferral."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.models.office import Office


class RoutingRule(models.Model):
    """One line of an office's deferral routing; the first whose conditions hold decides.

    `when` and `sign_off` have the shapes of `workflow.routing.Conditions` and `workflow.routing.Step`.
    """

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="routing_rules")
    position = models.PositiveIntegerField()
    when = models.JSONField(default=dict)
    sign_off = models.JSONField(default=list)

    class Meta:
        ordering = ["office", "position"]
        verbose_name = _("routing rule")
        constraints = [models.UniqueConstraint(fields=["office", "position"], name="routing_rule_order")]

    def __str__(self) -> str:
        return f"{self.position + 1}"
