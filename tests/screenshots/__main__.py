"""`python -m tests.screenshots [NAME…]`: pictures of every screen, on desk and phone, light and dark."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshots"
# Those further down are fetched when somebody scrolls there.
PICTURES_SHOWN = """() => [...document.images].every(
  (one) => one.complete || one.getBoundingClientRect().top > innerHeight
)"""
SIZES = {"1280": (1280, 900), "390": (390, 844)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.screenshots", description=__doc__)
    parser.add_argument("names", nargs="*", help="screens to take (tests/screens.py); all when left out")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pictures go")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.conf import settings

    from config import embedded

    settings.DATABASES["default"]["TEST"] = {"NAME": f"screens_jiedian_{os.getpid()}"}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["*"]
    unset = {"pg": "DATABASE_URL", "redis": "REDIS_URL"}
    with embedded.running([name for name, variable in unset.items() if not os.environ.get(variable)]):
        django.setup()
        with TemporaryDirectory() as media, database():
            settings.MEDIA_ROOT = media
            take(options.names, options.folder)


@contextmanager
def database() -> Iterator[None]:
    """An empty database of this run's own."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


@contextmanager
def server() -> Iterator[str]:
    """The product, served to a browser on this machine; yields its address."""
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connections
    from django.test.testcases import LiveServerThread

    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
        connections.close_all()


def take(names: list[str], folder: Path) -> None:
    from django.utils import timezone

    from tests.e2e.conftest import BrowserThread, give_passwords
    from tests.screens import SCREENS
    from tests.shown_world import build

    chosen = [screen for screen in SCREENS if not names or screen.name in names]
    if unknown := set(names) - {screen.name for screen in chosen}:
        raise SystemExit(f"no such screen: {', '.join(sorted(unknown))}")
    world = build(timezone.localdate())
    give_passwords(world.office)
    folder.mkdir(parents=True, exist_ok=True)
    browser = BrowserThread()
    try:
        with server() as base:
            for theme in ("light", "dark"):
                for size in SIZES:
                    _take(browser, base, world, chosen, size, theme, folder)
    finally:
        browser.close()


def _take(browser: Any, base: str, world: Any, chosen: Any, size: str, theme: str, folder: Path) -> None:
    """Every screen in one size and theme; each person logs in once."""
    from tests.e2e.conftest import PASSWORD, Person
    from tests.screens import go

    people: dict[str, Person] = {}
    for screen in chosen:
        if screen.user not in people:
            person = people[screen.user] = Person(browser, base, SIZES[size], True)
            person.do(lambda page: page.emulate_media(color_scheme=theme))  # type: ignore[arg-type]
            if screen.user:
                person.logs_in(screen.user)
        person = people[screen.user]
        go(person, world, screen, PASSWORD)
        person.do(lambda page: page.wait_for_function(PICTURES_SHOWN))
        path = folder / f"{screen.name}-{size}-{theme}.png"
        person.do(lambda page, path=path: page.screenshot(path=str(path)))
        print(path)
    for person in people.values():
        person.leaves()


main()
