"""What people say about a node, and who keeps an eye on it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from nodes.models.evidence import ExchangedQuerySet
from nodes.models.work_node import WorkNode
from workflow.models import Office, User


class Comment(models.Model):
    """A remark on a node; `mentions` are those who were called by name in it."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    node = models.ForeignKey(WorkNode, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("comment"))
    mentions = models.ManyToManyField(User, blank=True, related_name="+")
    at = models.DateTimeField()

    objects = ExchangedQuerySet.as_manager()

    class Meta:
        ordering = ["at", "id"]
        verbose_name = _("comment")

    def __str__(self) -> str:
        return f"{self.node} · {self.author}"


class Watch(models.Model):
    """That somebody wants to be told whatever happens to a node."""

    node = models.ForeignKey(WorkNode, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    since = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name = _("watch")
        constraints = [models.UniqueConstraint(fields=["node", "user"], name="watched_once")]

    def __str__(self) -> str:
        return f"{self.user} · {self.node}"
