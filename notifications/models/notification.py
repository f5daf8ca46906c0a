"""One thing told to one person over one channel: outbox and ledger in one row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _

from approvals.models import DeferralRequest
from nodes.models import WorkNode
from notifications.models.channel import Channel, ChannelKind
from workflow.models import Office, User


class Notification(models.Model):
    """`rule` says why, `slot` which occurrence; `dedup_key` makes each told once a person and channel.

    `via` is the robot or application that it goes through, where it is one. `happened_at` is when the reason
    arose, `due_at` the moment from which it may be sent. Rows with one `batch` go out as one message, to one
    person or, through a robot, to a group. `answered_at` is when the link in it was used, `put_off_until`
    when it may go out that was to go out in somebody's quiet hours.

    While a worker sends, the row is under its `claim_token` until `lease_until`; a worker that dies lets the
    lease run out. What is too old to send, or was overtaken by events before it was sent, has lapsed.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        LAPSED = "lapsed", _("too old to send")
        MUTED = "muted", _("muted")

    office = models.ForeignKey(Office, on_delete=models.PROTECT, db_index=False, related_name="+")
    recipient = models.ForeignKey(
        User, on_delete=models.PROTECT, db_index=False, related_name="notifications"
    )
    channel = models.CharField(max_length=20, choices=ChannelKind.choices)
    via = models.ForeignKey(Channel, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    rule = models.CharField(max_length=40)
    node = models.ForeignKey(WorkNode, on_delete=models.PROTECT, db_index=False, related_name="+")
    request = models.ForeignKey(
        DeferralRequest, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    slot = models.CharField(max_length=60)
    dedup_key = models.CharField(max_length=200)
    batch = models.CharField(max_length=200)

    happened_at = models.DateTimeField()
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    put_off_until = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=State.choices)
    claim_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    message_id = models.CharField(max_length=120, blank=True)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-happened_at", "-id"]
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["dedup_key"], name="told_once")]
        indexes = [
            models.Index(
                Coalesce("via", 0),
                models.F("due_at"),
                condition=Q(state__in=["pending", "sending"]),
                name="notification_to_send_to",
            ),
            models.Index(fields=["batch"], name="notification_batch"),
            models.Index(fields=["office", "-happened_at"], name="notification_newest"),
            models.Index(
                fields=["office", "-happened_at"],
                condition=Q(state__in=["dead", "muted"]),
                name="notification_in_trouble",
            ),
            models.Index(
                fields=["recipient", "-happened_at"],
                condition=Q(channel="in_app", read_at=None),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.dedup_key
