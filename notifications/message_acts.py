"""What administrators do to messages: send again what was given up, mute what is not to go out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import delivery, doorbell
from notifications.ledger_filters import rows_that_fit
from notifications.messages import muting_of
from notifications.models import PERSONAL, Notification
from workflow import audit
from workflow.models import Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound, WrongState

MOST_RETRIED = 10_000
State = Notification.State
TO_MUTE = (State.PENDING, State.DEAD)


@transaction.atomic
def retry(*, actor: User, office: Office, row_id: int) -> int:
    """Give a message that was given up another round of attempts; return how many rows it has.

    Raises NotAllowed, NotFound, WrongState where it was not given up.
    """
    rows = _locked(actor, office, row_id)
    dead = [row for row in rows if row.state == State.DEAD]
    if not dead:
        raise WrongState(_("This message was not given up."))
    _again([row.pk for row in dead])
    _record(actor, office, "message.retried", rows)
    return len(dead)


@transaction.atomic
def retry_all(*, actor: User, office: Office, chosen: dict[str, Any]) -> int:
    """The same for all messages given up that fit `chosen`, ten thousand rows at most; how many rows."""
    require(actor, "workflow.manage_settings", office)
    dead = rows_that_fit(office, chosen).filter(state=State.DEAD).order_by("pk")
    ids = list(
        dead.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:MOST_RETRIED]
    )
    if ids:
        _again(ids)
        audit.record(actor, "message.retried_all", office, data={"count": len(ids)})
    return len(ids)


@transaction.atomic
def mute(*, actor: User, office: Office, row_id: int, reason: str) -> None:
    """Let a message that waits or was given up rest, and be no failure any more.

    Raises NotAllowed, NotFound, Invalid without a reason, WrongState where it is sent, or just being sent.
    """
    rows = _locked(actor, office, row_id)
    if not reason.strip():
        raise Invalid({"reason": [_("Say why, so that others know later.")]})
    found = [row for row in rows if row.state in TO_MUTE]
    if not found or any(row.state == State.SENDING for row in rows):
        raise WrongState(_("Only what waits or was given up can be muted."))
    before = State.DEAD if any(row.state == State.DEAD for row in found) else State.PENDING
    _rows(found).update(state=State.MUTED)
    _record(actor, office, "message.muted", rows, reason=reason.strip(), from_state=before)


@transaction.atomic
def unmute(*, actor: User, office: Office, row_id: int) -> None:
    """Let a muted message be what it was before. Raises NotAllowed, NotFound, WrongState."""
    rows = _locked(actor, office, row_id)
    muted = [row for row in rows if row.state == State.MUTED]
    if not muted:
        raise WrongState(_("This message is not muted."))
    entry = muting_of(office, rows[0].batch)
    before = entry.from_state if entry and entry.from_state in TO_MUTE else State.DEAD
    _rows(muted).update(state=before)
    _record(actor, office, "message.unmuted", rows, to_state=before)


def _locked(actor: User, office: Office, row_id: int) -> list[Notification]:
    """The rows of the message, locked; the administrators' business alone."""
    require(actor, "workflow.manage_settings", office)
    batch = Notification.objects.filter(office=office, pk=row_id).values("batch")
    rows = list(
        Notification.objects.filter(office=office, batch__in=batch)
        .select_for_update(of=("self",)).select_related("recipient", "via", "node").order_by("pk")
    )  # fmt: skip
    if not rows:
        raise NotFound(_("There is no such message."))
    return rows


def _rows(rows: Sequence[Notification]) -> Any:
    return Notification.objects.filter(pk__in=[row.pk for row in rows])


def _again(ids: list[int]) -> None:
    delivery.retry(Notification.objects.filter(pk__in=ids))
    transaction.on_commit(doorbell.ring_sweep, robust=True)


def _record(actor: User, office: Office, action: str, rows: Sequence[Notification], **more: Any) -> None:
    """In the trail of the office, with whom the message is for and what it is about."""
    first = rows[0]
    to = str(first.recipient) if first.channel in PERSONAL else str(first.via)
    numbers = sorted({row.node.number for row in rows})
    data = {"batch": first.batch, "to": to, "nodes": "、".join(map(str, numbers[:20]))}
    audit.record(actor, action, office, data=data, **more)
