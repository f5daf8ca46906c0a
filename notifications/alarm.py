"""Telling the administrators that people are not being told: once a day and cause, and when it is well again.

Alarms are rows of their own: they are about no node, and they go out beside the outbox, whose trouble they
tell of. Any number of beats may watch at once; a unique key says which of them raises an alarm, and a row
lock which of them sends it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pydantic import ValidationError

from notifications import cockpit, rates
from notifications.alarm_words import headline, todo
from notifications.channels import OPENED
from notifications.channels.email import Email
from notifications.channels.protocol import Adapter, Message, Outcome, Result
from notifications.heartbeats import Pulse, pulse
from notifications.letters import person
from notifications.models import PERSONAL, Alarm, Channel, ChannelKind, ReminderScan
from notifications.timing import send_moment
from workflow import people
from workflow.models import Office, Post, PostKind, User

logger = logging.getLogger(__name__)

LATE = timedelta(minutes=30)
SCAN_OVERDUE = timedelta(hours=1)
BEAT_SILENT = timedelta(minutes=10)
# A working day: by then it is no hiccup, and people have noticed nothing.
FAILS_ALL_DAY = timedelta(hours=8)
Cause = Alarm.Cause


@dataclass(frozen=True)
class Trouble:
    """What is wrong now, since when; with the channel that it is about, and the other side's words."""

    cause: str
    since: datetime
    channel: str = ""
    via_id: int | None = None
    said: str = ""

    @property
    def key(self) -> tuple[str, str, int | None]:
        return self.cause, self.channel, self.via_id


def watch(now: datetime | None = None, *, beat: Pulse | None = None) -> int:
    """Raise what is wrong, end what is over, and send what is to be said of it; return how many were sent.

    `beat` is what was alive before this tick, the present when None.
    """
    now = now or timezone.now()
    alive = beat or pulse(now)
    by_office: dict[int, list[cockpit.Line]] = {}
    for line in cockpit.lines(now=now):
        by_office.setdefault(line.office_id, []).append(line)
    for office in Office.objects.all():
        # After a standstill the first thing is to work off what waits: neither late nor on time as yet.
        open_questions = (Cause.LATE, Cause.SCAN) if alive.has_just_come_back else ()
        wrong = troubles(office, by_office.get(office.pk, []), alive, now)
        found = [one for one in wrong if one.cause not in open_questions]
        _raise(office, found, now)
        _end(office, found, now, but=open_questions)
    return _tell_all(now)


def troubles(office: Office, lines: Sequence[cockpit.Line], alive: Pulse, now: datetime) -> Iterator[Trouble]:
    """What is wrong in `office`."""
    oldest = cockpit.oldest(lines)
    if oldest and now - oldest > LATE:
        yield Trouble(Cause.LATE, oldest)
    if missing := _missing_scan(office, now):
        yield Trouble(Cause.SCAN, missing)
    if alive.beat_at and now - alive.beat_at > BEAT_SILENT:
        yield Trouble(Cause.BEAT, alive.beat_at)
    for line in lines:
        if line.failing_since and now - line.failing_since > FAILS_ALL_DAY:
            said = " ".join(filter(None, line.said))
            yield Trouble(Cause.CHANNEL, line.failing_since, line.channel, line.via_id, said)


def _missing_scan(office: Office, now: datetime) -> datetime | None:
    """When the day's reminders should have been written, where nobody has by an hour later."""
    today = office.day(now)
    try:
        moment = send_moment(office, today)
    except ValidationError:  # a policy that cannot be read reminds nobody, at whatever hour
        moment = datetime.combine(today, time(), office.zone)
    if now - moment < SCAN_OVERDUE or ReminderScan.objects.filter(office=office, day=today).exists():
        return None
    return moment


