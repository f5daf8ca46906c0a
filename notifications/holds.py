"""Places that are left alone for a while, and until when: one fact each, which every worker asks.

A place is the mail server, which all offices share, or what a channel leads to: two channels with the same
address are one to its vendor.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from notifications.models import Channel, ChannelKind, Hold


def destination(via: Channel | None) -> str:
    """The place that `via` leads to, the mail server where it is None; as `sql.PLACES` names it."""
    if via is None:
        return str(ChannelKind.EMAIL)
    return f"{via.kind}:{via.settings.get('mark') or via.pk}"


def seconds_left(via: Channel | None) -> float:
    """How long nothing may be sent there, 0 when something may."""
    now = timezone.now()
    until = Hold.objects.filter(destination=destination(via), until__gt=now).values_list("until", flat=True)
    return max(((moment - now).total_seconds() for moment in until), default=0)


def in_force(destinations: Iterable[str]) -> dict[str, Hold]:
    """The holds on these places that keep something back now, by place."""
    found = Hold.objects.filter(destination__in=set(destinations), until__gt=timezone.now())
    return {hold.destination: hold for hold in found}


def answered(via: Channel | None) -> None:
    """Something was answered there: what waits may go, unless it is just to be left alone."""
    Hold.objects.filter(destination=destination(via), until__lte=timezone.now()).delete()
