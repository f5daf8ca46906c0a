"""Setting up the ways by which an office tells people something: robots, applications, addresses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from notifications.channels.kinds import KINDS, clean
from notifications.models import Channel, Notification
from notifications.secrets import seal, unseal
from workflow import audit
from workflow.models import Division, Office, User
from workflow.permissions import require
from workflow.refusals import Invalid, NotFound, WrongState
from workflow.second_click import said_before
from workflow.services.meanwhile import changed_meanwhile

MOST_CHANNELS = 50
LONGEST_NAME = 60
State = Notification.State


def add_channel(
    *,
    actor: User,
    office: Office,
    kind: str,
    name: str,
    values: Mapping[str, str],
    division_id: int | None = None,
    at: datetime | None = None,
) -> Channel:
    """Set up a channel for the nodes of a division, or of the whole office when None.

    Added twice by the same person it is one. Raises NotAllowed, NotFound for an unknown kind, Invalid by
    field. Looks up the hosts of addresses, and so may take a few seconds.
    """
    require(actor, "workflow.manage_settings", office, at=at)
    if kind not in KINDS:
        raise NotFound(_("There is no such kind of channel."))
    public, secrets = _cleaned(kind, values, {}, _wrong_facts(office, name, division_id))
    with transaction.atomic():
        rows = _locked(office)
        same = next((row for row in rows if row.name == name.strip()), None)
        if same and same.settings == public and said_before(actor, same, "channel.added", kind=kind):
            return same
        _check_room(rows, name)
        row = Channel.objects.create(
            office=office, division_id=division_id, kind=kind, name=name.strip(), settings=public,
            secrets=seal(secrets),
        )  # fmt: skip
        facts = {"channel": row.name, "kind": kind, "after": _shown(row), "secrets": sorted(secrets)}
        audit.record(actor, "channel.added", row, at=at, data=facts)
    return row


def change_channel(
    *,
    actor: User,
    office: Office,
    channel_id: int,
    name: str,
    values: Mapping[str, str],
    division_id: int | None = None,
    forget: Collection[str] = (),
    seen: str = "",
    at: datetime | None = None,
) -> bool:
    """Change a channel; return whether it is another than before. A secret left empty stays, unless it is
    among those to `forget`.

    Raises NotAllowed, NotFound, Invalid by field, Conflict when it is not the one `seen` (by its
    `version_of`) any more.
    """
    require(actor, "workflow.manage_settings", office, at=at)
    read = channel_of(office, channel_id)
    known = {key: secret for key, secret in _known(read).items() if key not in forget}
    public, secrets = _cleaned(read.kind, values, known, _wrong_facts(office, name, division_id))
    with transaction.atomic():
        rows = _locked(office)
        row = next((row for row in rows if row.pk == channel_id), None) or channel_of(office, channel_id)
        changed = _changed_secrets(row, secrets)
        after = (name.strip(), division_id, public)
        if (row.name, row.division_id, row.settings) == after and not changed:
            return False
        if version_of(row) != (seen or version_of(read)):
            raise changed_meanwhile(actor, row, office, "channel.")
        _check_name([other for other in rows if other.pk != row.pk], name)
        before = _shown(row)
        row.name, row.division_id, row.settings = after
        row.secrets = seal(secrets)
        row.save(update_fields=["name", "division", "settings", "secrets"])
        facts = {"channel": row.name, "before": before, "after": _shown(row), "secrets": changed}
        audit.record(actor, "channel.changed", row, at=at, data=facts)
    return True


@transaction.atomic
def switch_channel(
    *, actor: User, office: Office, channel_id: int, on: bool, at: datetime | None = None
) -> bool:
    """Let a channel be used, or not; return whether that is new. What waits to go through one that is
    switched off is not sent. Raises NotAllowed, NotFound."""
    require(actor, "workflow.manage_settings", office, at=at)
    row = _one(office, channel_id)
    if row.is_active == on:
        return False
    row.is_active = on
    row.save(update_fields=["is_active"])
    waiting = Notification.objects.filter(via=row, state=State.PENDING)
    lapsed = 0 if on else waiting.update(state=State.LAPSED, last_error="the channel was switched off")
    facts = {"channel": row.name, "lapsed": lapsed}
    audit.record(actor, "channel.switched_on" if on else "channel.switched_off", row, at=at, data=facts)
    return True


@transaction.atomic
def remove_channel(*, actor: User, office: Office, channel_id: int, at: datetime | None = None) -> None:
    """Take away a channel through which nothing ever went. Raises NotAllowed, NotFound, and WrongState where
    the ledger names it: that one can be switched off."""
    require(actor, "workflow.manage_settings", office, at=at)
    row = _one(office, channel_id)
    if is_used(row):
        raise WrongState(_("Messages went through this channel, so it is kept; switch it off instead."))
    facts = {"channel": row.name, "id": row.pk, "kind": row.kind}
    audit.record(actor, "channel.removed", office, at=at, data=facts)
    row.delete()


def channel_of(office: Office, channel_id: int) -> Channel:
    """The office's channel. Raises NotFound."""
    row = Channel.objects.filter(office=office, pk=channel_id).select_related("division", "office").first()
    if row is None:
        raise NotFound(_("There is no such channel."))
    return row


