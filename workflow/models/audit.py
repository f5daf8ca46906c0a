"""The append-only audit trail and the seals that chain it."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Cast, Now
from django.utils.translation import gettext_lazy as _

from workflow.models.office import Office, User


class CurrentTransaction(models.Func):
    """PostgreSQL's id of the running top-level transaction."""

    function = "pg_current_xact_id"
    output_field = models.CharField()


class AuditEntry(models.Model):
    """Who did what to which object, on whose behalf, from which state to which, why and when.

    Written in the transaction it describes. Database triggers refuse every change but the one that
    puts an unsealed entry under a seal, and refuse a state change that leaves no entry behind.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    at = models.DateTimeField(_("when it happened"))
    recorded_at = models.DateTimeField(_("when it was written"), db_default=Now())
    transaction = models.BigIntegerField(
        db_default=Cast(Cast(CurrentTransaction(), models.TextField()), models.BigIntegerField())
    )
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    on_behalf_of = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    action = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject = models.CharField(max_length=320)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    data = models.JSONField(default=dict, blank=True)
    seal = models.ForeignKey("AuditSeal", on_delete=models.PROTECT, null=True, related_name="sealed")

    class Meta:
        ordering = ["id"]
        verbose_name = _("audit entry")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "at"], name="audit_of_subject"),
            models.Index(fields=["office", "at"], name="audit_of_office"),
            models.Index(fields=["office", "id"], name="audit_newest"),
            models.Index(fields=["id"], condition=models.Q(seal=None), name="audit_unsealed"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"


class AuditSeal(models.Model):
    """A link of an office's hash chain over a batch of entries.

    `members` holds 8 bytes of entry id and 32 bytes of SHA-256 for each entry, in id order; `digest` is
    SHA-256 over the previous seal's digest, the number and `members`.
    """

    office = models.ForeignKey(Office, on_delete=models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField()
    members = models.BinaryField()
    previous_digest = models.BinaryField()
    digest = models.BinaryField()
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["office", "number"]
        verbose_name = _("audit seal")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "number"], nulls_distinct=False, name="seal_unique_in_chain"
            )
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
