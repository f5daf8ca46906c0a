"""Every screen, without a browser: Chinese, cheap and light."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.bench.pages import ALLOWED_KB, ALLOWED_QUERIES, weight
from tests.browsing import ENGLISH, words
from tests.screens import SCREENS, World, ask, build, visitor

# Addresses, keys, formats and standards that are called so in Chinese, too.
NAMES = {
    "waiban",
    "example",
    "PIN",
    "JavaScript",
    "FreeOTP",
    "Microsoft",
    "Authenticator",
    "MB",
    "BPMN",
    "PNG",
    "xlsx",
    "csv",
    "CSV",
    "TOTP",
    "KB",
    "XX",
    "pdf",
    "png",
    "zip",
    "txt",
}

CODE = re.compile(rb"<(code|kbd)\b.*?</\1>", re.DOTALL)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(world_of_the_module) -> World:
    with world_of_the_module():
        return build(timezone.localdate())


def latin(text: str) -> set[str]:
    return set(re.findall(r"[A-Za-z]{2,}", text))


def usernames(world: World) -> list[str]:
    return list(world.office.users.values_list("username", flat=True))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_is_chinese_cheap_and_light(world, screen):
    client = visitor(screen, world)
    response = ask(client, world, screen)
    assert response.status_code == screen.status, screen
    known = ENGLISH | NAMES | latin(" ".join(usernames(world)))
    left = latin(words(CODE.sub(b" ", response.content))) - known
    assert not left, (screen, left)
    with CaptureQueriesContext(connection) as sent:
        ask(client, world, screen)
    assert len(sent) <= ALLOWED_QUERIES, "\n".join(query["sql"][:160] for query in sent)
    assert weight(response.content) <= ALLOWED_KB * 1024
