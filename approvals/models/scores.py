"""Scoring schemes by version, entries beside the nodes, published scores, and appeals against them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from viewflow.workflow.models import Process

from nodes.models import Cycle, WorkNode
from workflow import people
from workflow.models import Attachment, Division, Office, Post, User


class SchemeVersion(models.Model):
    """The `number`-th scheme of a year, counted from 1, as `approvals.scores.scheme.Scheme` writes it.

    The highest number is in force; `restored` is the number of the version that it brought back.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="scheme_versions")
    number = models.PositiveIntegerField()
    scheme = models.JSONField()
    why = models.TextField(_("reason"))
    restored = models.PositiveIntegerField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["cycle", "-number"]
        verbose_name = _("version of the scoring scheme")
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="scheme_version_once")]

    def __str__(self) -> str:
        return f"{self.cycle} · {self.number}"


class ScoreEntry(models.Model):
    """A bonus, a deduction or how much of a node is done, as the performance office recorded it.

    A row stays as it was written: a correction is a new one that `replaces` it, with `why`, and `void` when
    nothing is left of it. Rows with one `matter_key` are the same matter. `points` is the percentage done
    for a completion. Without a division a bonus or a deduction is the office's.
    """

    class Kind(models.TextChoices):
        BONUS = "bonus", pgettext_lazy("score", "bonus")
        DEDUCTION = "deduction", pgettext_lazy("score", "deduction")
        COMPLETION = "completion", pgettext_lazy("score", "how much is done")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="score_entries")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    division = models.ForeignKey(Division, on_delete=models.PROTECT, null=True, related_name="+")
    node = models.ForeignKey(WorkNode, on_delete=models.PROTECT, null=True, related_name="score_entries")
    matter = models.CharField(_("matter"), max_length=200)
    level = models.CharField(_("level or kind"), max_length=40, blank=True)
    points = models.DecimalField(_("points"), max_digits=8, decimal_places=2)
    matter_key = models.CharField(_("key of the matter"), max_length=100, blank=True)
    basis = models.CharField(_("document number"), max_length=100, blank=True)
    files = models.ManyToManyField(Attachment, related_name="+")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="replaced_by")
    why = models.TextField(_("reason"), blank=True)
    void = models.BooleanField(default=False)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["cycle", "id"]
        verbose_name = _("entry of the scores")

    def __str__(self) -> str:
        return self.matter


class PublishedScores(models.Model):
    """The scores of a year as they were published, the `number`-th time: frozen, with their SHA-256.

    `content` is what `approvals.scores.freezing.frozen` writes. Appeals are taken until `appeal_until`,
    inclusive. The one with the highest number is in force.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="published_scores")
    number = models.PositiveIntegerField()
    scheme_number = models.PositiveIntegerField()
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    why = models.TextField(_("reason"), blank=True)
    appeal_until = models.DateField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["cycle", "-number"]
        verbose_name = _("published scores")
        constraints = [models.UniqueConstraint(fields=["cycle", "number"], name="scores_published_once")]

    def __str__(self) -> str:
        return f"{self.cycle} · {self.number}"


class AppealQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> AppealQuerySet:
        """The division concerned sees its own, and so does whose post decides; overseers see the office's."""
        if not user.office_id:
            return self.none()
        mine = self.filter(office=user.office_id)
        if people.oversees(user):
            return mine
        posts = [capacity.post.pk for capacity in people.capacities(user)]
        return mine.filter(
            Q(applicant=user) | Q(division__in=people.divisions_of(user)) | Q(decider__in=posts)
        )

    def locked(self, appeal_id: int, office: Office | None) -> ScoreAppeal | None:
        """The office's appeal, its row locked until the transaction ends; None when it has no such one."""
        found: Any = self.filter(pk=appeal_id, office=office).select_for_update(of=("self",), no_key=True)
        return found.select_related("publication__cycle", "division", "decider__division").first()


class ScoreAppeal(models.Model):
    """A division head asks for one line of the published scores to be looked at again.

    The line is the `line`-th (from 0) of node `node_number`, or of the division where that is null. The
    performance office gives its `view`; the holder of `decider` decides, with an `adjustment` if upheld.
    """

    class Status(models.TextChoices):
        FILED = "filed", pgettext_lazy("appeal", "waiting for the performance office's view")
        VIEWED = "viewed", pgettext_lazy("appeal", "waiting for the decision")
        UPHELD = "upheld", pgettext_lazy("appeal", "upheld")
        REJECTED = "rejected", pgettext_lazy("appeal", "rejected")
        WITHDRAWN = "withdrawn", pgettext_lazy("appeal", "withdrawn")

    WAITING = (Status.FILED, Status.VIEWED)

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    publication = models.ForeignKey(PublishedScores, on_delete=models.PROTECT, related_name="appeals")
    process = models.OneToOneField(Process, on_delete=models.PROTECT, null=True, related_name="appeal")
    division = models.ForeignKey(Division, on_delete=models.PROTECT, related_name="+")
    node_number = models.PositiveIntegerField(null=True)
    line = models.PositiveIntegerField()
    reason = models.TextField(_("reason of the appeal"))
    files = models.ManyToManyField(Attachment, related_name="+")
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.FILED)

    view = models.TextField(_("view of the performance office"), blank=True)
    viewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    viewed_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    viewed_at = models.DateTimeField(null=True)

    decider = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    adjustment = models.DecimalField(_("adjustment"), max_digits=8, decimal_places=2, null=True)
    opinion = models.TextField(_("opinion"), blank=True)
    decided_as = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at", "-id"]
        verbose_name = _("appeal against a score")
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "division", "node_number", "line"],
                condition=Q(status__in=["filed", "viewed"]),
                nulls_distinct=False,
                name="one_pending_appeal_a_line",
            ),
            models.CheckConstraint(
                condition=~Q(status="upheld") | Q(adjustment__isnull=False), name="upheld_appeal_adjusts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.division} · {self.node_number}" if self.node_number else str(self.division)

    @property
    def pending(self) -> bool:
        return self.status in self.WAITING

    @property
    def parties(self) -> frozenset[int]:
        """Ids of those who appeal: the applicant, and whom they stood in for. None of them decides."""
        return _ids((self.applicant_id, self.on_behalf_of_id))

    @property
    def heard(self) -> frozenset[int]:
        """Ids of those who have spoken already, as a party or with the view: they do not decide."""
        return self.parties | _ids((self.viewed_by_id, self.viewed_for_id))


def _ids(found: Iterable[int | None]) -> frozenset[int]:
    return frozenset(pk for pk in found if pk is not None)


class ScoreAppealProcess(Process):
    """The run of an appeal's flow; `appeal` is its row."""

    class Meta:
        proxy = True
