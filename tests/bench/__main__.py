"""`python -m tests.bench`: measure on a database of its own, and print ratios."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from typing import Protocol

import django

ALL = ("rates", "acts", "summary", "scan", "mail", "pages")


class Measured(Protocol):
    """Something that has its row in the report."""

    def as_row(self) -> tuple[str, ...]: ...


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="a hundredth of the nodes, few rounds, a minute of robots"
    )
    parser.add_argument("--only", nargs="+", choices=ALL, default=ALL, help="these parts")
    parser.add_argument("--nodes", type=int, help="how many nodes are scanned (1,000,000)")
    parser.add_argument("--letters", type=int, help="how many letters wait (20,000)")
    wanted = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    from config import embedded

    settings.ALLOWED_HOSTS.append("testserver")
    settings.INSTALLED_APPS.append("tests.bench.apps.BenchConfig")
    settings.DATABASES["default"]["TEST"] = {"NAME": f"bench_jiedian_{os.getpid()}"}
    unset = {"pg": "DATABASE_URL", "redis": "REDIS_URL"}
    with embedded.running([name for name, variable in unset.items() if not os.environ.get(variable)]):
        django.setup()
        run(wanted)


def run(wanted: argparse.Namespace) -> None:
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        report(list(measure(wanted)))
        if "pages" in wanted.only:
            report_pages(wanted.quick)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def measure(wanted: argparse.Namespace) -> Iterator[Measured]:
    from tests import builders
    from tests.bench import acts, mail, rates, scan, summary

    rounds = 20 if wanted.quick else 300
    if "rates" in wanted.only:  # first, since its workers look after every office there is
        yield rates.run(messages=300 if wanted.quick else 1000)
    if "acts" in wanted.only:
        office = builders.office("bench")
        yield acts.transition(office, rounds=rounds)
        yield acts.sign_off(office, rounds=rounds)
    if "summary" in wanted.only:
        yield summary.run(rounds=1 if wanted.quick else 5)
    if "mail" in wanted.only:
        yield mail.run(builders.office("mail"), letters=wanted.letters or (1000 if wanted.quick else 20_000))
    if "scan" in wanted.only:
        nodes = wanted.nodes or (10_000 if wanted.quick else 1_000_000)
        yield from scan.run(
            builders.office("large"), nodes=nodes, due=nodes * 8 // 1000, rounds=5 if wanted.quick else 15
        )


def report(found: list[Measured]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="median milliseconds, governed against bare, in turns", title_justify="left")
    for column in ("act", "governed", "bare", "ratio", "allowed", "statements"):
        table.add_column(column, justify="left" if column == "act" else "right")
    for one in found:
        table.add_row(*one.as_row())
    Console(width=140).print(table)


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
