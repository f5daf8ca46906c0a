"""How long every screen takes on the server, and how much it weighs, among a hundred offices."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from nodes.catalogue import Catalogue
from nodes.services.catalogue import import_catalogue
from tests.builders import DEMO
from tests.living_year import catalogue_of
from tests.screens import SCREENS, Screen, World, ask, visitor
from tests.shown_world import build
from workflow.models import Division
from workflow.organisation_file import parse_organisation
from workflow.selectors import office_by_code
from workflow.services.organisation import import_organisation

ALLOWED_MS, ALLOWED_QUERIES, ALLOWED_KB = 150, 15, 200
ASSET = re.compile(r'(?:href|src)="/static/([^"]+\.(?:css|js))"')


@dataclass(frozen=True)
class Timing:
    """One screen: 95th percentile in seconds, statements, and bytes with its styles and scripts."""

    screen: str
    p95: float
    queries: int
    weight: int

    def as_row(self) -> tuple[str, ...]:
        return (self.screen, f"{self.p95 * 1000:.0f}", str(self.queries), f"{self.weight / 1024:.0f}")


def neighbours(count: int) -> None:
    """`count` more offices with the same organisation and catalogue, at work in the same year, all of them
    overseen by the one whose screens are measured."""
    described = json.loads((DEMO / "organisation-2021.json").read_text(encoding="utf-8"))
    overseer, today = described["office"]["code"], timezone.localdate()
    for number in range(count):
        code = f"office-{number}"
        described["office"] = described["office"] | {"code": code, "overseen_by": overseer}
        import_organisation(parse_organisation(json.dumps(described)))
        office = office_by_code(code)
        rows = catalogue_of(
            list(Division.objects.filter(office=office).values_list("name", flat=True)), today
        )
        import_catalogue(actor=None, office=office, year=today.year, catalogue=Catalogue(rows, []))


def measure(*, offices: int, rounds: int) -> list[Timing]:
    """Every screen of a busy office among `offices` of them, asked for `rounds` times in turns."""
    world = build(timezone.localdate())
    neighbours(offices - 1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [_timing(world, screen, rounds) for screen in SCREENS]


def _timing(world: World, screen: Screen, rounds: int) -> Timing:
    client = visitor(screen, world)
    response = ask(client, world, screen)
    assert response.status_code == screen.status, (screen.name, response.status_code)
    with CaptureQueriesContext(connection) as sent:
        ask(client, world, screen)
        statements = len(connection.queries)  # the next request forgets them
    taken = sorted(_seconds(client, world, screen) for _turn in range(rounds))
    return Timing(
        screen.name, taken[int(rounds * 0.95)], statements - sent.initial_queries, weight(response.content)
    )


def _seconds(client: Client, world: World, screen: Screen) -> float:
    begun = time.perf_counter()
    ask(client, world, screen)
    return time.perf_counter() - begun


def weight(page: bytes) -> int:
    """Bytes of a page with every style sheet and script it names, uncompressed."""
    return len(page) + sum(_sizes(ASSET.findall(page.decode())))


def _sizes(names: Iterable[str]) -> Iterable[int]:
    for name in set(names):
        path = finders.find(name)
        assert path, name
        yield Path(path).stat().st_size
