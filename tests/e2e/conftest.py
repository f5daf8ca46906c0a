"""A browser, and people who use it.

Playwright's sync API keeps an event loop running in its thread, in which Django refuses database access: so
the browser lives in a thread of its own, and people hand it what they do.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

from tests import builders
from workflow.models import Office, User

PASSWORD = "春江潮水连海平"
# The first draws no windows around pages, which nobody sees, and takes a third of the others' time.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--lang=zh-CN"]
DESK, PHONE = (1280, 900), (390, 844)
PATIENCE = 10_000  # milliseconds
# A form made on the page, with the token of one that is there.
FORM = """([path, fields]) => {
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  const form = Object.assign(document.createElement("form"), { method: "post", action: path });
  form.id = "sent-by-hand";
  for (const [name, value] of Object.entries({ ...fields, csrfmiddlewaretoken: token?.value })) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
  document.body.append(form);
  return Boolean(token);
}"""
T = TypeVar("T")


class BrowserThread:
    """The thread in which the browser lives; `do` runs something there and returns what came of it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="browser")
        self._playwright = self.do(lambda: sync_playwright().start())
        self.browser: Browser = self.do(self._launch)

    def do(self, act: Callable[[], T]) -> T:
        return self._thread.submit(act).result()

    def _launch(self) -> Browser:
        path = next((found for found in map(shutil.which, BROWSERS) if found), None)
        if path is None:
            raise RuntimeError("The browser tests need Chromium (Debian: apt-get install chromium)")
        return self._playwright.chromium.launch(executable_path=path, args=FLAGS)

    def close(self) -> None:
        self.do(self.browser.close)
        self.do(self._playwright.stop)
        self._thread.shutdown()


class Person:
    """Somebody in front of a browser: they do what a person can do, and see what a person can see."""

    def __init__(self, thread: BrowserThread, base: str, size: tuple[int, int], javascript: bool) -> None:
        self._thread, self._base = thread, base
        self.troubles: list[str] = []
        self._at_the_door = False
        self._context, self.page = thread.do(lambda: self._open(size, javascript))

    def _open(self, size: tuple[int, int], javascript: bool) -> tuple[BrowserContext, Page]:
        context = self._thread.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="en-US",  # the office's language does not depend on the browser's
            timezone_id="America/New_York",
            java_script_enabled=javascript,
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._listen)
        return context, page

    def _listen(self, message: Any) -> None:
        refused = "Content Security Policy" in message.text
        if refused or (message.type == "error" and "Failed to load resource" not in message.text):
            self.troubles.append(message.text)

    def do(self, act: Callable[[Page], T]) -> T:
        """Anything else a page can do, in the browser's thread."""
        if self._at_the_door:
            self.opens("/")
        return self._thread.do(lambda: act(self.page))

    def logs_in(self, username: str, password: str = PASSWORD) -> Person:
        self.opens("/login/")
        self.fills("用户名", username)
        self.fills("密码", password)
        return self.presses("登录")

    def comes_in(self, user: User) -> Person:
        """Be logged in already, on the first page unless another is opened: logging in has its stories."""
        client = Client()
        client.force_login(user, backend="workflow.auth.OfficeBackend")
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "url": self._base}
        self._thread.do(lambda: self._context.add_cookies([cookie]))  # type: ignore[list-item]
        self._at_the_door = True
        return self

    def opens(self, path: str) -> Person:
        self._at_the_door = False
        self.do(lambda page: page.goto(self._base + path))
        return self

    def status_of(self, path: str) -> int:
        """The status that a visit to this address is answered with."""
        self._at_the_door = False
        response: Response | None = self.do(lambda page: page.goto(self._base + path))
        assert response is not None
        return response.status

    def sends(self, path: str, fields: Mapping[str, str]) -> int:
        """The status that a form with these fields is answered with, sent from the first page."""
        self.opens("/")
        with_token = self.do(lambda page: page.evaluate(FORM, [path, dict(fields)]))
        assert with_token, "the first page has no form to take a token from"

        def send(page: Page) -> int:
            with page.expect_navigation() as arrived:
                page.evaluate("document.querySelector('#sent-by-hand').submit()")
            return arrived.value.status if arrived.value else 0

        return self.do(send)

    def fills(self, label: str, text: str) -> Person:
        self.do(lambda page: page.get_by_label(label, exact=False).first.fill(text))
        return self

    def attaches(self, label: str, *names: str) -> Person:
        files = [
            {"name": name, "mimeType": "text/plain", "buffer": f"{name}的内容".encode()} for name in names
        ]
        self.do(lambda page: page.get_by_label(label).set_input_files(files))  # type: ignore[arg-type]
        return self

    def ticks(self, label: str) -> Person:
        self.do(lambda page: page.get_by_label(label).check())
        return self

    def presses(self, name: str, *, times: int = 1) -> Person:
        """Press the button (or the link that looks like one) and wait for what comes."""
        self.do(lambda page: self._press(page, name, times))
        return self

    def _press(self, page: Page, name: str, times: int) -> None:
        content = page.locator("main")
        button = content.get_by_role("button", name=name, exact=True)
        link = content.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click(click_count=times)
        page.wait_for_load_state()

    def sees(self, *texts: str) -> Person:
        for text in texts:
            self.do(lambda page, text=text: expect(page.locator("main")).to_contain_text(text))
        return self

    def does_not_see(self, text: str) -> Person:
        self.do(lambda page: expect(page.locator("main")).not_to_contain_text(text))
        return self

    def is_at(self, path: str) -> Person:
        self.do(lambda page: expect(page).to_have_url(self._base + path))
        return self

    def scrolls_sideways(self) -> bool:
        return self.do(lambda page: page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))

    def leaves(self) -> None:
        self._thread.do(self._context.close)


@pytest.fixture(scope="session")
def browser_thread() -> Iterator[BrowserThread]:
    thread = BrowserThread()
    yield thread
    thread.close()


@pytest.fixture
def no_log_in_failed_before(transactional_db: None) -> None:
    """Failed log-ins are counted in a table that no test's emptying reaches."""
    cache.clear()


@pytest.fixture
def office(no_log_in_failed_before: None) -> Office:
    """The smallest office, committed so that the server sees it; everybody there has the same password."""
    made = builders.office()
    give_passwords(made)
    return made


def give_passwords(office: Office) -> None:
    for user in User.objects.filter(office=office):
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])


def _known(login: str, office: Office) -> User:
    """Who logs in as `name` of this office, or as `name@code` of another."""
    name, _at, code = login.partition("@")
    return User.objects.get(username=name, office__code=code or office.code)


@pytest.fixture
def visit(browser_thread: BrowserThread, live_server: Any, office: Office) -> Iterator[Callable[..., Person]]:
    """`visit("xinwen1")` is that person, logged in, `visit()` a stranger; no browser may report trouble."""
    people: list[Person] = []

    def enter(username: str = "", *, size: tuple[int, int] = DESK, javascript: bool = True) -> Person:
        person = Person(browser_thread, live_server.url, size, javascript)
        people.append(person)
        return person.comes_in(_known(username, office)) if username else person

    yield enter
    for person in people:
        person.leaves()
    assert [trouble for person in people for trouble in person.troubles] == []
