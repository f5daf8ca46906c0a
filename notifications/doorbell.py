"""Waking a worker after commit. Nobody answering is no loss: the sweeper finds the row."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from functools import cache
from typing import Any

from celery import Celery, current_app
from kombu import Connection
from kombu.exceptions import KombuError
from kombu.pools import producers

logger = logging.getLogger(__name__)

# A request waits no longer than this for a broker that does not answer, in seconds, and the next
# requests do not wait at all for a while.
PATIENCE = 0.3
PAUSE = 10.0
_quiet_until = 0.0


def ring_deliver(ids: Sequence[int]) -> None:
    """Ask a worker to send these rows."""
    _ring("notifications.deliver", list(ids))


def ring_sweep() -> None:
    """Ask a worker to send whatever is due."""
    _ring("notifications.sweep")


def _ring(task: str, *args: Any) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        with producers[_connection(current_app)].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task(task, args, producer=producer, retry=False)
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
