"""How the sending of messages stands: what waits, what went out, and what is in trouble."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from notifications.channels.advice import advice
from notifications.heartbeats import Pulse, pulse
from notifications.models import Channel, ChannelKind
from workflow.models import Office

PATIENCE = 0.3  # seconds that Redis has to answer

# Messages that wait, by office and channel. What failed before waits since its first attempt, which put off
# when it is due, what its channel has no room for since it was to go out; what is only due later waits for
# nothing. Nor is what was put off for quiet hours waiting before they are over.
WAITING = """
WITH waiting AS (
    SELECT office_id, channel, via_id, batch, min(due_at) AS due_at,
           bool_or(last_error <> '' AND coalesce(put_off_until <= now(), true)) AS failed,
           bool_or(state = 'sending') AS sending, max(put_off_until) AS put_off_until
    FROM notifications_notification
    WHERE state IN ('pending', 'sending') AND (%(office)s::bigint IS NULL OR office_id = %(office)s)
    GROUP BY office_id, channel, via_id, batch
)
SELECT w.office_id, w.channel, w.via_id, count(*), count(*) FILTER (WHERE w.sending),
       count(*) FILTER (WHERE w.due_at <= now() OR w.failed),
       min(least(w.due_at, tried.first)) FILTER (WHERE w.due_at <= now() OR w.failed)
FROM waiting w
LEFT JOIN LATERAL (
    SELECT min(began_at) AS first FROM notifications_attempt a
    WHERE w.failed AND a.batch = w.batch AND a.began_at >= coalesce(w.put_off_until, '-infinity')
) tried ON true
GROUP BY w.office_id, w.channel, w.via_id
"""

# What attempts came to since a moment, and from when on nothing but failures has come of a channel. That a
# reader's mail is refused for good says nothing of the mail server, that several readers' is says enough. A
# channel that was taken away again after a test has failed for nobody.
SEVERAL = 3
_NOTHING_SINCE = "t.result <> 'ok' AND (w.at IS NULL OR t.began_at > w.at)"
TRIED = f"""
WITH tries AS MATERIALIZED (
    SELECT o.id AS office_id, a.*
    FROM workflow_office o
    CROSS JOIN LATERAL (
        SELECT channel, via_id, recipient_id, batch, began_at, result, vendor_code, vendor_message
        FROM notifications_attempt
        WHERE office_id = o.id AND began_at >= %(back)s AND (channel = 'email' OR via_id IS NOT NULL)
    ) a
    WHERE %(office)s::bigint IS NULL OR o.id = %(office)s
), worked AS (
    SELECT office_id, channel, via_id, max(began_at) FILTER (WHERE result = 'ok') AS at
    FROM tries GROUP BY office_id, channel, via_id
)
SELECT t.office_id, t.channel, t.via_id,
       count(DISTINCT t.batch) FILTER (WHERE t.result = 'ok' AND t.began_at >= %(since)s),
       count(*) FILTER (WHERE t.result <> 'ok' AND t.began_at >= %(since)s),
       max(w.at),
       CASE WHEN count(DISTINCT t.recipient_id) FILTER (WHERE {_NOTHING_SINCE}) >= {SEVERAL}
           THEN min(t.began_at) FILTER (WHERE {_NOTHING_SINCE})
           ELSE min(t.began_at) FILTER (WHERE {_NOTHING_SINCE}
               AND (t.via_id IS NOT NULL OR t.result <> 'permanent'))
       END,
       (array_agg(ARRAY[t.vendor_code, t.vendor_message] ORDER BY t.began_at DESC)
           FILTER (WHERE t.result <> 'ok'))[1:1]
FROM tries t
JOIN worked w ON w.office_id = t.office_id AND w.channel = t.channel
     AND w.via_id IS NOT DISTINCT FROM t.via_id
