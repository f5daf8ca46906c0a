"""`serve`: web, worker and beat as one command, and nothing left of them after it."""

from __future__ import annotations

import socket
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.serving import Supervisor, local_services


class Command(BaseCommand):
    help = "Serve the web application, with the Celery worker and beat it needs, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="web processes (default: 2)")

    def handle(self, *, host: str, port: int, workers: int, **options: Any) -> None:
        require_free(host, port)
        supervisor = Supervisor(local_services(host, port, workers), address=(host, port))
        supervisor.run()


def require_free(host: str, port: int) -> None:
    """Refuse in one line what gunicorn would retry for five seconds."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            attempt.bind(address)
    except (OSError, OverflowError) as problem:
        raise CommandError(f"cannot serve on {host}:{port}: {problem.args[-1]}") from problem
