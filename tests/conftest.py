"""What every test stands on: real servers, a database of the process's own, and quick settings."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, connection, transaction
from django.test import TransactionTestCase
from django.utils import translation

from config import embedded
from nodes.models import State, WorkNode
from tests import builders, reference
from tests.kept_worlds import tables
from workflow.models import Office

Building = Callable[[], AbstractContextManager[None]]

PREFIX = "test_jiedian_"
VARIABLES = {"pg": "DATABASE_URL", "redis": "REDIS_URL"}
# Tables that a trigger keeps from being emptied.
GUARDED = ("workflow_auditentry", "workflow_auditseal")


# What takes longest begins first, so that both cores are busy to the end.
HEAVY_FIRST = ("e2e", "faults", "integration", "unit")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(
        key=lambda item: min(HEAVY_FIRST.index(part) for part in item.path.parts if part in HEAVY_FIRST)
    )


def pytest_configure() -> None:
    settings.PULSE_EVERY = 1
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # What a test queues is not for the worker of a `serve` that runs beside it.
    settings.CELERY_TASK_DEFAULT_QUEUE = f"{PREFIX}{os.getpid()}"


@pytest.fixture(scope="session")
def servers() -> Iterator[None]:
    """PostgreSQL and Redis: those the environment names, or the checkout's own."""
    with embedded.running([name for name, variable in VARIABLES.items() if not os.environ.get(variable)]):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(servers: None) -> None:
    """A database for each process, so that neither workers nor two runs at once meet in one."""
    database = settings.DATABASES["default"]
    database.setdefault("TEST", {})["NAME"] = f"{PREFIX}{os.getpid()}"
    database.setdefault("OPTIONS", {})["options"] = "-c synchronous_commit=off"


@pytest.fixture(scope="session")
def django_db_setup(servers: None, django_db_setup: None, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        _drop_databases_of_the_dead()
        _keep_statistics_away()


def _keep_statistics_away() -> None:
    """Taken between two tests they say that every table is empty, and plans made for that take minutes."""
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f'ALTER TABLE "{table}" SET (autovacuum_enabled = false)')


def _drop_databases_of_the_dead() -> None:
    """A killed run cannot clean up after itself; its database is named after its process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        for (name,) in cursor.fetchall():
            owner = name.removeprefix(PREFIX)
            if owner.isdigit() and not Path(f"/proc/{owner}").exists():
                cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", autouse=True)
def _emptying_what_tests_committed() -> Iterator[None]:
    """A third of the time that Django's flush takes, since what migrations wrote stays."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: _empty())
        yield


def _empty() -> None:
    """Again where a page that was still open asked for something in between."""
    for attempts_left in reversed(range(5)):
        _until_nobody_is_at_work()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_emptying())
        except DatabaseError:
            if not attempts_left:
                raise
        else:
            return


def _emptying() -> str:
    """It passes the triggers that guard the trail, as nothing else does."""
    filled = ", ".join(f'"{table}"' for table in sorted(tables()))
    return ";".join(
        [
            *(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in GUARDED),
            f"TRUNCATE {filled}",
            *(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in GUARDED),
        ]
    )


def _until_nobody_is_at_work() -> None:
    """Ten seconds at most; whatever is at it longer is met by the emptying itself."""
    with connection.cursor() as cursor:
        for _attempt in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND backend_type = 'client backend' AND xact_start IS NOT NULL"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)


@pytest.fixture(scope="session", autouse=True)
def _folders_of_the_session(tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.MEDIA_ROOT = str(tmp_path_factory.mktemp("media"))
    settings.STATIC_ROOT = str(tmp_path_factory.mktemp("static"))  # WhiteNoise wants to see one


@pytest.fixture
def media_root(settings, tmp_path: Path) -> Path:
    """An empty file store, for a test that looks at what lies in it."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return tmp_path / "media"


@pytest.fixture(autouse=True)
def _spoken_to_in_english() -> Iterator[None]:
    """Services refuse in the language of whoever calls: here, as on the command line, in English."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    caches["near"].clear()


@pytest.fixture(autouse=True)
def _story_from_the_beginning() -> None:
    builders.story.begin()


@pytest.fixture
def office(db: None) -> Office:
    """The smallest office that can do everything, with an open year 2021 and no nodes yet."""
    return builders.office()


@pytest.fixture
def drama_festival(office: Office) -> WorkNode:
    """A node of 新闻文化处 in progress, due on 31 October."""
    return builders.work_node(office, 59, title="举行汤显祖戏剧节", state=State.IN_PROGRESS)


@pytest.fixture(scope="module")
def world_of_the_module(django_db_setup: None, django_db_blocker) -> Iterator[Building]:
    """For worlds that take long to build: `with world_of_the_module(): …` builds one for a whole module.

    Each test's own changes are undone after it, the world itself after the module.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with django_db_blocker.block():
            yield django_db_blocker.unblock
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def year_2021(world_of_the_module: Building) -> reference.Year:
    """省外办 2021 as it ended, built once a module.

    Tests with committed data (`transactional_db`, `live_server`) call `reference.reference_year()`.
    """
    with world_of_the_module():
        return reference.reference_year()
