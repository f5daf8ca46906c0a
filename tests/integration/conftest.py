"""A mail server for whoever wants to see what arrives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.post_office import HOST, PostOffice, open_post_office


@pytest.fixture
def post_office(settings) -> Iterator[PostOffice]:
    """A mail server, and the settings that lead to it."""
    with open_post_office() as opened:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, opened.port
        settings.EMAIL_TIMEOUT = 10
        settings.BASE_URL = "http://jiedian.example"
        yield opened
