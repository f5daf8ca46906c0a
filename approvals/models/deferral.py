"""The deferral request, the signatures it needs and the decisions on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from nodes.models import WorkNode
from workflow import people
from workflow.models import Attachment, Office, Post, User

# Every decision begins with these: written out, they cost a third of what composing them anew would.
LOCKED = """
    SELECT * FROM approvals_deferralrequest WHERE id = %s AND office_id = %s FOR NO KEY UPDATE
"""
UNDECIDED = """
    SELECT p.*, s.id AS sign_off_id, s.step, s.opened_at, s.added_by_id, s.passed_from_id
    FROM approvals_signoff s
    JOIN approvals_signoff_posts seat ON seat.signoff_id = s.id
    JOIN workflow_post p ON p.id = seat.post_id
    LEFT JOIN approvals_decision d ON d.sign_off_id = s.id
    WHERE s.request_id = %s AND d.id IS NULL
    ORDER BY s.step, s.id, p.position, p.id
"""

OPEN = "UPDATE approvals_signoff SET opened_at = %s WHERE id = ANY(%s)"


class DeferralQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> DeferralQuerySet:
        """The divisions concerned and the signers see their own; overseers see the office's."""
        if not user.office_id:
            return self.none()
        mine = self.filter(office=user.office_id)
        if people.oversees(user):
            return mine
        divisions = people.divisions_of(user)
        supported = WorkNode.supporting_divisions.through.objects.filter(division__in=divisions)
        posts = [capacity.post.pk for capacity in people.capacities(user)]
        return mine.filter(
            Q(applicant=user)
            | Q(node__lead_division__in=divisions)
            | Q(node__in=supported.values("worknode"))
            | Q(pk__in=SignOff.objects.of_posts(posts).values("request"))
        )

    def locked(self, request_id: int, office: Office | None) -> DeferralRequest | None:
        """The office's request, its row locked until the transaction ends; None when it has no such one."""
        found: Iterable[Any] = self.raw(LOCKED, [request_id, office.pk if office else None])
        for request in found:
            request.office = office
            return request
        return None


