"""What a person wants to hear by e-mail."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.models import User


class Preference(models.Model):
    """What goes to `user` by e-mail besides what asks for their decision; without a row, all of it does.

    In the system everything is told always.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="notification_preference"
    )
    email_reminders = models.BooleanField(_("reminders of deadlines"), default=True)
    email_news = models.BooleanField(_("news of what concerns me"), default=True)

    class Meta:
        verbose_name = _("notification preference")

    def __str__(self) -> str:
        return str(self.user)
