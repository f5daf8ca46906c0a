"""How much a channel may be sent, counted for all workers together.

Redis keeps the moments of a channel's last messages, by its own clock; where it forgot them, the ledger
knows what was sent in the last minute. While Redis does not answer, channels with a limit rest. For how long
a vendor asked to be left alone it need not remember (`holds`).

A vendor counts a message when it arrives, which is some time after its turn and before it is over. Hence a
message counts as sent when it is over, and until then as if it were the last.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import redis
from django.conf import settings
from django.utils import timezone

from notifications import holds
from notifications.models import Attempt, Channel, ChannelKind, Notification

# Seconds more than the vendors count in: a message may travel faster than the one before it.
MARGIN = 2.0
# How long a message of a worker that was killed counts as under way; all its calls end before that.
UNDER_WAY = 30.0
WHILE_SILENT = 20.0
PATIENCE = 0.5


@dataclass(frozen=True)
class Limit:
    """At most `count` messages in `seconds`."""

    count: int
    seconds: float


LIMITS: dict[str, tuple[Limit, ...]] = {
    ChannelKind.WECOM_ROBOT: (Limit(20, 60),),
    ChannelKind.DINGTALK_ROBOT: (Limit(20, 60),),
    ChannelKind.FEISHU_ROBOT: (Limit(5, 1), Limit(100, 60)),
    # As fast as Apprise goes by itself, which then never waits long while a lease runs.
    ChannelKind.APPRISE: (Limit(10, 60),),
}

# KEYS: the moments, whether they are known. ARGV: a name for this message, for how many
# milliseconds it may be under way, then for each limit its count and milliseconds, the longest last. Returns
# milliseconds to wait, 0 when the message may go and is counted, -1 when the moments are not known.
_TAKE = """
local longest = tonumber(ARGV[#ARGV])
if redis.call('PEXPIRE', KEYS[2], longest) == 0 then return -1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - longest)
local wait = 0
for i = 3, #ARGV, 2 do
    local count, window = tonumber(ARGV[i]), tonumber(ARGV[i + 1])
    local first = redis.call('ZREVRANGE', KEYS[1], count - 1, count - 1, 'WITHSCORES')
    if first[2] then wait = math.max(wait, math.min(window, first[2] + window - now)) end
end
if wait > 0 then return wait end
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
redis.call('PEXPIRE', KEYS[1], longest + ARGV[2])
return 0
"""

# KEYS as above. ARGV: the message's name, and for how many milliseconds the moments are kept.
_OVER = """
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""

# KEYS as above. ARGV: milliseconds to keep, then how long ago each of the known messages was sent.
_REMEMBER = """
if redis.call('SET', KEYS[2], 1, 'PX', ARGV[1], 'NX') then
    local time = redis.call('TIME')
    local now = time[1] * 1000 + math.floor(time[2] / 1000)
    for i = 2, #ARGV do redis.call('ZADD', KEYS[1], now - ARGV[i], 'ledger:' .. i) end
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
return 1
"""


def wait_for(channel: Channel) -> float:
    """Seconds until the channel may be sent something; 0 counts one message as under way until `over`."""
    if rests := holds.seconds_left(channel):
        return rests
    limits = LIMITS.get(channel.kind)
    if not limits:
        return 0
    try:
        return _take(channel, limits)
    except redis.RedisError:
        return WHILE_SILENT


def _take(channel: Channel, limits: tuple[Limit, ...]) -> float:
    numbers = [n for limit in limits for n in (limit.count, _milliseconds(limit))]
    keys, turn, flight = _keys(channel), uuid.uuid4().hex, int(UNDER_WAY * 1000)
    while (wait := _redis().eval(_TAKE, len(keys), *keys, turn, flight, *numbers)) < 0:
        ages = [max(0, int(age * 1000)) for age in _ages(channel, limits[-1])]
        _redis().eval(_REMEMBER, len(keys), *keys, numbers[-1], *ages)
    if not wait:
        channel.__dict__["_turn"] = turn
    return wait / 1000


def over(channel: Channel) -> None:
    """The message that `channel` was asked for last is out, or will not go out."""
    if turn := channel.__dict__.pop("_turn", ""):
        keys, kept = _keys(channel), _milliseconds(LIMITS[channel.kind][-1]) + int(UNDER_WAY * 1000)
        with suppress(redis.RedisError):
            _redis().eval(_OVER, len(keys), *keys, turn, kept)


def _ages(channel: Channel, limit: Limit) -> list[float]:
    """How many seconds ago the ledger's last messages went out, and one of now for each worker at it."""
    now = timezone.now()
    since = now - timedelta(seconds=limit.seconds + MARGIN)
    same = Channel.objects.filter(kind=channel.kind, settings__mark=channel.settings.get("mark"))
    alike = [channel.pk, *same.values_list("pk", flat=True)]
    sent = Attempt.objects.filter(via__in=alike, ended_at__gt=since).order_by()
    at_it = Notification.objects.filter(via__in=alike, state=Notification.State.SENDING, lease_until__gt=now)
    others = max(0, at_it.order_by().values("claim_token").distinct().count() - 1)
    ages = [(now - ended).total_seconds() for ended in sent.values_list("ended_at", flat=True)]
    return [*ages, *[0.0] * others]


def _milliseconds(limit: Limit) -> int:
    return int((limit.seconds + MARGIN) * 1000) if limit.seconds > 1 else int(limit.seconds * 1200)


def _keys(channel: Channel) -> list[str]:
    """All in one slot of a cluster; channels with the same address are one to its vendor."""
    mark = f"jiedian:{{{holds.destination(channel)}}}"
    return [f"{mark}:sent", f"{mark}:known"]


@cache
def _redis() -> redis.Redis:
    address = settings.REDIS_URL.replace("redis+socket://", "unix://", 1)
    return redis.Redis.from_url(address, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE)
