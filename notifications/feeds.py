"""A person's deadlines and sign-offs as a calendar (RFC 5545) that their own calendar subscribes to.

Whoever knows the address reads it, without a log-in; so it holds a secret of 256 bits, of which only the
SHA-256 is kept, and which its owner can make anew or revoke at any time.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from approvals.models import SignOff
from approvals.selectors import waiting_for
from approvals.waiting import sign_off_escalated_at
from nodes.addresses import node_url
from nodes.models import Cycle, State, WorkNode
from notifications.models import Feed
from notifications.plain_words import literal
from workflow import audit, people
from workflow.models import AuditEntry, User
from workflow.refusals import NotFound

SECRET_BYTES = 32
LONGEST_SECRET = 64
MOST_EVENTS = 500
READ_NOTED = timedelta(minutes=5)
REFRESH = timedelta(hours=1)
OPEN = (State.PLANNED, State.IN_PROGRESS)


# The secret address


@transaction.atomic
def make(*, actor: User) -> str:
    """Give `actor` a new secret and return it, this once; a former one stops at once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    Feed.objects.update_or_create(
        user=actor, defaults={"digest": digest_of(secret), "made_at": timezone.now(), "read_at": None}
    )
    audit.record(actor, "feed.made", actor)
    return secret


@transaction.atomic
def revoke(*, actor: User) -> bool:
    """Let `actor`'s address lead nowhere; return whether there was one."""
    deleted, _models = Feed.objects.filter(user=actor).delete()
    if deleted:
        audit.record(actor, "feed.revoked", actor)
    return bool(deleted)


def feed_of(user: User) -> Feed | None:
    return Feed.objects.filter(user=user).first()


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def opened(secret: str) -> Feed:
    """The feed behind the address. Raises NotFound for whatever is no living person's present secret."""
    found = Feed.objects.filter(digest=digest_of(secret), user__is_active=True, user__office__isnull=False)
    feed = found.select_related("user__office").first() if len(secret) <= LONGEST_SECRET else None
    if feed is None:
        raise NotFound(_("There is no such calendar."))
    return feed


def note_reading(feed: Feed) -> None:
    """Keep when the feed was last read, to some minutes: its owner sees whether it is in use."""
    now = timezone.now()
    if feed.read_at is None or now - feed.read_at > READ_NOTED:
        Feed.objects.filter(pk=feed.pk, digest=feed.digest).update(read_at=now)


# The calendar


def calendar_of(user: User) -> bytes:
    """The open deadlines of `user`'s divisions and the sign-offs that wait for `user`, in their language."""
    with translation.override(user.language or settings.LANGUAGE_CODE):
        calendar = _frame(user)
        events = [*_deadlines(user), *_sign_offs(user)]
        for event in events[:MOST_EVENTS]:
            calendar.add_component(event)
        return bytes(calendar.to_ical())


def _frame(user: User) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Jiedian//Jiedian//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    name = literal(_("%(office)s: my nodes") % {"office": user.office})
    calendar.add("x-wr-calname", name)
    calendar.add("name", name)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", REFRESH)
    return calendar


def _deadlines(user: User) -> Iterable[Event]:
    mine = WorkNode.objects.visible_to(user).filter(
        lead_division__in=people.divisions_of(user),
        cycle__status=Cycle.Status.OPEN,
        state__in=OPEN,
        current_deadline__isnull=False,
    )
    nodes = list(
        mine.select_related("cycle", "lead_division").order_by("current_deadline", "number")[:MOST_EVENTS]
    )
    changed = _changes("worknode", [node.pk for node in nodes])
    return [_deadline(node, changed.get(node.pk)) for node in nodes]


def _deadline(node: WorkNode, changed: datetime | None) -> Event:
    assert node.current_deadline is not None
    title = _("Due: %(number)d %(title)s") % {"number": node.number, "title": node.title}
    facts = [f"{node.lead_division} · {node.get_state_display()}"]
    return _event(
        f"node-{node.pk}", node.current_deadline, title, facts, node_url(node),
        sequence=node.version, changed=changed,
    )  # fmt: skip


def _sign_offs(user: User) -> Iterable[Event]:
    waiting = waiting_for(user)
    changed = _changes("deferralrequest", [one.request.pk for one in waiting])
    return [_sign_off(user, one.needed, changed.get(one.request.pk)) for one in waiting]


def _sign_off(user: User, needed: SignOff, changed: datetime | None) -> Event:
    """On the day by which it should be signed: then it is told further up."""
    request, office = needed.request, user.office
    assert office is not None
    request.office = office  # one instance: it remembers its calendar
    request.__dict__["step_opened_at"] = needed.opened_at
    by = office.day(sign_off_escalated_at(request))
    node = request.node
    title = _("To sign: deferral of %(number)d %(title)s") % {"number": node.number, "title": node.title}
    facts = [_("%(division)s asks for a deferral: please sign") % {"division": node.lead_division}]
    return _event(
        f"sign-off-{needed.pk}", by, title, facts, reverse("deferral", args=[request.pk]),
        sequence=0, changed=changed or needed.opened_at,
    )  # fmt: skip


def _event(
    uid: str, day: date, title: str, facts: list[str], path: str, *, sequence: int, changed: datetime | None
) -> Event:
    """An event of a whole day that keeps nobody busy; the same as long as nothing happens."""
    link = f"{settings.BASE_URL}{path}"
    at = (changed or datetime(day.year, 1, 1, tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    event = Event()
    event.add("uid", f"{uid}@{urlsplit(settings.BASE_URL).hostname or 'jiedian'}")
    event.add("dtstamp", at)
    event.add("last-modified", at)
    event.add("sequence", sequence)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", literal(title))
    event.add("description", "\n".join([*map(literal, facts), link]))
    event.add("url", link)
    event.add("status", "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event


def _changes(subject: str, ids: list[int]) -> dict[int, Any]:
    """When something last happened to each, from the trail."""
    if not ids:
        return {}
    entries = AuditEntry.objects.filter(subject_type=subject, subject_id__in=ids).order_by()
    return dict(entries.values_list("subject_id").annotate(Max("at")))
