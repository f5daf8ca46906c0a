"""How an office words its statements: a template for each kind of work, and good statements to go by."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nodes.kinds import Kind
from nodes.models.evidence import EvidenceSubmission
from workflow.models import Office, User


class StatementTemplate(models.Model):
    """The sentence an office's statements of one kind of work begin with, in place of the product's own."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind of work"), max_length=10, choices=Kind.choices)
    text = models.CharField(_("template"), max_length=300)

    class Meta:
        ordering = ["office", "kind"]
        verbose_name = _("template of statements")
        constraints = [models.UniqueConstraint(fields=["office", "kind"], name="one_template_a_kind")]

    def __str__(self) -> str:
        return f"{self.office} · {self.get_kind_display()}"


class ModelStatement(models.Model):
    """An approved statement that the performance office holds up as an example to the whole office."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    submission = models.OneToOneField(EvidenceSubmission, on_delete=models.PROTECT, related_name="example")
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["-chosen_at", "-id"]
        verbose_name = _("model statement")

    def __str__(self) -> str:
        return str(self.submission.node)
