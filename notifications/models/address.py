"""Where a person is reached besides their mailbox."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.models import User


class Address(models.Model):
    """The names under which the office's messengers know `user`; empty where they do not."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="notification_address"
    )
    mobile = models.CharField(_("mobile number"), max_length=20, blank=True)
    wecom = models.CharField(_("WeCom account"), max_length=64, blank=True)
    feishu = models.CharField(_("Feishu open_id"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("address")

    def __str__(self) -> str:
        return str(self.user)


class Feed(models.Model):
    """A person's calendar as others may subscribe to it: whoever knows the secret reads it."""

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="calendar_feed"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar feed")

    def __str__(self) -> str:
        return str(self.user)
