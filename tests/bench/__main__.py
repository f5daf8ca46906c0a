"""`python -m tests.bench [--quick]`: measure on a database of its own, and print ratios."""

from __future__ import annotations

import argparse
import os

import django


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the nodes, few rounds")
    quick = parser.parse_args().quick
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    from config import embedded

    settings.ALLOWED_HOSTS.append("testserver")
    settings.INSTALLED_APPS.append("tests.bench.apps.BenchConfig")
    settings.DATABASES["default"]["TEST"] = {"NAME": f"bench_jiedian_{os.getpid()}"}
    unset = {"pg": "DATABASE_URL", "redis": "REDIS_URL"}
    with embedded.running([name for name, variable in unset.items() if not os.environ.get(variable)]):
        django.setup()
        run(quick)


def run(quick: bool) -> None:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        report(measure(quick))
        report_pages(quick)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure(quick: bool) -> list:
    from tests import builders
    from tests.bench import acts, scan

    rounds = 20 if quick else 300
    size = (
        {"nodes": 10_000, "due": 80, "rounds": 5}
        if quick
        else {"nodes": 1_000_000, "due": 8_000, "rounds": 15}
    )
    office = builders.office("bench")
    return [
        acts.transition(office, rounds=rounds),
        acts.sign_off(office, rounds=rounds),
        scan.run(builders.office("large"), **size),
    ]


def report(found: list) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="median milliseconds, governed against bare, in turns", title_justify="left")
    for column in ("act", "governed", "bare", "ratio", "allowed", "statements"):
        table.add_column(column, justify="left" if column == "act" else "right")
    for comparison in found:
        table.add_row(*comparison.as_row())
    Console(width=120).print(table)


def report_pages(quick: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from tests.bench import pages

    offices, rounds = (5, 10) if quick else (100, 40)
    title = f"screens among {offices} offices: p95 on the server, statements, weight with styles and scripts"
    table = Table(title=title, title_justify="left")
    for column in ("screen", "p95 ms", "statements", "KB"):
        table.add_column(column, justify="left" if column == "screen" else "right")
    for timing in pages.measure(offices=offices, rounds=rounds):
        table.add_row(*timing.as_row())
    limits = (pages.ALLOWED_MS, pages.ALLOWED_QUERIES, pages.ALLOWED_KB)
    table.add_row("allowed", *map(str, limits), end_section=True)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
