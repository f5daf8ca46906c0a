"""Keeping what only a channel may know: sealed with a key that the database does not hold."""

from __future__ import annotations

import json
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.models import Channel
from workflow.refusals import Invalid


def seal(secrets: dict[str, str]) -> str:
    """`secrets` as one text that only the key opens. Raises Invalid where no key is set."""
    return _keys().encrypt(json.dumps(secrets, sort_keys=True).encode()).decode() if secrets else ""


def unseal(sealed: str) -> dict[str, str]:
    """What was sealed. Raises Invalid where no key is set, or none of those that are fits."""
    if not sealed:
        return {}
    try:
        return json.loads(_keys().decrypt(sealed.encode()))
    except InvalidToken as error:
        raise Invalid(
            _("The secret cannot be read: SECRETS_KEY is not the one it was sealed with.")
        ) from error


def reseal(sealed: str) -> str:
    """The same secret under the newest key."""
    return _keys().rotate(sealed.encode()).decode() if sealed else ""


@transaction.atomic
def reseal_all() -> int:
    """Put every channel's secrets under the newest key, all or none; return how many.

    Raises Invalid, and names the channel, where none of the keys fits.
    """
    channels = Channel.objects.select_for_update(of=("self",)).exclude(secrets="").order_by("pk")
    for channel in channels:
        try:
            channel.secrets = reseal(channel.secrets)
        except InvalidToken as error:
            words = _("The secret of “%(channel)s” cannot be read: keep the key it was sealed with.")
            raise Invalid(words % {"channel": channel.name}) from error
        channel.save(update_fields=["secrets"])
    return len(channels)


def _keys() -> MultiFernet:
    if not settings.SECRETS_KEYS:
        raise Invalid(_("SECRETS_KEY is not set: without it no secret can be kept."))
    return _fernets(tuple(settings.SECRETS_KEYS))


@cache
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
