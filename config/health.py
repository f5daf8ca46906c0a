"""What a load balancer asks: does this process live, and can it serve people?"""

from __future__ import annotations

from functools import cache

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.celery import app as celery

BROKER_PATIENCE = 0.5  # seconds


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

    Without Redis they can (`degraded`): what would have been sent waits in the ledger. Without the database,
    or with its tables behind the code, they cannot.
    """
    try:
        behind = unapplied_migrations()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=503)
    if behind:
        return JsonResponse({"status": "down", "database": "behind", "unapplied": behind}, status=503)
    if not broker_answers():
        return JsonResponse({"status": "degraded", "database": "ok", "broker": "unreachable"})
    return JsonResponse({"status": "ok", "database": "ok", "broker": "ok"})


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
