"""What a load balancer asks: does this process live, and can it serve people?"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.celery import app as celery
from notifications.alarm import LATE
from notifications.cockpit import queue
from notifications.heartbeats import pulse

BROKER_PATIENCE = 0.5  # seconds
PATIENCE_WITH_LEDGER = 500  # milliseconds a statement
REMEMBERED = 5  # seconds


@require_safe
@never_cache
@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 where people can be served, 503 where not.

    Without Redis they can (`degraded`): what would have been sent waits in the ledger; so they can while
    messages are late. Without the database, or with its tables behind the code, they cannot.
    """
    try:
        behind = unapplied_migrations()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=503)
    if behind:
        return JsonResponse({"status": "down", "database": "behind", "unapplied": behind}, status=503)
    broker, sending = broker_answers(), sending_now()
    state = {"status": "ok", "database": "ok", "broker": "ok" if broker else "unreachable", **sending}
    if not broker or (sending["oldest_waiting_seconds"] or 0) > LATE.total_seconds():
        state["status"] = "degraded"
    return JsonResponse(state)


def sending_now() -> dict[str, int | None]:
    """How the outbox stands, a few seconds old at most; nulls where that cannot be told quickly."""
    return caches["near"].get_or_set("readyz", _ask_the_ledger, REMEMBERED)  # type: ignore[return-value]


def _ask_the_ledger() -> dict[str, int | None]:
    now = timezone.now()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_WITH_LEDGER}")
            waiting, oldest = queue()
            alive = pulse(now)
    except DatabaseError:
        return {"queue": None, "oldest_waiting_seconds": None, "beat_seconds": None, "workers": None}
    seconds = max(0, int((now - oldest).total_seconds())) if oldest else 0
    return {
        "queue": waiting,
        "oldest_waiting_seconds": seconds,
        "beat_seconds": alive.beat_seconds,
        "workers": len(alive.workers),
    }


def unapplied_migrations() -> list[str]:
    """As in ["nodes.0003_evidence"]; raises DatabaseError where the database cannot be asked."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{app}.{name}" for app, name in known_migrations() if (app, name) not in applied]


@cache
def known_migrations() -> list[tuple[str, str]]:
    """The migrations this process's code was written for, in no database's eyes."""
    loader = MigrationLoader(None, replace_migrations=False)
    return sorted(loader.disk_migrations)


def broker_answers() -> bool:
    """Whether the broker answers, asked on a connection of its own and without Celery's patience.

    Establishing a connection to Redis sends it a ping.
    """
    limits = {"socket_timeout": BROKER_PATIENCE, "socket_connect_timeout": BROKER_PATIENCE}
    with celery.connection_for_write(transport_options=limits) as broker:
        lost: tuple[type[BaseException], ...] = broker.connection_errors + broker.channel_errors
        try:
            broker.transport.close_connection(broker.transport.establish_connection())
        except lost:
            return False
    return True
