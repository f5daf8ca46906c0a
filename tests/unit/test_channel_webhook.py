"""The signed webhook, and the services of others that Apprise takes messages to."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import time
from collections.abc import Iterator
from email.utils import formatdate
from typing import Any

import pytest
import requests

from notifications.channels import opened, outgoing, services
from notifications.channels.protocol import Message, Outcome, Person, Result
from notifications.models import Channel
from notifications.secrets import seal
from tests.vendors import HOOK_PATH, HOOK_SECRET, SLACK_PATH, Vendors, open_vendors

MESSAGE = Message(
    "<1@jiedian>",
    "节点59\r\nX-Evil: 1 <!channel>",
    "戏剧节 <!channel> @all **粗** {{7*7}}\n今天到期",
    (Person("李四"), Person("王五\n@all")),
    link="https://jiedian.example/nodes/59/",
)
SLACK = f"https://hooks.slack.com{SLACK_PATH}"
FINAL, WAIT, AGAIN = Result.PERMANENT, Result.RETRY_AFTER, Result.TRANSIENT
STATUSES: list[tuple[int, dict[str, str], str, bool, float]] = [
    (400, {}, FINAL, False, 0),
    (403, {}, FINAL, False, 0),
    (410, {}, FINAL, False, 0),
    (301, {"Location": "http://127.0.0.1:1/"}, FINAL, False, 0),
    (408, {}, WAIT, False, 60),
    (429, {"Retry_After": "7"}, WAIT, False, 7),
    (503, {"Retry_After": "7"}, WAIT, False, 7),
    (500, {}, AGAIN, True, 0),
    (503, {}, AGAIN, True, 0),
]


@pytest.fixture
def vendors(settings) -> Iterator[Vendors]:
    with open_vendors() as vendors:
        settings.OUTGOING_ALLOWED = vendors.allowed
        yield vendors


def tell(kind: str, vendors: Vendors, **secrets: str) -> Outcome:
    known = {**vendors.particulars(kind)[1], **secrets}
    adapter = opened(Channel(pk=1, kind=kind, settings={}, secrets=seal(known)))
    try:
        return adapter.send(MESSAGE)
    finally:
        adapter.close()


def test_a_webhook_hands_over_data_that_its_receiver_can_check(vendors: Vendors):
    assert tell("webhook", vendors) == Outcome.ok(204)
    (arrived,) = vendors.of("webhook")
    assert arrived.said == {
        "id": "<1@jiedian>",
        "subject": "节点59 X-Evil: 1 <!channel>",
        "text": MESSAGE.text,
        "link": "https://jiedian.example/nodes/59/",
        "people": ["李四", "王五 @all"],
    }
    assert arrived.headers["x-jiedian-id"] == "<1@jiedian>"
    stamp = arrived.headers["x-jiedian-timestamp"]
    assert abs(time.time() - int(stamp)) < 300
    signed = hmac.new(HOOK_SECRET.encode(), f"{stamp}.".encode() + arrived.raw, hashlib.sha256).hexdigest()
    assert arrived.headers["x-jiedian-signature"] == f"sha256={signed}"
    assert "x-evil" not in arrived.headers


def test_a_replayed_or_wrongly_signed_message_is_refused_by_its_receiver(vendors: Vendors):
    vendors.clock_off = 301
    assert tell("webhook", vendors).vendor_code == "403"
    vendors.clock_off = 0
    assert tell("webhook", vendors, secret="another secret of theirs").vendor_code == "403"


@pytest.mark.parametrize(("status", "headers", "result", "down", "seconds"), STATUSES)
@pytest.mark.parametrize("kind", ["webhook", "apprise"])
def test_a_status_says_what_to_do(
    vendors: Vendors, kind: str, status: int, headers: dict[str, str], result: str, down: bool, seconds: float
):
    vendors.answer("webhook" if kind == "webhook" else "json", "no", status, **headers)
    outcome = tell(kind, vendors)
    assert (outcome.result, outcome.down, outcome.seconds) == (result, down, seconds)
    assert len(vendors.arrivals) == 1


def test_a_receiver_may_name_the_hour(vendors: Vendors):
    vendors.answer("webhook", "", 429, Retry_After=formatdate(time.time() + 100, usegmt=True))
    assert tell("webhook", vendors).seconds == pytest.approx(100, abs=5)


@pytest.mark.parametrize(("kind", "path"), [("webhook", HOOK_PATH), ("apprise", f"/json/{'k' * 20}")])
def test_the_address_is_in_nothing_that_is_said_of_a_failure(vendors: Vendors, kind: str, path: str, caplog):
    scheme = "json" if kind == "apprise" else "http"
    address = f"{scheme}://127.0.0.1:{vendors.port}{path}"
    end = path.rpartition("/")[2]
    place = "webhook" if kind == "webhook" else "json"
    vendors.answer(place, f"no {path} {end} {address}", 400, Location=path)
    with caplog.at_level(0):
        outcome = tell(kind, vendors, url=address)
    assert outcome.vendor_message.startswith("no ")
    assert end not in f"{outcome!r} {caplog.text}"
    assert HOOK_SECRET not in f"{outcome!r} {caplog.text}"


def test_a_webhook_that_does_not_answer_is_down(vendors: Vendors, monkeypatch):
    monkeypatch.setitem(outgoing.TIMES, "read", 0.2)
    vendors.gates["webhook"].clear()
    assert tell("webhook", vendors) == Outcome.transient(
        "timeout", "no answer in time (ReadTimeout)", down=True
    )


# Apprise


@pytest.fixture
def internet(monkeypatch: pytest.MonkeyPatch, vendors: Vendors) -> list[str]:
    """Every call of a service lands at our own server instead; the addresses that it was for."""
    asked: list[str] = []
    plain = outgoing.Line.call

    def call(self: Any, url: str, **facts: Any) -> Any:
        asked.append(url)
        path = SLACK_PATH if "slack" in url else "/json"
        return plain(self, f"{vendors.url}{path}", **facts)

    monkeypatch.setattr(outgoing.Line, "call", call)
    return asked


def test_plain_json_arrives(vendors: Vendors):
    assert tell("apprise", vendors) == Outcome.ok(200)
    (arrived,) = vendors.of("json")
    assert arrived.said["title"] == "节点59 X-Evil: 1 ＜!channel＞"
    assert "戏剧节 ＜!channel＞ @all **粗** {{7*7}}" in arrived.said["message"]
    assert arrived.said["message"].endswith("https://jiedian.example/nodes/59/")


def test_the_same_words_twice_are_two_messages(vendors: Vendors):
    known = vendors.particulars("apprise")[1]
    adapter = opened(Channel(pk=1, kind="apprise", settings={}, secrets=seal(known)))
    assert [adapter.send(MESSAGE).result for _n in range(3)] == [Result.OK] * 3
    assert len(vendors.of("json")) == 3


def test_slack_gets_words_and_no_calls(vendors: Vendors, internet: list[str]):
    assert tell("apprise", vendors, url=SLACK).result == Result.OK
    assert internet == [SLACK]
    assert "<!" not in vendors.arrivals[0].raw.decode()
    assert "apprise" not in vendors.arrivals[0].raw.decode().lower()


@pytest.mark.parametrize(
    ("status", "word", "result"),
    [
        (400, "invalid_payload", FINAL),
        (400, "no_text", FINAL),
        (404, "channel_not_found", FINAL),
        (410, "channel_is_archived", FINAL),
        (404, "no_service", FINAL),
        (403, "action_prohibited", FINAL),
        (200, "not_ok", FINAL),
    ],
)
def test_slacks_own_word_is_kept(vendors: Vendors, internet: list[str], status: int, word: str, result: str):
    vendors.answer("slack", word, status)
    outcome = tell("apprise", vendors, url=SLACK)
    assert (outcome.result, outcome.vendor_code) == (result, word)


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("workflows://prod-1.logic.azure.com:443/643e69f83c89/signature", "https://prod-1.logic.azure.com"),
        ("ntfy://topic", "https://ntfy.sh"),
        ("ntfys://ntfy.example.com/topic", "https://ntfy.example.com"),
        ("gotifys://gotify.example.com/token12345", "https://gotify.example.com/message"),
        ("barks://bark.example.com/device", "https://bark.example.com/push"),
        ("jsons://json.example.com/path", "https://json.example.com/path"),
    ],
)
def test_every_service_calls_over_the_guarded_line_only(
    vendors: Vendors, internet: list[str], url: str, called: str, monkeypatch
):
    def unguarded(*_args: Any, **_kwargs: Any) -> None:
        raise AssertionError("called past the guard")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", unguarded)
    assert tell("apprise", vendors, url=url).result == Result.OK
    assert [address.startswith(called) for address in internet] == [True]
    assert "＜!channel＞" in json.dumps(vendors.arrivals[0].said, ensure_ascii=False).replace("\\", "")


def test_a_name_that_turned_inward_is_not_called_by_apprise_either(vendors: Vendors, monkeypatch):
    def inward(host: Any, port: Any, *_args: Any, **_kwargs: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inward)
    outcome = tell("apprise", vendors, url="jsons://rebinding.example/")
    assert (outcome.result, outcome.vendor_code) == (FINAL, "address")


def test_an_unsecured_service_is_not_called(vendors: Vendors, settings):
    settings.OUTGOING_ALLOWED = []
    assert tell("apprise", vendors, url="json://8.8.8.8/").vendor_code == "address"


def test_a_service_that_is_down_is_down(vendors: Vendors, settings):
    settings.OUTGOING_ALLOWED = ["127.0.0.1"]
    outcome = tell("apprise", vendors, url="json://127.0.0.1:1/")
    assert (outcome.result, outcome.vendor_code, outcome.down) == (AGAIN, "connect", True)


def test_without_a_session_nothing_is_called_at_all():
    plugin = services.service_at("jsons://example.com/").plugin
    with pytest.raises(LookupError):
        plugin.notify(body="x")
    with pytest.raises(AttributeError):
        services.GUARDED.Session  # noqa: B018


def test_a_service_that_is_not_offered_any_more_says_so(vendors: Vendors):
    outcome = tell("apprise", vendors, url="wecombot://key")
    assert (outcome.result, outcome.vendor_code) == (FINAL, "unusable")
