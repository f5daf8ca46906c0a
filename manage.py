#!/usr/bin/env python
"""Command-line entry: every command runs with the servers it needs."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command, with embedded PostgreSQL and Redis where no URL is set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:2] == ["demo"]:
        leave_production_alone()
    from django.core.management import execute_from_command_line

    from config import embedded

    with embedded.servers(sys.argv):
        execute_from_command_line(sys.argv)


def leave_production_alone() -> None:
    """The demo empties what it runs on, so it never sees what the environment names."""
    for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "MEDIA_ROOT", "DEBUG"):
        if os.environ.pop(name, None):
            print(f"{name} is set: the demo leaves it alone and uses servers and folders of its own")  # noqa: T201


if __name__ == "__main__":
    main()
