"""The audit trail: record an act, seal what was recorded, verify the seals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from workflow.clock import moment
from workflow.models import AuditEntry, AuditSeal, Office, User

MEMBER_BYTES = 8 + 32
GENESIS = b"\0" * 32
# What a seal vouches for, written out: a column that comes later must not make old seals look broken.
SEALED = (
    "id", "office_id", "at", "recorded_at", "transaction", "actor_id", "on_behalf_of_id", "action",
    "subject_type", "subject_id", "subject", "from_state", "to_state", "reason", "data",
)  # fmt: skip
BATCH = 5000

# Every act ends here: written out, it costs half of what composing it anew would.
RECORD = """
    INSERT INTO workflow_auditentry (
        office_id, at, actor_id, on_behalf_of_id, action, subject_type, subject_id, subject,
        from_state, to_state, reason, data)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def record(
    actor: User | None,
    action: str,
    subject: models.Model,
    *,
    at: datetime | None = None,
    on_behalf_of_id: int | None = None,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Write what `actor` did to `subject`, in the caller's transaction; None as actor is the system."""
    facts = (
        subject.pk if isinstance(subject, Office) else getattr(subject, "office_id", None),
        moment(at),
        actor.pk if actor else None,
        on_behalf_of_id,
        action,
        str(subject._meta.model_name),
        subject.pk,
        str(subject)[:320],
        str(from_state),
        str(to_state),
        reason,
        json.dumps(data or {}, ensure_ascii=False),
    )
    with connection.cursor() as cursor:
        cursor.execute(RECORD, facts)


def trail(subject: models.Model) -> models.QuerySet[AuditEntry]:
    """Everything recorded about `subject`, oldest first."""
    return (
        AuditEntry.objects.filter(subject_type=subject._meta.model_name, subject_id=subject.pk)
        .select_related("actor", "on_behalf_of")
        .order_by("at", "id")
    )


def seal() -> int:
    """Put every committed, unsealed entry under a new seal of its office's chain; return how many.

    Entries are taken by being unsealed, not by their number, so one that commits late is simply in the
    next seal. Any number of sealers may run at once: they queue on an advisory lock.
    """
    sealed = 0
    while batch := _seal_batch():
        sealed += batch
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jiedian.audit.seal'))")
    entries = list(AuditEntry.objects.filter(seal=None).order_by("id")[:BATCH])
    chains: dict[int | None, list[AuditEntry]] = {}
    for entry in entries:
        chains.setdefault(entry.office_id, []).append(entry)
    for office_id, members in chains.items():
        _append_seal(office_id, members)
    return len(entries)


def _append_seal(office_id: int | None, entries: list[AuditEntry]) -> None:
    last = AuditSeal.objects.filter(office=office_id).order_by("-number").first()
    number = last.number + 1 if last else 1
    previous = bytes(last.digest) if last else GENESIS
    members = b"".join(_member(entry) for entry in entries)
    new = AuditSeal.objects.create(
        office_id=office_id,
        number=number,
        members=members,
        previous_digest=previous,
        digest=_chain_digest(previous, number, members),
    )
    AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=new)


def _member(entry: AuditEntry) -> bytes:
    return entry.pk.to_bytes(8, "big") + _entry_digest(entry)


def _entry_digest(entry: AuditEntry) -> bytes:
    facts = {name: _plain(getattr(entry, name)) for name in SEALED}
    return hashlib.sha256(
        json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    ).digest()


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _chain_digest(previous: bytes, number: int, members: bytes) -> bytes:
    return hashlib.sha256(previous + number.to_bytes(8, "big") + members).digest()


@dataclass(frozen=True)
class Verdict:
    """What verification found: counts, and one sentence a flaw, the earliest first."""

    entries: int
    seals: int
    flaws: list[str]


def verify(office: Office | None = None) -> Verdict:
    """Recompute every chain (or `office`'s alone) and name what does not fit."""
    seals = AuditSeal.objects.order_by("office", "number")
    entries = AuditEntry.objects.all()
    if office:
        seals, entries = seals.filter(office=office), entries.filter(office=office)
    flaws: list[str] = []
    ends: dict[int | None, tuple[int, bytes]] = {}
    for one in seals.iterator(chunk_size=50):
        number, previous = ends.get(one.office_id, (0, GENESIS))
        flaws += _seal_flaws(one, number + 1, previous)
        flaws += _member_flaws(one)
        ends[one.office_id] = (one.number, bytes(one.digest))
    return Verdict(entries.count(), seals.count(), flaws)


def _seal_flaws(one: AuditSeal, number: int, previous: bytes) -> Iterator[str]:
    if one.number != number:
        facts = {"id": one.pk, "number": one.number, "due": number}
        yield _("seal %(id)d: number %(number)d where %(due)d was due, a seal is missing") % facts
    elif bytes(one.previous_digest) != previous:
        yield _("seal %(id)d: does not follow the seal before it") % {"id": one.pk}
    if bytes(one.digest) != _chain_digest(bytes(one.previous_digest), one.number, bytes(one.members)):
        yield _("seal %(id)d: edited after sealing") % {"id": one.pk}


def _member_flaws(one: AuditSeal) -> Iterator[str]:
    members = bytes(one.members)
    parts = [members[i : i + MEMBER_BYTES] for i in range(0, len(members), MEMBER_BYTES)]
    expected = {int.from_bytes(part[:8], "big"): part[8:] for part in parts}
    found = {entry.pk: entry for entry in AuditEntry.objects.filter(seal=one)}
    for pk in sorted(expected.keys() | found.keys()):
        if pk not in found:
            yield _("entry %(id)d: removed after sealing") % {"id": pk}
        elif pk not in expected:
            yield _("entry %(id)d: inserted after sealing") % {"id": pk}
        elif _entry_digest(found[pk]) != expected[pk]:
            yield _("entry %(id)d: edited after sealing") % {"id": pk}
