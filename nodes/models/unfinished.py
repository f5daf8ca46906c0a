"""What somebody has begun and not handed in yet: texts as typed, files as far as they came."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from nodes.models.work_node import WorkNode
from workflow.models import Attachment, Office, User


class Draft(models.Model):
    """A form as its author left it: one for each person, node and form. `content` holds its fields."""

    class Form(models.TextChoices):
        EVIDENCE = "evidence", _("evidence")
        DEFERRAL = "deferral", _("deferral")

    node = models.ForeignKey(WorkNode, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    form = models.CharField(max_length=10, choices=Form.choices)
    content = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("draft")
        constraints = [models.UniqueConstraint(fields=["node", "author", "form"], name="one_draft_a_form")]

    def __str__(self) -> str:
        return f"{self.author} · {self.node}"


class Upload(models.Model):
    """A file on its way: `received` of `size` bytes have come; `attachment` once it is whole and accepted.

    It belongs to its author's unfinished evidence for the node until that is handed in or thrown away.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(WorkNode, on_delete=models.CASCADE, related_name="uploads")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="uploads")
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    received = models.PositiveBigIntegerField(_("bytes received"), default=0)
    attachment = models.ForeignKey(Attachment, on_delete=models.SET_NULL, null=True, related_name="+")
    begun_at = models.DateTimeField()

    class Meta:
        ordering = ["begun_at", "id"]
        verbose_name = _("upload")

    def __str__(self) -> str:
        return self.name
