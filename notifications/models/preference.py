"""What a person wants to hear outside the system."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.models import User


class Preference(models.Model):
    """What goes to `user` by e-mail and messenger besides what asks for their decision; without a row, all.

    In the system everything is told always. The person's own quiet hours are kept beside the office's.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="notification_preference"
    )
    email_reminders = models.BooleanField(_("reminders of deadlines"), default=True)
    email_news = models.BooleanField(_("news of what concerns me"), default=True)
    messenger_reminders = models.BooleanField(_("reminders of deadlines"), default=True)
    messenger_news = models.BooleanField(_("news of what concerns me"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification preference")

    def __str__(self) -> str:
        return str(self.user)
