"""Files by content, and the names people gave them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from workflow.models.office import Office, User


class StoredFile(models.Model):
    """Bytes on disk under their SHA-256 (hex); the same content is stored once."""

    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    content_type = models.CharField(max_length=100)

    class Meta:
        verbose_name = _("stored file")

    def __str__(self) -> str:
        return self.sha256[:12]


class Attachment(models.Model):
    """A stored file as somebody handed it in."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="attachments")
    name = models.CharField(max_length=255)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("attachment")

    def __str__(self) -> str:
        return self.name
