"""What a test of faults stands on: a mail server, and a stack of real processes of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifications import doorbell
from tests.faults.nursery import Nursery
from tests.faults.stack import Stack
from tests.post_office import HOST, PostOffice, open_post_office
from tests.vendors import Vendors, open_vendors


@pytest.fixture(scope="session")
def nursery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    made = Nursery(tmp_path_factory.mktemp("nursery") / "log")
    yield made
    made.close()


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    with open_post_office() as opened:
        yield opened


@pytest.fixture
def mail_from_here(post_office, settings) -> PostOffice:
    """Mail that this process sends itself goes to the mail server too."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, post_office.port
    return post_office


@pytest.fixture
def vendors(settings) -> Iterator[Vendors]:
    """Messengers that answer as their vendors do; a worker finds them by `vendors.environment`."""
    with open_vendors() as opened:
        settings.OUTGOING_ALLOWED, settings.VENDORS = opened.allowed, opened.addresses
        yield opened


@pytest.fixture
def stack(transactional_db, tmp_path: Path, post_office, nursery, settings, monkeypatch) -> Iterator[Stack]:
    """A Redis of the test's own, to which this process rings too, and whatever the test starts besides."""
    made = Stack(tmp_path, post_office, nursery)
    settings.CELERY_BROKER_URL = made.redis_url
    monkeypatch.setattr(doorbell, "current_app", made.bell())
    monkeypatch.setattr(doorbell, "_quiet_until", 0.0)
    try:
        made.start_redis()
        yield made
    finally:
        doorbell.wait()
        made.end()
