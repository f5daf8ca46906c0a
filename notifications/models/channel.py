"""The ways an office tells people something, and what is kept about each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from workflow.models import Division, Office


class ChannelKind(models.TextChoices):
    """The first two every office has; the others are set up, as often as wanted, as a `Channel`."""

    IN_APP = "in_app", _("in the system")
    EMAIL = "email", _("e-mail")
    WECOM_ROBOT = "wecom_robot", _("WeCom robot")
    WECOM_APP = "wecom_app", _("WeCom application")
    DINGTALK_ROBOT = "dingtalk_robot", _("DingTalk robot")
    FEISHU_ROBOT = "feishu_robot", _("Feishu robot")
    WEBHOOK = "webhook", _("signed webhook")
    APPRISE = "apprise", _("other service")


# What reaches one person; the others speak to a group, in which each is named.
PERSONAL = frozenset({ChannelKind.IN_APP, ChannelKind.EMAIL, ChannelKind.WECOM_APP})


class Channel(models.Model):
    """A robot, an application or an address that an office set up.

    It speaks about the nodes of `division`, or of the whole office when that is null. `settings` are what
    anybody may read; `secrets` is one sealed text (`notifications.secrets`). `failing_since` is when the
    first of the failures began that no success has followed.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="channels")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(
        max_length=20,
        choices=[choice for choice in ChannelKind.choices if choice[0] not in ("in_app", "email")],
    )
    name = models.CharField(_("name"), max_length=60)
    settings = models.JSONField(default=dict, blank=True)
    secrets = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(db_default=Now())
    worked_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    trouble = models.TextField(blank=True)

    class Meta:
        ordering = ["office", "name", "id"]
        verbose_name = _("channel")
        constraints = [
            models.UniqueConstraint(fields=["office", "name"], name="channel_unique_in_office"),
        ]
        indexes = [
            models.Index(fields=["office"], condition=Q(is_active=True), name="channel_in_use"),
        ]

    def __str__(self) -> str:
        return self.name
