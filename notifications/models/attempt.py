"""One try at getting one message through."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from notifications.models.channel import Channel, ChannelKind
from workflow.models import Office, User


class Attempt(models.Model):
    """What was sent, when, and what the other side said.

    `batch` names the message, as in the rows of the ledger that it tells. A message to a group has no
    `recipient`; one by e-mail no `via`. `vendor_code` and `vendor_message` are the other side's own words.
    """

    class Result(models.TextChoices):
        OK = "ok", _("accepted")
        PERMANENT = "permanent", _("refused for good")
        RETRY_AFTER = "retry_after", _("asked to wait")
        TRANSIENT = "transient", _("failed for now")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, db_index=False, related_name="+")
    batch = models.CharField(max_length=200)
    channel = models.CharField(max_length=20, choices=ChannelKind.choices)
    via = models.ForeignKey(Channel, on_delete=models.SET_NULL, null=True, db_index=False, related_name="+")
    recipient = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    number = models.PositiveIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    result = models.CharField(max_length=12, choices=Result.choices)
    vendor_code = models.CharField(max_length=40, blank=True)
    vendor_message = models.TextField(blank=True)
    provider_id = models.CharField(max_length=200, blank=True)
    subject = models.TextField(blank=True)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["-began_at", "-id"]
        verbose_name = _("attempt")
        indexes = [
            models.Index(fields=["batch"], name="attempt_batch"),
            models.Index(fields=["office", "-began_at"], name="attempt_newest"),
            models.Index(
                fields=["via", "-began_at"], name="attempt_via", condition=models.Q(via__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} {self.number}"