class DeferralRequest(models.Model):
    """A division asks to finish a node later: until when, why, and how far it has come.

    `previous_due` is the deadline in force at filing; `late` says it had passed by then. `new_due` is an
    inclusive day, None when it cannot be named. `rule` is the routing rule (from 1) that set the route.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("waiting for sign-off")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned to the applicant")
        REJECTED = "rejected", _("rejected")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Category(models.TextChoices):
        FORCE_MAJEURE = "force_majeure", _("force majeure")
        POLICY_CHANGE = "policy_change", _("change of policy or of superior arrangements")
        PARTNER = "partner", _("partner or counterpart")
        RESOURCES = "resources", _("staff, funds or procurement")
        OTHER = "other", _("other")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(WorkNode, on_delete=models.PROTECT, related_name="deferral_requests")
    process = models.OneToOneField(Process, on_delete=models.PROTECT, null=True, related_name="deferral")
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    justification = models.TextField(_("justification"))
    category = models.CharField(
        _("category of the reason"), max_length=20, choices=Category.choices, default=Category.OTHER
    )
    progress = models.TextField(_("progress so far"), blank=True)
    previous_due = models.DateField(null=True)
    new_due = models.DateField(_("proposed date"), null=True, blank=True)
    attachments = models.ManyToManyField(Attachment, related_name="+")
    late = models.BooleanField(_("asked after the deadline"), default=False)
    times_deferred = models.PositiveIntegerField(_("earlier deferrals"), default=0)
    rule = models.PositiveIntegerField()
    filed_at = models.DateTimeField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    settled_at = models.DateTimeField(null=True)

    objects = DeferralQuerySet.as_manager()

    class Meta:
        ordering = ["-filed_at", "-id"]
        verbose_name = _("deferral request")
        constraints = [
            models.UniqueConstraint(
                fields=["node"], condition=Q(status="pending"), name="one_pending_deferral_a_node"
            )
        ]

    def __str__(self) -> str:
        return str(self.node)

    @property
    def parties(self) -> frozenset[int]:
        """Ids of those who ask: the applicant, and whom they stood in for. None of them signs."""
        return frozenset(pk for pk in (self.applicant_id, self.on_behalf_of_id) if pk is not None)

    @property
    def days(self) -> int | None:
        """How many calendar days are asked for, None where no day can be named."""
        return (self.new_due - self.previous_due).days if self.new_due and self.previous_due else None

    @property
    def within_cycle(self) -> bool:
        return self.new_due is not None and self.node.cycle.holds(self.new_due)


class SignOffQuerySet(models.QuerySet):
    def of_posts(self, posts: Iterable[int]) -> SignOffQuerySet:
        """Those that one of `posts` (ids) gives, gave or passed on."""
        wanted = list(posts)
        return self.filter(Q(posts__in=wanted) | Q(passed_from__in=wanted))

    def undecided(self, request: DeferralRequest) -> list[SignOff]:
        """The signatures still to be given, in order and with their `signers`, in one statement."""
        found: dict[int, SignOff] = {}
        seats: Iterable[Any] = Post.objects.raw(UNDECIDED, [request.pk])
        for post in seats:
            if post.sign_off_id not in found:
                sign_off = SignOff(
                    pk=post.sign_off_id,
                    request=request,
                    step=post.step,
                    opened_at=post.opened_at,
                    added_by_id=post.added_by_id,
                    passed_from_id=post.passed_from_id,
                )
                found[sign_off.pk] = sign_off
                sign_off.__dict__["signers"] = []
            found[post.sign_off_id].signers.append(post)
        return list(found.values())

    def open(self, sign_offs: list[SignOff], at: datetime) -> None:
        """Let these wait for their signers from `at` on."""
        with connection.cursor() as cursor:
            cursor.execute(OPEN, [at, [sign_off.pk for sign_off in sign_offs]])


class SignOff(models.Model):
    """One signature a request needs, by the holder of any one of `posts`.

    Signatures with the same `step` are needed side by side; a step opens when all before it are given.
    `added_by` asked for it beyond what the rules say (加签); `passed_from` is the post whose holder passed it
    on (转签).
    """

    request = models.ForeignKey(DeferralRequest, on_delete=models.PROTECT, related_name="sign_offs")
    step = models.PositiveIntegerField()
    posts = models.ManyToManyField(Post, related_name="+")
    opened_at = models.DateTimeField(null=True)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    passed_from = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["request", "step", "id"]
        verbose_name = _("sign-off")

    def __str__(self) -> str:
        return f"{self.request} · {self.step + 1}"

    @cached_property
    def signers(self) -> list[Post]:
        """The posts of which one must sign."""
        return list(self.posts.all())


class Decision(models.Model):
    """What was decided on one signature: there is never a second one.

    A leader outside the system signs on paper: `actor` then recorded it, and leader's name, document
    number, day and scan are all there.
    """

    class Outcome(models.TextChoices):
        APPROVE = "approve", _("approve")
        RETURN = "return", _("return")
        REJECT = "reject", _("reject")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    sign_off = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    opinion = models.TextField(_("opinion"), blank=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    recorded = models.BooleanField(_("recorded from paper"), default=False)
    leader_name = models.CharField(_("leader's name"), max_length=100, blank=True)
    document_number = models.CharField(_("document number"), max_length=100, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    scans = models.ManyToManyField(Attachment, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("decision")
        constraints = [
            models.CheckConstraint(
                condition=Q(recorded=False)
                | (~Q(leader_name="") & ~Q(document_number="") & Q(signed_on__isnull=False)),
                name="recorded_decision_complete",
            )
        ]

    def __str__(self) -> str:
        return f"{self.post} · {self.get_outcome_display()}"
