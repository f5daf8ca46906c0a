"""Signs of life: when beat last ticked, and which workers are at work."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery.signals import task_prerun
from django.db import DatabaseError, connection
from django.utils import timezone

from notifications.models import Heartbeat

logger = logging.getLogger(__name__)

BEAT, BACK, WORKER = "beat", "beat:back", "worker:"
# Beat is seen every minute; after a longer silence, what waits is worked off for so long.
SILENCE = timedelta(minutes=2)
WORKED_OFF = timedelta(minutes=5)
# A worker that took no task for so long is not counted any more; beat hands one out every half minute.
ALIVE_FOR = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=1)
SELDOM = 15.0  # seconds between two signs of one process

_SIGN = """
INSERT INTO notifications_heartbeat AS h (name, at) VALUES (%s, now())
ON CONFLICT (name) DO UPDATE SET at = now() WHERE h.at < now() - interval '5 seconds'
"""
_last_signs: dict[str, float] = {}


@dataclass(frozen=True)
class Pulse:
    """What is alive at `now`: beat's last tick (None: never seen), the workers' names and times, and when
    beat last came back after a silence."""

    now: datetime
    beat_at: datetime | None
    workers: Sequence[Heartbeat]
    back_at: datetime | None = None

    @property
    def beat_seconds(self) -> int | None:
        return max(0, int((self.now - self.beat_at).total_seconds())) if self.beat_at else None

    @property
    def is_silent(self) -> bool:
        return self.beat_at is not None and self.now - self.beat_at > SILENCE

    @property
    def has_just_come_back(self) -> bool:
        """Whether beat was silent until a moment ago, so that much waits which is only just begun."""
        came_back = self.back_at is not None and self.now - self.back_at < WORKED_OFF
        return self.is_silent or came_back


def ticked(before: Pulse | None = None) -> None:
    """Beat is alive: a task ran that nobody but beat starts. `before` is what was alive before that."""
    if before and before.is_silent:
        _sign(BACK)
    _sign(BEAT)


def pulse(now: datetime | None = None) -> Pulse:
    """What is alive, in one query."""
    now = now or timezone.now()
    found = {beat.name: beat for beat in Heartbeat.objects.all()}
    workers = [h for n, h in found.items() if n.startswith(WORKER) and h.at > now - ALIVE_FOR]
    beat_at, back_at = (found[name].at if name in found else None for name in (BEAT, BACK))
    return Pulse(now, beat_at, workers, back_at)


def forget_the_dead() -> None:
    """Workers that were replaced long ago, as containers are, do not fill the table."""
    Heartbeat.objects.filter(name__startswith=WORKER, at__lt=timezone.now() - FORGOTTEN_AFTER).delete()


@task_prerun.connect(dispatch_uid="jiedian.heartbeats")
def note_worker(task: Any = None, **_facts: Any) -> None:
    """Every task is a sign of life of the worker that runs it, written down now and then."""
    host = getattr(getattr(task, "request", None), "hostname", None)
    if host:
        _sign(f"{WORKER}{host}"[:120])


def _sign(name: str) -> None:
    """A sign of life that cannot be written stops nothing."""
    if time.monotonic() - _last_signs.get(name, -SELDOM) < SELDOM:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(_SIGN, [name])
        _last_signs[name] = time.monotonic()
    except DatabaseError as error:
        logger.warning("no sign of life of %s: %s", name, error)