def _raise(office: Office, found: Sequence[Trouble], now: datetime) -> None:
    Alarm.objects.bulk_create(
        [
            Alarm(
                office=office, cause=one.cause, channel=one.channel, via_id=one.via_id, day=office.day(now),
                since=one.since, said=one.said[:500], raised_at=now,
            )
            for one in found
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _end(office: Office, found: Sequence[Trouble], now: datetime, *, but: Sequence[str] = ()) -> None:
    """Alarms whose cause is gone are over, `but` for these causes; of one cause's several days only the last
    is told well again."""
    wrong = {one.key for one in found}
    with transaction.atomic():
        standing = Alarm.objects.select_for_update(skip_locked=True).filter(office=office, ended_at=None)
        standing = standing.exclude(cause__in=but)
        over = [one for one in standing if (one.cause, one.channel, one.via_id) not in wrong]
        told: set[tuple[str, str, int | None]] = set()
        for one in over:  # the newest first
            key = (one.cause, one.channel, one.via_id)
            one.ended_at = now
            one.well_told_at = now if key in told or not one.told_at else None
            one.told_at = one.told_at or now  # it passed before anybody was told
            told.add(key)
            one.save(update_fields=["ended_at", "told_at", "well_told_at"])


def standing_in(office: Office) -> list[Alarm]:
    """What is wrong in `office` as far as it was noticed, the newest first, each cause once."""
    found = Alarm.objects.filter(office=office, ended_at=None).select_related("via")
    newest: dict[tuple[str, str, int | None], Alarm] = {}
    for one in found:
        newest.setdefault((one.cause, one.channel, one.via_id), one)
    return list(newest.values())


# Sending

_UNTOLD = Q(told_at=None) | Q(ended_at__isnull=False, well_told_at=None)


def _tell_all(now: datetime) -> int:
    waiting = list(Alarm.objects.filter(_UNTOLD).values_list("pk", flat=True)[:50])
    return sum(_tell(pk, now) for pk in waiting)


@transaction.atomic
def _tell(pk: int, now: datetime) -> bool:
    """Send one alarm, or that it is over; what no channel takes is tried again with the next tick."""
    alarm = (
        Alarm.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("office", "via").filter(_UNTOLD, pk=pk).first()
    )  # fmt: skip
    if alarm is None or not _send(alarm):
        return False
    field = "told_at" if alarm.told_at is None else "well_told_at"
    setattr(alarm, field, now)
    alarm.save(update_fields=[field])
    return True


def _send(alarm: Alarm) -> bool:
    """Through the mailbox, or, where that is what fails or fails now, through whatever else works."""
    administrators = administrators_of(alarm.office)
    if alarm.channel != ChannelKind.EMAIL and _mailed(alarm, administrators):
        return True
    return any(_sent_through(channel, alarm, administrators) for channel in _others(alarm))


def administrators_of(office: Office) -> list[User]:
    """Who acts for an administrator's post today."""
    posts = Post.objects.filter(office=office, kind=PostKind.ADMINISTRATOR)
    found = people.acting_for(posts, office.day(timezone.now()))
    return list({user.pk: user for user in found if user.is_active}.values())


def _mailed(alarm: Alarm, administrators: Sequence[User]) -> bool:
    with_mail = [user for user in administrators if user.email]
    if not with_mail:
        return False
    return _given(Email(), [_message(alarm, user) for user in with_mail])


def _others(alarm: Alarm) -> list[Channel]:
    """The office's other channels that work, those that reach a person first."""
    found = Channel.objects.filter(office=alarm.office, is_active=True, failing_since=None, division=None)
    usable = [one for one in found.exclude(pk=alarm.via_id or 0) if one.kind in OPENED]
    return sorted(usable, key=lambda one: one.kind not in PERSONAL)


def _sent_through(channel: Channel, alarm: Alarm, administrators: Sequence[User]) -> bool:
    readers = list(administrators)
    if channel.kind == ChannelKind.WECOM_APP:
        readers = [user for user in readers if person(user).wecom]
    if not readers or rates.wait_for(channel):
        return False
    if channel.kind not in PERSONAL:
        readers = readers[:1]
    given = _given(OPENED[channel.kind](channel), [_message(alarm, user) for user in readers])
    rates.over(channel)
    return given


def _given(adapter: Adapter, messages: Sequence[Message]) -> bool:
    """Whether at least one of them was accepted; each is tried."""
    with closing(adapter):
        results = [_tried(adapter, message).result for message in messages]
    return Result.OK in results


def _tried(adapter: Adapter, message: Message) -> Outcome:
    outcome = adapter.send(message)
    if outcome.result != Result.OK:
        logger.warning("an alarm did not go out: %s %s", outcome.result, outcome.vendor_code)
    return outcome


def _message(alarm: Alarm, reader: User) -> Message:
    """In the reader's language: what is wrong and what to do, or that it is well again."""
    link = settings.BASE_URL + reverse("settings-messages")
    well = alarm.told_at is not None
    language, zone = reader.language or settings.LANGUAGE_CODE, alarm.office.zone
    with translation.override(language), timezone.override(zone):
        subject = headline(alarm, well=well)
        body = [_("%(name)s:") % {"name": reader}, subject, *([] if well else [todo(alarm)]), link]
        text = "\n\n".join([*body, _("Sent by Jiedian; please do not reply.")]) + "\n"
    mark = f"{alarm.pk}:{'well' if well else 'alarm'}:{reader.pk}"
    key = f"<alarm-{hashlib.sha256(mark.encode()).hexdigest()[:32]}@jiedian>"
    return Message(
        key=key, subject=f"[{alarm.office}] {subject}"[:200], text=text, people=(person(reader),), link=link
    )
