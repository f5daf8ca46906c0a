"""Every screen, without a browser: Chinese, cheap and light."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.bench.pages import ALLOWED_KB, ALLOWED_QUERIES, weight
from tests.browsing import english
from tests.screens import SCREENS, World, ask, visitor
from tests.shown_world import build

# What an act says besides, to lock, write and record what it does.
ACT = 5

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(world_of_the_module) -> World:
    with world_of_the_module():
        return build(timezone.localdate())


def own(world: World) -> list[str]:
    """The log-in names and addresses of the office's people."""
    return [name for row in world.office.users.values_list("username", "email") for name in row]


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_a_screen_is_chinese_cheap_and_light(world, screen):
    client = visitor(screen, world)
    response = ask(client, world, screen)
    assert response.status_code == screen.status, screen
    assert not english(response.content, *own(world)), screen
    with CaptureQueriesContext(connection) as sent:
        ask(client, world, screen)
    writes = 0 if screen.sends is None else ACT
    assert len(sent) <= ALLOWED_QUERIES + writes, "\n".join(query["sql"][:160] for query in sent)
    assert weight(response.content) <= ALLOWED_KB * 1024
