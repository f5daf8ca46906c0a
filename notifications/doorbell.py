"""Waking a worker after commit, from a thread of its own: whoever committed does not wait for the broker.

Nobody answering is no loss: the sweeper finds the row.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from celery import Celery, current_app
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers

logger = logging.getLogger(__name__)

# How long a broker may take to answer, and for how long it is left alone when it did not, in seconds.
PATIENCE = 0.3
PAUSE = 10.0
# What waits in a worker's hands is lost with it, and should not be for long.
LONGEST_COUNTDOWN = 90.0
_quiet_until = 0.0
_hand: ThreadPoolExecutor


def _new_hand() -> None:
    global _hand
    _hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="doorbell")


_new_hand()
os.register_at_fork(after_in_child=_new_hand)  # a thread does not survive the fork of its process


def ring_deliver(ids: Sequence[int]) -> None:
    """Ask a worker to send these rows."""
    _hand.submit(_ring, "notifications.deliver", list(ids))


def ring_sweep(after: float = 0) -> None:
    """Ask a worker to send whatever is due, `after` so many seconds, a minute and a half at most."""
    _hand.submit(_ring, "notifications.sweep", countdown=min(after, LONGEST_COUNTDOWN))


def wait() -> None:
    """Until everything rung so far was heard, or given up."""
    _hand.submit(lambda: None).result()


def _ring(task: str, *args: Any, countdown: float = 0) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        with producers[_connection(current_app)].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task(task, args, producer=producer, retry=False, countdown=countdown or None)
    except (KombuError, OSError) as error:
        _quiet_until = time.monotonic() + PAUSE
        logger.warning("no worker was woken, the sweeper will find the rows: %s", error)


@cache
def _connection(app: Celery) -> Connection:
    return app.connection_for_write(
        transport_options={
            "socket_timeout": PATIENCE,
            "socket_connect_timeout": PATIENCE,
            "max_retries": 0,
        }
    )
