"""How the channels of an office stand, as its settings show them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from notifications.channels.advice import advice
from notifications.models import Attempt, Channel, ChannelKind
from workflow.models import Office

ALWAYS = (ChannelKind.IN_APP, ChannelKind.EMAIL)


@dataclass(frozen=True)
class ChannelLine:
    """A channel, its newest attempt, and, while it fails, why and what to do."""

    channel: Channel
    last: Attempt | None
    why: str = ""
    todo: str = ""


def channel_lines(office: Office) -> list[ChannelLine]:
    """The office's channels, those in use first."""
    newest = Attempt.objects.filter(via=OuterRef("pk")).order_by("-began_at", "-id").values("pk")[:1]
    found = Channel.objects.filter(office=office).select_related("division").annotate(last=Subquery(newest))
    rows = list(found.order_by("-is_active", "name", "id"))
    attempts = Attempt.objects.in_bulk([row.last for row in rows if row.last])
    return [_line(row, attempts.get(row.last)) for row in rows]


def _line(channel: Channel, last: Attempt | None) -> ChannelLine:
    if channel.failing_since is None:
        return ChannelLine(channel, last)
    if last and last.result != Attempt.Result.OK:
        return ChannelLine(channel, last, *why(last))
    code, _space, words = channel.trouble.partition(" ")
    return ChannelLine(channel, last, *advice(channel.kind, code, words))


def kinds_of(office: Office) -> list[str]:
    """The kinds of channel by which the office tells people: what every office has, and what it set up."""
    used = set(Channel.objects.filter(office=office, is_active=True).values_list("kind", flat=True))
    return [kind.value for kind in ChannelKind if kind in used or kind in ALWAYS]


def why(attempt: Attempt) -> tuple[str, str]:
    """Why it failed, and what to do."""
    return advice(attempt.channel, attempt.vendor_code, attempt.vendor_message)


@dataclass(frozen=True)
class MailRoute:
    """Through what the installation sends its mail: nothing of its log-in."""

    sender: str
    server: str
    secured: str


def mail_route() -> MailRoute:
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if "smtp" in settings.EMAIL_BACKEND else ""
    secured = (
        "TLS" if settings.EMAIL_USE_SSL else "STARTTLS" if settings.EMAIL_USE_TLS else _("not encrypted")
    )
    return MailRoute(settings.DEFAULT_FROM_EMAIL, server, secured)
