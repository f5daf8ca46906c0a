#!/usr/bin/env python
"""Command-line entry: every command runs with the servers it needs."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run a management command, with embedded PostgreSQL and Redis where no URL is set."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from config import embedded

    with embedded.servers(sys.argv):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