def is_used(channel: Channel) -> bool:
    """Whether a row of the ledger names it."""
    return Notification.objects.filter(via=channel).order_by().exists()


def version_of(channel: Channel) -> str:
    """What tells one way to set a channel up from another."""
    facts = [channel.name, channel.division_id, sorted(channel.settings.items()), channel.secrets]
    return sha256(repr(facts).encode()).hexdigest()[:16]


def _known(channel: Channel) -> dict[str, str]:
    """The secrets until now; none that could be kept where the key is another by now."""
    try:
        return unseal(channel.secrets)
    except Invalid:
        return {}


def _cleaned(
    kind: str, values: Mapping[str, str], known: Mapping[str, str], wrong: dict[str, list[str]]
) -> tuple[dict[str, str], dict[str, str]]:
    """What is kept of `values`; everything that is wrong at once."""
    try:
        found = clean(kind, values, known)
    except Invalid as refusal:
        found_wrong = {str(field): said for field, said in refusal.errors.items()}
        raise Invalid(found_wrong | wrong) from None
    if wrong:
        raise Invalid(wrong)
    return found


def _wrong_facts(office: Office, name: str, division_id: int | None) -> dict[str, list[str]]:
    """What is wrong with the name and the division, by field."""
    wrong = {}
    name = name.strip()
    if not name:
        wrong["name"] = [_("This has to be filled in.")]
    elif len(name) > LONGEST_NAME or not name.isprintable():
        wrong["name"] = [_("At most %(limit)d characters, on one line.") % {"limit": LONGEST_NAME}]
    if division_id is not None and not Division.objects.filter(office=office, pk=division_id).exists():
        wrong["division"] = [_("Choose one of those offered.")]
    return wrong


def _locked(office: Office) -> list[Channel]:
    """The office's channels; whoever else sets them up waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('jiedian.channels'), %s)", [office.pk])
    return list(Channel.objects.filter(office=office).select_for_update(no_key=True))


def _one(office: Office, channel_id: int) -> Channel:
    found = next((row for row in _locked(office) if row.pk == channel_id), None)
    return found or channel_of(office, channel_id)


def _check_room(rows: list[Channel], name: str) -> None:
    if len(rows) >= MOST_CHANNELS:
        raise Invalid(_("An office has at most %(limit)d channels.") % {"limit": MOST_CHANNELS})
    _check_name(rows, name)


def _check_name(rows: list[Channel], name: str) -> None:
    if any(row.name == name.strip() for row in rows):
        raise Invalid({"name": [_("There is a channel of this name already.")]})


def _changed_secrets(row: Channel, secrets: Mapping[str, str]) -> list[str]:
    known = _known(row)
    return sorted(key for key in {*known, *secrets} if known.get(key) != secrets.get(key))


def _shown(row: Channel) -> dict[str, Any]:
    """What the trail keeps of a channel: nothing that is secret, nor what tells where it leads."""
    public = {key: value for key, value in row.settings.items() if key != "mark"}
    return {"name": row.name, "division": row.division_id, **public}
