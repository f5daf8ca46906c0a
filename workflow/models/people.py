"""Posts, who holds them when, and who stands in for a holder."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflow.models.office import Division, Office, User


class PostKind(models.TextChoices):
    """What a post may do; roles follow from it."""

    HANDLER = "handler", _("handler")
    DIVISION_HEAD = "division_head", _("division head")
    LEADER_IN_CHARGE = "leader_in_charge", _("leader in charge")
    HEAD_OF_UNIT = "head_of_unit", _("head of unit")
    PROVINCIAL_LEADER = "provincial_leader", _("provincial leader")
    PERFORMANCE_OFFICE = "performance_office", _("performance office")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


class Post(models.Model):
    """A seat in an office. Routing and sign-off name posts; persons come and go."""

    Kind = PostKind

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="posts")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(max_length=20, choices=PostKind.choices)
    division = models.ForeignKey(
        Division, on_delete=models.PROTECT, null=True, blank=True, related_name="posts"
    )
    off_system = models.BooleanField(
        default=False, help_text=_("Its holder signs on paper; the performance office records the sign-off.")
    )
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["office", "position", "id"]
        verbose_name = _("post")
        constraints = [models.UniqueConstraint(fields=["office", "name"], name="post_unique_in_office")]

    def __str__(self) -> str:
        if self.division_id:
            return f"{self.division}{self.get_kind_display()}"
        return str(self.get_kind_display()) if self.name == self.kind else self.name


class InForceQuerySet(models.QuerySet):
    """Rows with an inclusive `starts`–`ends` window, either side of which may be open."""

    def in_force(self, on: date) -> InForceQuerySet:
        """Those whose window holds the day `on`."""
        return self.filter(Q(starts=None) | Q(starts__lte=on), Q(ends=None) | Q(ends__gte=on))

    def overlapping(self, starts: date | None, ends: date | None) -> InForceQuerySet:
        """Those whose window shares a day with `starts`–`ends`."""
        found = self if ends is None else self.filter(Q(starts=None) | Q(starts__lte=ends))
        return found if starts is None else found.filter(Q(ends=None) | Q(ends__gte=starts))


class Appointment(models.Model):
    """That a user holds a post from `starts` to `ends`, both inclusive; null is open."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments")
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("appointment")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="appointment_ends_after_start")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.post}"


class Delegation(models.Model):
    """That `to_user` signs for the holder of `post` from `starts` to `ends`, both inclusive."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="delegations")
    from_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    to_user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_received")
    starts = models.DateField()
    ends = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = InForceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name = _("delegation")
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="delegation_ends_after_start"),
            models.CheckConstraint(condition=~Q(from_user=F("to_user")), name="delegation_not_to_self"),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user} · {self.post}"
