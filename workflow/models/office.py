"""The office (the tenant), its divisions and its users."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


def validate_time_zone(name: str) -> None:
    """Refuse a name the time zone database does not know."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name}) from error


class Office(models.Model):
    """A government office: the tenant that every other row hangs from.

    The office at `overseen_by`, which none oversees, sees this one's years and receives its annual
    summaries (`workflow.overseeing`).
    """

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name = models.CharField(_("name"), max_length=100)
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    document_prefix = models.CharField(_("document prefix"), max_length=50, blank=True)
    addressee = models.CharField(_("addressee of the annual summary"), max_length=100, blank=True)
    time_zone = models.CharField(max_length=50, default="Asia/Shanghai", validators=[validate_time_zone])
    reminder_policy = models.JSONField(default=dict, blank=True)
    overseen_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="overseen",
        verbose_name=_("overseeing office"),
    )  # fmt: skip

    class Meta:
        ordering = ["code"]
        verbose_name = _("office")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(overseen_by=None) | ~models.Q(overseen_by=models.F("id")),
                name="office_not_overseen_by_itself",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone: a deadline lasts until 24:00 there."""
        return ZoneInfo(self.time_zone)

    def day(self, at: datetime) -> date:
        """The calendar day it is in the office at the aware moment `at`."""
        return at.astimezone(self.zone).date()

    def minute(self, at: datetime) -> str:
        """The aware moment `at` as people of the office write it, to the minute."""
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")


class User(AbstractUser):
    """A person of an office; what they may do follows from the posts they hold.

    `language` and `theme` are as the person set them, empty for the site's and the device's own.
    """

    class Theme(models.TextChoices):
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    # Unique within the office (see OfficeBackend); `first_name`/`last_name` do not fit Chinese names.
    username = models.CharField(_("username"), max_length=150, validators=[AbstractUser.username_validator])
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=100, blank=True)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, blank=True, related_name="users")
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme.choices, blank=True)

    class Meta:
        ordering = ["id"]
        verbose_name = _("user")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "username"], nulls_distinct=False, name="user_unique_in_office"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def full_username(self) -> str:
        """The name to log in with that is unique among all offices: “zhang@jx-fao”."""
        return f"{self.username}@{self.office.code}" if self.office else self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def clean(self) -> None:
        self.email = type(self)._default_manager.normalize_email(self.email)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what `workflow.people` keeps on the instance."""
        return {k: v for k, v in super().__getstate__().items() if k not in ("_roles", "_acting_day")}


class Division(models.Model):
    """A division (处室): it leads work nodes and submits their evidence."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="divisions")
    name = models.CharField(_("name"), max_length=100)
    position = models.PositiveIntegerField(default=0)
    leader_in_charge = models.ForeignKey(
        "workflow.Post", on_delete=models.PROTECT, null=True, blank=True, related_name="divisions_in_charge"
    )

    class Meta:
        ordering = ["office", "position", "id"]
        verbose_name = _("division")
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="division_unique_in_office")]

    def __str__(self) -> str:
        return self.name