GROUP BY t.office_id, t.channel, t.via_id
"""
LOOKS_BACK = timedelta(days=2)
Key = tuple[int, str, int | None]


@dataclass
class Line:
    """One channel of an office: `waiting` messages, of them `due` ones, the oldest due since `oldest`;
    `sent` and `failed` attempts today; `failing_since` where nothing has gone through since."""

    office_id: int
    channel: str
    via_id: int | None
    name: str = ""
    waiting: int = 0
    sending: int = 0
    due: int = 0
    oldest: datetime | None = None
    sent: int = 0
    failed: int = 0
    worked_at: datetime | None = None
    failing_since: datetime | None = None
    said: list[str] = field(default_factory=list)

    @property
    def advice(self) -> tuple[str, str]:
        """Why it fails, and what to do."""
        code, words = self.said or ("", "")
        return advice(self.channel, code, words)

    @property
    def kind(self) -> str:
        return str(ChannelKind(self.channel).label)


def lines(office: Office | None = None, now: datetime | None = None) -> list[Line]:
    """Every channel that has something to say, of `office` or of all, in two queries (and names in one)."""
    now = now or timezone.now()
    found: dict[Key, Line] = {}
    facts: dict[str, Any] = {"office": office.pk if office else None, "back": now - LOOKS_BACK}
    facts["since"] = midnight(office, now)
    with connection.cursor() as cursor:
        cursor.execute(WAITING, facts)
        for office_id, channel, via, *counted in cursor.fetchall():
            line = found.setdefault((office_id, channel, via), Line(office_id, channel, via))
            line.waiting, line.sending, line.due, line.oldest = counted
        cursor.execute(TRIED, facts)
        for office_id, channel, via, *counted in cursor.fetchall():
            line = found.setdefault((office_id, channel, via), Line(office_id, channel, via))
            line.sent, line.failed, line.worked_at, line.failing_since, said = counted
            line.said = said[0] if said else []
    return _named(found, office)


def queue() -> tuple[int, datetime | None]:
    """How many messages of all offices wait, and since when the oldest due one does, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING, {"office": None})
        rows = cursor.fetchall()
    return sum(row[3] for row in rows), min((row[6] for row in rows if row[6]), default=None)


def _named(found: dict[Key, Line], office: Office | None) -> list[Line]:
    """With every channel that is in use, also one that has nothing to do, and its own idea of its health."""
    channels = Channel.objects.filter(office=office) if office else Channel.objects.all()
    for one in channels:
        key: Key = (one.office_id, one.kind, one.pk)
        if key not in found and not one.is_active:
            continue
        line = found.setdefault(key, Line(*key))
        line.name = one.name
        line.worked_at = max(filter(None, (line.worked_at, one.worked_at)), default=None)
        line.failing_since = one.failing_since if one.is_active else None
        if one.failing_since and not line.said:
            line.said = ["", one.trouble]
    if office:
        key = (office.pk, ChannelKind.EMAIL, None)
        found.setdefault(key, Line(*key))
    return sorted(found.values(), key=lambda line: (line.office_id, line.via_id is not None, line.name))


def midnight(office: Office | None, now: datetime) -> datetime:
    """When today began, in the office or here."""
    zone = office.zone if office else timezone.get_default_timezone()
    return datetime.combine(now.astimezone(zone).date(), time(), zone)


@dataclass(frozen=True)
class Cockpit:
    """An office's channels, what is alive, and whether Redis answers."""

    lines: Sequence[Line]
    pulse: Pulse
    redis: bool

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.lines)

    @property
    def sent(self) -> int:
        return sum(line.sent for line in self.lines)

    @property
    def failed(self) -> int:
        return sum(line.failed for line in self.lines)

    @property
    def failing(self) -> int:
        return sum(line.failing_since is not None for line in self.lines)

    @property
    def oldest(self) -> datetime | None:
        return oldest(self.lines)

    @property
    def beat_stands(self) -> bool:
        return self.pulse.beat_seconds is None or self.pulse.beat_seconds > 180


def cockpit(office: Office) -> Cockpit:
    """How things stand in `office` now."""
    return Cockpit(lines(office), pulse(), redis_answers())


def oldest(found: Iterable[Line]) -> datetime | None:
    """Since when the oldest due message of `found` waits, None when none does."""
    return min((line.oldest for line in found if line.oldest), default=None)


def redis_answers() -> bool:
    """Whether Redis, which wakes the workers, answers within a moment."""
    address = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    try:
        with redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as one:
            return bool(one.ping())
    except (redis.RedisError, OSError):
        return False
