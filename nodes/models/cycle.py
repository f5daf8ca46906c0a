"""The assessment cycle (a year) and its tree of indicators."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflow.models import Office


class Cycle(models.Model):
    """One office's year of assessment."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="cycles")
    year = models.PositiveIntegerField(_("year"))
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)

    class Meta:
        ordering = ["office", "-year"]
        verbose_name = _("cycle")
        constraints = [
            models.UniqueConstraint(fields=["office", "year"], name="one_cycle_a_year"),
            models.CheckConstraint(condition=Q(year__gte=2000, year__lte=2100), name="cycle_year_plausible"),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.year}"

    @property
    def first_day(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, 12, 31)

    def holds(self, day: date) -> bool:
        """Whether `day` lies in the cycle."""
        return day.year == self.year


class Indicator(models.Model):
    """A node of the three-level indicator tree; only the third level is numbered."""

    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="indicators")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    level = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True, blank=True)
    title = models.CharField(_("title"), max_length=300)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["cycle", "level", "position", "id"]
        verbose_name = _("indicator")
        constraints = [
            models.UniqueConstraint(
                fields=["cycle", "parent", "level", "title"],
                condition=Q(level__lt=3),
                nulls_distinct=False,
                name="indicator_title_once",
            ),
            models.UniqueConstraint(
                fields=["cycle", "number"], condition=Q(level=3), name="indicator_number_once"
            ),
            models.CheckConstraint(
                condition=Q(level=1, parent=None) | Q(level__in=[2, 3], parent__isnull=False),
                name="indicator_below_parent",
            ),
        ]

    def __str__(self) -> str:
        return self.title
