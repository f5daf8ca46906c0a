"""Every screen in a real browser: accessible, never wider than the device, in the light and in the dark."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page

from tests.e2e.conftest import DESK, PASSWORD, Person, give_passwords
from tests.screens import SCREENS, go
from tests.shown_world import build

AXE = next(Path(__file__).resolve().parents[2].glob(".venv/axe-*.min.js"), None)
NARROW = (360, 740)
ASK = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  const places = (nodes) => nodes.slice(0, 3).map((node) => node.html).join(" | ");
  return found.violations.map((one) => `${one.id}: ${places(one.nodes)}`);
}"""


def violations(page: Page) -> list[str]:
    assert AXE, "axe-core is missing: .ci/ensure-axe fetches it"
    if page.evaluate("typeof axe") == "undefined":
        # By the debugger's way, past the page's own policy, which lets no foreign script in.
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    return page.evaluate(ASK)


def flaws_of(person: Person) -> list[str]:
    """What is wrong with the page in front of this person: as it is, and on a narrow device in the dark."""
    found = person.do(violations) + ["scrolls sideways"] * person.scrolls_sideways()
    person.do(lambda page: _narrow(page, True))
    found += [f"narrow and dark, {flaw}" for flaw in person.do(violations)]
    found += ["narrow, scrolls sideways"] * person.scrolls_sideways() + person.troubles
    person.do(lambda page: _narrow(page, False))
    person.troubles.clear()
    return found


def _narrow(page: Page, narrow: bool) -> None:
    width, height = NARROW if narrow else DESK
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme="dark" if narrow else "light")


def test_every_screen_is_accessible_and_fits(no_log_in_failed_before, browser_thread, live_server):
    world = build(timezone.localdate())
    give_passwords(world.office)
    people: dict[str, Person] = {}
    flaws: dict[str, Any] = {}
    for screen in SCREENS:
        if screen.user not in people:
            person = people[screen.user] = Person(browser_thread, live_server.url, DESK, True)
            if screen.user:
                person.logs_in(screen.user, PASSWORD)
        person = people[screen.user]
        status = go(person, world, screen, PASSWORD)
        found = flaws_of(person) + [f"status {status}"] * (status != screen.status)
        if found:
            flaws[screen.name] = found
    for person in people.values():
        person.leaves()
    assert flaws == {}
